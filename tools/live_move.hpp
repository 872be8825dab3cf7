#pragma once

#include "client/clock.hpp"
#include "daemon/trust/signature.hpp"
#include "protocol/operator.pb.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace usher::tools {

/// Who a courier speaks to. What goes wrong is thrown: `Fault`, and `Refused` for a no.
struct MoveParties {
    std::function<v1::Operated(v1::Operate)> source;
    std::function<v1::Operated(v1::Operate)> target;
    /// Carries a document to the issuer at an address, and brings back what it answers.
    std::function<std::string(const std::string& issuer, const std::string& document)> issuer;
    std::function<client::Clock::time_point()> now;
    std::function<void(const std::string&)> remark;
    std::function<void(const std::string&)> warning;
};

/// The live move, as the one sees it who carries everything from server to server: neither speaks
/// to the other. Each step may be interrupted; begun anew, the whole finds out from both servers
/// what is left to do. Until `switch_over` nothing durable happens at the source, and until
/// `follow` nothing at all.
class LiveMove {
  public:
    using Milliseconds = std::chrono::milliseconds;

    struct Wish {
        std::string uri;    ///< Where applications will find the target.
        std::string host;   ///< What people call it; the issuer remembers it.
        std::string issuer; ///< Whom to ask for tickets; empty: the one that each license names.
    };

    /// Asks for a ticket: what the issuer must see.
    struct Request {
        std::string license;
        std::string issuer; ///< Empty: not known.
        std::string document;
    };

    LiveMove(MoveParties parties, Wish wish);

    /// Begins the stream. Throws `Fault` where the target is the source or has something of its
    /// own.
    void begin();

    /// For each license that has no ticket yet.
    [[nodiscard]] std::vector<Request> requests();
    /// One that a vendor sent as a file. Throws `Fault` where it is none for this move.
    void add_ticket(const std::string& document);
    /// Those that are missing, from their issuers.
    void fetch_tickets();

    /// Lets the target follow until it is nearly as far as the source.
    void follow();
    /// From here on there is no way back, and for a moment nobody is served.
    void switch_over();
    /// Takes the receipts to their issuers. Where that fails it only warns: the move has been made.
    void deliver_receipts();

    /// Whether the source has departed and the target may not have arrived: then it must be run
    /// again.
    [[nodiscard]] bool is_between() const { return is_between_; }
    /// Whether the target was made to follow: where nothing came of it, it still waits for more.
    [[nodiscard]] bool has_followed() const { return has_followed_; }
    /// An earlier run has done everything but, perhaps, to deliver receipts.
    [[nodiscard]] bool is_finished() const { return begun_.confirmed(); }
    [[nodiscard]] std::uint64_t facts() const { return position_; }
    /// How long nobody could be served; none: an earlier run began the switch.
    [[nodiscard]] std::optional<Milliseconds> pause() const { return pause_; }

    struct Delivery {
        std::string license;
        bool has_been_made = false; ///< The issuer has the receipt.
    };
    /// Of `deliver_receipts`.
    [[nodiscard]] const std::vector<Delivery>& deliveries() const { return deliveries_; }

  private:
    using Ticketed = v1::MoveBegun::Ticketed;

    void require_empty_target();
    void begin_arrival();
    void compare_clocks(std::int64_t target_us, client::Clock::time_point target_at);
    [[nodiscard]] Request request_for(const Ticketed& license);
    [[nodiscard]] std::string issuer_of(const Ticketed& license) const;
    /// Takes one part over.
    v1::MovePart carry_part();
    void depart();
    void arrive();
    void deliver(const Ticketed& license);

    MoveParties parties_;
    Wish wish_;
    trust::PublicKey source_node_{};
    std::string target_text_;
    v1::MoveBegun begun_;
    client::Clock::time_point begun_at_;
    std::map<std::string, std::string> tickets_;  ///< By license.
    std::map<std::string, std::string> receipts_; ///< Likewise.
    std::uint64_t position_ = 0;                  ///< So many facts the target has.
    std::string arrived_; ///< What the target says to the source; empty: not arrived yet.
    bool is_between_ = false;
    bool has_followed_ = false;
    std::optional<Milliseconds> pause_;
    std::vector<Delivery> deliveries_;
};

} // namespace usher::tools
