#pragma once

#include "daemon/trust/activation.hpp"
#include "daemon/trust/node.hpp"
#include "tests/support/scratch.hpp"
#include "tools/fault.hpp"
#include "tools/live_move.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

/// Whom a courier of a live move speaks to, without a network.
namespace usher::tests {

using namespace std::chrono_literals;
using namespace usher::tools;

inline const std::string license = "015.120.055.014";
inline const std::string uri = "usher://b.example:4750/?ca=sha256:00";

/// Two servers and an issuer as far as a courier notices them: what each remembers is what a real
/// one has in its journal. The `deadly`-th thing that is said gets no answer, and is heard or not.
struct Town {
    Scratch scratch;
    trust::Node a = node("a");
    trust::Node b = node("b");
    trust::SigningKey vendor = trust::SigningKey::generate();

    // What the source remembers.
    bool has_departed = false;
    bool is_confirmed = false;
    std::uint64_t facts = 1000;
    std::uint64_t facts_meanwhile = 0; ///< Happen at each reading.
    bool has_receipt_delivered = false;
    // What the target remembers.
    std::string stream;
    std::uint64_t followed = 0;
    bool has_seen_end = false;
    bool has_arrived = false;
    // The issuer's.
    bool knows_ticket = false;
    bool is_unreachable = false;

    std::string source_issuer = "usher://issuer.example:4751/?ca=sha256:00";
    std::int64_t target_clock_us = 0;
    v1::StatusPart target_picture;

    int deadly = 0;
    bool is_heard = false;
    int said_count = 0;
    std::vector<std::string> said;
    std::vector<std::string> warnings;
    client::Clock::time_point now;

    [[nodiscard]] trust::Node node(const std::string& name) const
    {
        std::filesystem::create_directory(scratch.path() / name);
        return trust::Node::open(scratch.path() / name,
                                 {{"machine_id", name, ""}, {"mac", name, ""}});
    }

    [[nodiscard]] std::string ticket(std::uint64_t after) const { return ticket(after, b); }
    [[nodiscard]] std::string ticket(std::uint64_t after, const trust::Node& target) const
    {
        const auto made = trust::Instant(std::chrono::sys_days(std::chrono::year(2030) / 1 / 15));
        return trust::sign_activation({.license = {.vendor = "acme",
                                                   .number = license,
                                                   .product = "Client",
                                                   .metric = "lease",
                                                   .quantity = 10,
                                                   .type = "annual",
                                                   .lock = target.terms("machine")},
                                       .number = after + 1,
                                       .made = made,
                                       .load_by = made + std::chrono::days(30),
                                       .after = trust::ActivationMark{a.key(), after}},
                                      vendor);
    }

    /// Says it, unless it is the deadly thing.
    template <class Hear>
    auto say(const std::string& what, const Hear& hear)
    {
        said.push_back(what);
        now += 1ms;
        if (++said_count != deadly)
            return hear();
        if (is_heard)
            static_cast<void>(hear());
        throw Fault("the connection was closed", {"try again"});
    }

    v1::Operated at_source(const v1::Operate& operate)
    {
        v1::Operated answer;
        switch (operate.verb_case()) {
        case v1::Operate::kNodeShow: answer.mutable_node()->set_text(a.text()); break;
        case v1::Operate::kMoveBegin: begin(*answer.mutable_move_begun()); break;
        case v1::Operate::kTransferMake: answer.mutable_handed()->set_document("please"); break;
        case v1::Operate::kMoveRead: read(operate.move_read(), *answer.mutable_move_part()); break;
        case v1::Operate::kDepart:
            has_departed = true;
            for (int i = 0; i < operate.depart().tickets_size(); ++i)
                answer.mutable_departed()->add_receipts("receipt");
            break;
        case v1::Operate::kDepartureConfirm:
            BOOST_TEST(operate.departure_confirm().document() == "arrived");
            is_confirmed = true;
            break;
        case v1::Operate::kIssuerAnswerLoad: has_receipt_delivered = true; break;
        default: BOOST_FAIL("the source is asked " << operate.ShortDebugString());
        }
        return answer;
    }

