#pragma once

#include "daemon/server/authority.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

namespace usher::server {

/// Who is told that a channel can go on.
class Waiter {
  public:
    virtual void on_readable() = 0;
    virtual void on_writable() = 0;

  protected:
    ~Waiter() = default;
};

/// One end of a connection: bytes in and out. It never blocks; what cannot be done yet is waited
/// for by `wait_to_read` and `wait_to_write`. One thread at a time.
class Channel {
  public:
    enum class Step : std::uint8_t {
        done,           ///< So many bytes were moved; at a handshake: it has ended well.
        wants_to_read,  ///< Nothing can be done before something has arrived.
        wants_to_write, ///< Nothing can be done before the other end has taken something.
        ended,          ///< The peer has closed its side as one should.
        broken,         ///< The connection is of no use any more; `fault` says why.
    };
    struct Moved {
        Step step = Step::done;
        std::size_t bytes = 0;
    };

    virtual ~Channel() = default;

    [[nodiscard]] virtual Step handshake() = 0;
    /// Whether the peer has said anything yet, where it must do so first.
    [[nodiscard]] virtual bool has_begun() const = 0;
    /// How far the handshake is: another number after each step of the peer's.
    [[nodiscard]] virtual int stage() const = 0;
    /// Whether something has arrived that was not read yet.
    [[nodiscard]] virtual bool has_arrivals() = 0;
    [[nodiscard]] virtual Moved read(std::span<std::byte> room) = 0;
    [[nodiscard]] virtual Moved write(std::span<const std::byte> bytes) = 0;
    /// Whether `read` may have more without waiting.
    [[nodiscard]] virtual bool has_more() const = 0;

    /// Tells `waiter` once, from the event loop, when there is something to read, or that there
    /// will never be; unless the channel is closed before. It keeps the waiter alive until then.
    virtual void wait_to_read(std::shared_ptr<Waiter> waiter) = 0;
    /// The same, when there is room to write.
    virtual void wait_to_write(std::shared_ptr<Waiter> waiter) = 0;

    /// Says that nothing more will be written. The peer may still write.
    virtual void close_writing() = 0;
    /// Closing will throw away what lies here for the peer: it would not be read.
    virtual void give_up_writing() = 0;
    /// The end. Nobody is told any more.
    virtual void close() = 0;

    /// After the handshake: who it was made with, and the 32 bytes of RFC 9266 by which both ends
    /// know this very connection. Empty without TLS.
    [[nodiscard]] virtual std::optional<ClientCertificate> client_certificate() const = 0;
    [[nodiscard]] virtual std::string exporter() const = 0;

    /// Why it is broken, for the log; never a secret, never a peer's words.
    [[nodiscard]] virtual const std::string& fault() const = 0;
};

} // namespace usher::server
