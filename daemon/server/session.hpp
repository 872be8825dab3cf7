#pragma once

#include "daemon/server/channel.hpp"
#include "daemon/server/desk.hpp"
#include "daemon/server/errand.hpp"
#include "daemon/server/hall.hpp"
#include "daemon/server/peer_log.hpp"
#include "daemon/server/shares.hpp"
#include "daemon/server/translate.hpp"
#include "daemon/server/usage.hpp"

#include <chrono>
#include <list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace usher::server {

/// Who comes in.
struct Visitor {
    std::unique_ptr<Channel> channel;
    Origin origin{};
    Peer peer;                   ///< Over TLS its certificate is still missing.
    bool is_local = false;       ///< Over the local socket: no TLS.
    std::shared_ptr<void> place; ///< Goes with the session: its place among the connections.
};

/// One connection from its first byte to its last: frames become questions for the desk, the desk's
/// letters become frames. Reading and writing do not wait for each other.
///
/// Lives in its hall, on its hall's thread. It waits for the socket, for the desk or for the clock,
/// and never holds a buffer while it waits for nothing but the peer's next word.
class Session final : public Waiter, public std::enable_shared_from_this<Session> {
  public:
    using Instant = ledger::SteadyInstant;

    Session(Hall& hall, Desk& desk, Visitor visitor);
    ~Session();

    void start();
    void on_readable() override;
    void on_writable() override;
    /// Reads on, and does what comes of it; the hall says when.
    void take_turn();

    /// Takes one letter of a turn in; `flush` writes what came of all of them.
    void deliver(const Letter& letter);
    void flush();
    /// The desk has room again.
    void resume();
    /// Whether a deadline has passed; `give_up_on_it` draws the consequence.
    [[nodiscard]] bool is_late(Instant now) const { return lateness(now).has_value(); }
    void give_up_on_it(Instant now);
    /// The daemon stops.
    void wind_down();
    /// Ends it at once, without a word: there is nobody to say it to.
    void cut(Parting parting);

    [[nodiscard]] ledger::ConnectionId id() const { return id_; }
    [[nodiscard]] const Origin& origin() const { return origin_; }
    [[nodiscard]] bool is_local() const { return is_local_; }
    /// Whether it has not yet said a single byte.
    [[nodiscard]] bool is_silent() { return !heard_ && !channel_->has_arrivals(); }

    /// Whose it is.
    [[nodiscard]] const std::shared_ptr<Share>& share() const { return share_; }
    [[nodiscard]] Load load() const;
    /// Bytes that lie here because its peer does not take them, or has not said the rest.
    [[nodiscard]] std::size_t let_lie() const
    {
        return unsent() + (frame_since_ ? rest_.size() : 0);
    }
    /// Since when it is the peer's turn to take a step towards being let in, and it has not; none:
    /// it is our turn.
    [[nodiscard]] std::optional<Instant> waits_since();

    /// Where it stands in its hall's waiting room; for the hall.
    std::optional<std::list<Session*>::iterator> in_waiting_room;

  private:
    enum class Phase : std::uint8_t {
        handshake, ///< TLS is not there yet.
        hello,     ///< Its first message is not there yet.
        greeting,  ///< The desk is asked whether it may come in.
        serving,
        closing,   ///< What lies at the desk is still answered; nothing more is asked.
        lingering, ///< All is said; the peer may take the time to read it and close.
        over,
    };

    // Waiting for the socket.
    void arm();
    void wait_to_read();
    void wait_to_write();

    // In.
    void advance_handshake();
    void meet();
    void read();
    void take_in(std::span<const std::byte> bytes);
    [[nodiscard]] std::size_t decode(std::span<const std::byte> bytes);
    [[nodiscard]] bool may_read() const;
    [[nodiscard]] bool may_take_on();
    void on_message(std::span<const std::byte> message);
    [[nodiscard]] bool turns_away() const;
    void break_off(std::string_view fault);
    void on_hello(const v1::Request& request);
    void on_request(const v1::Request& request, std::size_t bytes);
    [[nodiscard]] std::optional<ledger::Refusal> speak_for(const ledger::Command& command,
                                                           Errand& errand);
    void ask(ledger::Command&& command, Errand&& errand);