    void begin(v1::MoveBegun& begun) const
    {
        begun.set_stream("stream " + std::to_string(said_count));
        begun.set_facts(1000);
        begun.set_departed(has_departed);
        begun.set_confirmed(is_confirmed);
        v1::MoveBegun::Ticketed& one = *begun.add_licenses();
        one.set_license(license);
        one.set_number(1);
        one.set_issuer(source_issuer);
        one.set_ticket(has_departed ? ticket(1) : "");
        one.set_receipt(has_departed ? "receipt" : "");
    }

    void read(const v1::MoveRead& asked, v1::MovePart& part)
    {
        constexpr std::uint64_t part_facts_max = 700;
        facts += has_departed ? 0 : facts_meanwhile;
        part.set_count(std::min(part_facts_max, facts - asked.after()));
        part.set_more(asked.after() + part.count() < facts);
        part.set_end(has_departed && !part.more());
        part.set_mark(part.end() ? "end" : "");
        part.set_record(std::string(part.count(), 'f'));
    }

    v1::Operated at_target(const v1::Operate& operate)
    {
        v1::Operated answer;
        switch (operate.verb_case()) {
        case v1::Operate::kNodeShow: answer.mutable_node()->set_text(b.text()); break;
        case v1::Operate::kLook: *answer.mutable_status() = target_picture; break;
        case v1::Operate::kArrivalBegin:
            if (stream != operate.arrival_begin().stream() && !has_arrived) {
                stream = operate.arrival_begin().stream();
                followed = 0;
                has_seen_end = false;
            }
            answer.mutable_arrival_begun()->set_position(followed);
            answer.mutable_arrival_begun()->set_clock_us(target_clock_us);
            answer.mutable_arrival_begun()->set_arrived(has_arrived ? "arrived" : "");
            break;
        case v1::Operate::kFollow:
            followed += operate.follow().record().size();
            has_seen_end = operate.follow().mark() == "end";
            answer.mutable_arrival_begun()->set_position(followed);
            break;
        case v1::Operate::kArrive:
            BOOST_TEST(has_seen_end);
            BOOST_TEST(followed == facts);
            BOOST_TEST(operate.arrive().tickets_size() == 1);
            BOOST_TEST(operate.arrive().receipts(0) == "receipt");
            has_arrived = true;
            answer.mutable_handed()->set_document("arrived");
            break;
        default: BOOST_FAIL("the target is asked " << operate.ShortDebugString());
        }
        return answer;
    }

    std::string at_issuer(const std::string& document)
    {
        if (is_unreachable)
            throw Fault("nobody answers", {});
        knows_ticket = true;
        return document == "please" ? ticket(1) : "answer";
    }

    MoveParties parties()
    {
        const auto word = [](const v1::Operate& operate) {
            return operate.GetDescriptor()->FindFieldByNumber(operate.verb_case())->name();
        };
        return {.source =
                    [=, this](const v1::Operate& operate) {
                        return say("source " + word(operate), [&] { return at_source(operate); });
                    },
                .target =
                    [=, this](const v1::Operate& operate) {
                        return say("target " + word(operate), [&] { return at_target(operate); });
                    },
                .issuer =
                    [this](const std::string&, const std::string& document) {
                        return say("issuer", [&] { return at_issuer(document); });
                    },
                .now = [this] { return now; },
                .remark = [](const std::string&) {},
                .warning = [this](const std::string& what) { warnings.push_back(what); }};
    }

    [[nodiscard]] LiveMove courier()
    {
        return LiveMove(parties(), {.uri = uri, .host = "b", .issuer = {}});
    }

    /// What of the whole way fails, or nothing.
    std::optional<Fault> go(LiveMove& move)
    {
        try {
            move.begin();
            move.fetch_tickets();
            move.follow();
            move.switch_over();
        } catch (const Fault& fault) {
            return fault;
        }
        move.deliver_receipts();
        return std::nullopt;
    }

    [[nodiscard]] bool is_moved() const { return has_arrived && is_confirmed; }
    [[nodiscard]] long count_of(const std::string& what) const
    {
        return std::ranges::count(said, what);
    }
};

} // namespace usher::tests
