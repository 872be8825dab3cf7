#pragma once

#include "client/clock.hpp"
#include "client/failure.hpp"
#include "client/line.hpp"
#include "client/route.hpp"
#include "protocol/usher.pb.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

/// Where an attendant gets its conversations from: a server, or a ledger in the same program.
namespace usher::client {

/// What an attendant needs of a `Line`; the same promises. One thread.
class Conversation {
  public:
    virtual ~Conversation() = default;
    [[nodiscard]] virtual const v1::Welcome& welcome() const = 0;
    [[nodiscard]] virtual Result<std::uint64_t> send(v1::Request request,
                                                     const Patience& patience) = 0;
    [[nodiscard]] virtual Result<std::optional<v1::Response>> receive(const Patience& patience) = 0;
    virtual void close() = 0;
};

class Door {
  public:
    virtual ~Door() = default;
    [[nodiscard]] virtual Result<std::unique_ptr<Conversation>> open(const Patience& patience) = 0;

    /// The server of the last conversation says by the document `redirect` that it is another now:
    /// the next `open` goes there. Where that is, for people; none: it is not to be believed.
    [[nodiscard]] virtual std::optional<std::string> follow(const std::string& redirect)
    {
        static_cast<void>(redirect);
        return std::nullopt;
    }
};

/// The door of a real server, and of the one that it has moved to.
///
/// A redirect is believed if the node signed it that the server has proved to be, and there the
/// same proof is asked for again, of the very node that the redirect names. The address that we
/// were given stays the signpost: where the other cannot be reached for long, we ask there again.
class RouteDoor final : public Door {
  public:
    /// `signpost_patience`: how long the other address may fail before the first is asked again.
    explicit RouteDoor(Route route, Duration signpost_patience = std::chrono::seconds(10))
        : home_(std::move(route)), signpost_patience_(signpost_patience)
    {}
    [[nodiscard]] Result<std::unique_ptr<Conversation>> open(const Patience& patience) override;
    [[nodiscard]] std::optional<std::string> follow(const std::string& redirect) override;

  private:
    /// Where a redirect leads to.
    struct Away {
        Route route;
        trust::PublicKey node{};
        std::optional<Instant> failing_since;
    };
    Result<Line> open_away(const Patience& patience);

    Route home_;
    const Duration signpost_patience_;
    std::optional<Away> away_;
    std::optional<trust::PublicKey> node_; ///< Of the last conversation.
};

} // namespace usher::client
