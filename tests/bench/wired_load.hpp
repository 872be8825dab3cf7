#pragma once

#include "tests/bench/load.hpp"
#include "tests/bench/wire.hpp"

#include <functional>
#include <memory>
#include <optional>

/// The load of a server that is spoken to over a plain TLS connection. One thread.
namespace usher::bench {

/// One answer of a server.
struct Heard {
    std::optional<std::size_t> seat; ///< Which it is about; none: it answers the greeting.
};

/// One connection's end of a server's protocol. Gives up where the server says no.
class Speaker {
  public:
    virtual ~Speaker() = default;
    /// What comes first, and is answered before anything is asked.
    virtual void greet(std::string& out) = 0;
    virtual void ask(std::size_t number, const Seat& seat, std::string& out) = 0;
    /// Takes the next answer off `wire`; none: not all of one is there yet.
    [[nodiscard]] virtual std::optional<Heard> hear(Wire& wire) = 0;
};

using MakeSpeaker = std::function<std::unique_ptr<Speaker>()>;

/// Opens what `order` says, with the protocol `alpn` ("": none), asks until its time is over, and
/// says how that went.
[[nodiscard]] nlohmann::json load(const Order& order, const std::string& alpn,
                                  const MakeSpeaker& make_speaker);

} // namespace usher::bench
