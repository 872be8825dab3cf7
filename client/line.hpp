#pragma once

#include "client/clock.hpp"
#include "client/failure.hpp"
#include "client/route.hpp"
#include "client/stream.hpp"
#include "protocol/usher.pb.h"

#include <cstdint>
#include <deque>
#include <optional>
#include <string>

namespace usher::client {

/// One connection to usherd that has been greeted: requests go out, responses and notices come in.
///
/// Blocking with deadlines; one thread. It closes without a word when it goes, as if the program
/// had died: `close` says goodbye. After a failure it is of no more use.
class Line {
  public:
    /// Connects, shakes hands, greets, and verifies the proof where the route names vendors.
    /// Any step may fail but exchange.
    static Result<Line> open(Route& route, const Patience& patience);

    /// What the server said to the greeting: its version, who we are to it, the terms.
    [[nodiscard]] const v1::Welcome& welcome() const { return welcome_; }
    [[nodiscard]] bool is_resumed() const { return stream_.is_resumed(); }
    /// The node key that the server has shown; it is proven where the route names vendors. None:
    /// it showed none.
    [[nodiscard]] const std::optional<trust::PublicKey>& node() const { return node_; }

    /// Sends `request` under a fresh id, which it returns. Step exchange.
    [[nodiscard]] Result<std::uint64_t> send(v1::Request request, const Patience& patience);

    /// The next response, asked for or not (a notice: id 0); none: `patience` ended or was woken.
    /// Step exchange.
    [[nodiscard]] Result<std::optional<v1::Response>> receive(const Patience& patience);

    /// Sends `request` and returns what answers it, a refusal included. A status that comes in
    /// parts is put together to one. Responses that come in between are kept for `receive`.
    /// Steps: exchange; also where the server ends the connection instead.
    [[nodiscard]] Result<v1::Response> ask(v1::Request request, const Patience& patience);

    /// Says goodbye: what this connection held has the server's grace from now on.
    void close() { stream_.close(); }

  private:
    explicit Line(Stream stream) : stream_(std::move(stream)) {}
    Result<void> greet(const Credentials& credentials, const Patience& patience);
    /// What the server said before it went, where it said something; else `failure`.
    Failure why_ended(Failure failure);
    Result<std::optional<v1::Response>> read_frame(const Patience& patience);

    Stream stream_;
    v1::Welcome welcome_;
    std::optional<trust::PublicKey> node_;
    std::uint64_t last_id_ = 0;
    std::string incoming_;             ///< Bytes that are no whole frame yet.
    std::size_t taken_ = 0;            ///< So many at its front are frames that were given out.
    std::deque<v1::Response> waiting_; ///< Came while `ask` waited for another.
};

/// What a client says of an `Ending` that the server has sent.
[[nodiscard]] Failure ended(const v1::Ending& ending);

} // namespace usher::client
