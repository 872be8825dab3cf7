#pragma once

#include "daemon/server/channel.hpp"
#include "tests/world/chance.hpp"
#include "tests/world/time.hpp"

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

namespace usher::world {

/// One connection between a client and the daemon, as TCP gives it: bytes arrive late, in pieces
/// and in order, or not at all; and either end may learn of the end late, or never.
class Wire {
  public:
    /// Whether the packets come through.
    enum class Light : std::uint8_t { on, off };

    Wire(Chance chance, Duration delay_max, const WorldClock& clock)
        : chance_(chance), delay_max_(delay_max), clock_(clock)
    {}

    // The client's end.

    void send(std::string_view bytes) { put(to_server_, bytes); }
    /// What has arrived by now.
    [[nodiscard]] std::string receive();
    /// The client's program or host closes it: its last bytes still go out, or (`at_once`) not.
    void close_client(bool at_once);
    /// Whether the client has learned that nothing more comes.
    [[nodiscard]] bool has_ended_for_client() const;

    // In between.

    /// Nothing comes through from now on; what was sent waits, as TCP sends it again and again.
    void darken();
    void lighten();
    /// Both ends, or one of them, hear a reset as soon as it can be delivered.
    void reset(bool client_hears, bool server_hears);
    /// The daemon is gone. Its system says so, or (its host has lost its power) nobody does.
    void lose_server(bool is_told);

    /// The earliest instant at which something arrives at the client; max: never.
    [[nodiscard]] SteadyInstant next_arrival() const;
    /// The same at the daemon, where it waits for something.
    [[nodiscard]] SteadyInstant next_arrival_at_server() const;
    [[nodiscard]] bool has_news_for_client() const;
    /// Hands what has arrived to a waiting session. Whether there was something.
    bool serve_waiter();

    /// That the daemon has noticed the client's end, by reading or writing.
    [[nodiscard]] bool server_noticed_end() const { return server_noticed_end_; }
    [[nodiscard]] bool is_closed_by_server() const { return is_closed_by_server_; }
    [[nodiscard]] bool is_over() const;

    ledger::ConnectionId connection; ///< As the daemon calls it; none: not seated.
    bool is_end_told = false;        ///< For the world: that the daemon has noticed the end.

  private:
    friend class WireChannel;

    struct Parcel {
        SteadyInstant due{};
        std::string bytes;
        bool is_end = false;   ///< Nothing follows.
        bool is_reset = false; ///< What has arrived and was not read is gone, too.
    };
    struct Pipe {
        std::deque<Parcel> parcels;
        bool has_end = false; ///< The writer has said all.
    };

    void put(Pipe& pipe, std::string_view bytes);
    void put_end(Pipe& pipe, bool is_reset);
    [[nodiscard]] SteadyInstant arrival(const Pipe& pipe);
    [[nodiscard]] bool has_arrived(const Pipe& pipe) const;
    [[nodiscard]] std::size_t bytes_in(const Pipe& pipe) const;

    Chance chance_;
    const Duration delay_max_;
    const WorldClock& clock_;
    Pipe to_server_;
    Pipe to_client_;
    Light light_ = Light::on;
    bool client_is_gone_ = false;
    bool server_is_gone_ = false; ///< Without a word.
    bool is_closed_by_server_ = false;
    bool server_noticed_end_ = false;
    std::shared_ptr<server::Waiter> reader_;
    std::shared_ptr<server::Waiter> writer_;
};

/// The daemon's end of a wire.
class WireChannel final : public server::Channel {
  public:
    explicit WireChannel(std::shared_ptr<Wire> wire) : wire_(std::move(wire)) {}

    [[nodiscard]] Step handshake() override { return Step::done; }
    [[nodiscard]] bool has_begun() const override { return true; }
    [[nodiscard]] int stage() const override { return 0; }
    [[nodiscard]] bool has_arrivals() override { return wire_->has_arrived(wire_->to_server_); }
    [[nodiscard]] Moved read(std::span<std::byte> room) override;
    [[nodiscard]] Moved write(std::span<const std::byte> bytes) override;
    [[nodiscard]] bool has_more() const override { return false; }
    void wait_to_read(std::shared_ptr<server::Waiter> waiter) override;
    void wait_to_write(std::shared_ptr<server::Waiter> waiter) override;
    void close_writing() override;
    void give_up_writing() override { resets_ = true; }
    void close() override;
    [[nodiscard]] std::optional<server::ClientCertificate> client_certificate() const override
    {
        return std::nullopt;
    }
    [[nodiscard]] std::string exporter() const override { return {}; }
    [[nodiscard]] const std::string& fault() const override { return fault_; }

  private:
    [[nodiscard]] bool is_reset() const;

    const std::shared_ptr<Wire> wire_;
    bool resets_ = false;
    bool is_busy_ = false; ///< The system took a part, and takes no more at once.
    std::string fault_;
};

} // namespace usher::world