    // Out.
    [[nodiscard]] bool join(const ledger::Identity& identity);
    void on_greeted(const ledger::Answer& answer, const Errand& errand);
    void on_answer(const ledger::Answer& answer, const Errand& errand);
    [[nodiscard]] std::vector<LimitPicture> limits_for(const ledger::Answer& answer);
    void note_leases(const ledger::Answer& answer, const Errand& errand);
    void note_unknown(const ledger::Renewed& renewed);
    void note_granted(const ledger::Granted& granted);
    void on_notice(const ledger::Notice& notice);
    void refuse(std::uint64_t request, std::string_view verb, const ledger::Refusal& refusal,
                const Wish* wish = nullptr);
    void note_refusal(std::string_view verb, const ledger::Refusal& refusal,
                      const Wish* wish = nullptr);
    void append(const v1::Response& response);
    void write();
    void weigh();

    // The end.
    void close(Parting parting);
    void say_farewell();
    void lose();
    void leave_leases();
    void end();

    [[nodiscard]] std::optional<Parting> lateness(Instant now) const;
    /// Whether its silence has a reason.
    [[nodiscard]] bool has_an_interest() const { return speaking_.count() > 0 || watches_ > 0; }
    [[nodiscard]] bool is_missed_at_the_desk() const { return has_an_interest() || keeps_rows_; }
    [[nodiscard]] std::size_t unsent() const { return out_.size() - sent_; }
    [[nodiscard]] Speaker speaker() const;

    Hall& hall_;
    Desk& desk_;
    const ledger::ConnectionId id_;
    const Origin origin_;
    const bool is_local_;
    std::shared_ptr<void> place_;
    std::shared_ptr<Share> share_;
    bool is_counted_ = false; ///< Among the connections of its share.
    Peer peer_;
    const std::unique_ptr<Channel> channel_;
    std::string client_; ///< As it calls itself; for the log.
    Caller caller_;

    Phase phase_ = Phase::handshake;
    Parting parting_ = Parting::lost;
    std::string fault_; ///< Why, in our words, where `parting_` does not say it all.
    bool heard_ = false;
    bool waits_to_read_ = false;  ///< For the socket, or for its turn.
    bool is_unfinished_ = false;  ///< Messages that are here whole wait for another turn.
    bool waits_to_write_ = false; ///< The same.
    bool write_first_ = false;    ///< TLS cannot read before it has written.
    bool is_noted_ = false;       ///< The hall will call `flush`.
    bool is_held_back_ = false;   ///< The hall will call `resume`.
    bool is_swamped_ = false;     ///< More waits to be sent than may; something was not said.
    bool said_all_ = false;       ///< Our side is closed.
    std::uint64_t leaving_ = 0;   ///< The request by which it leaves.

    std::string rest_; ///< Received and not decoded yet.
    std::string out_;  ///< Said and not written yet, from `sent_` on.
    std::size_t sent_ = 0;
    Errands errands_;
    Speaking speaking_;
    std::size_t watches_ = 0; ///< Pools that it has asked to hear of.
    bool keeps_rows_ = false; ///< It has sent parts of a table.

    const Instant began_;
    Instant phase_since_;
    Instant stepped_at_; ///< The peer, towards being let in.
    Instant heard_at_;
    Instant wrote_at_;
    std::optional<Instant> frame_since_; ///< Of a message that has begun.
    std::size_t weight_ = 0;             ///< As the hall knows it.
    std::uint64_t requests_ = 0;
    std::uint64_t refused_ = 0;
};

} // namespace usher::server
