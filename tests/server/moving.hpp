#pragma once

#include "daemon/journal/record.hpp"
#include "daemon/ledger/ledger.hpp"
#include "daemon/server/translate.hpp"
#include "daemon/trust/activation.hpp"
#include "daemon/trust/activation_code.hpp"
#include "daemon/trust/activation_request.hpp"
#include "daemon/trust/move_mark.hpp"
#include "daemon/trust/transfer_request.hpp"
#include "protocol/frame.hpp"
#include "tests/server/house.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

/// A live move from the wire to both ledgers and back, with real nodes and a vendor who signs what
/// an issuer would.
namespace usher::server::test {

using namespace std::chrono_literals;

/// Whole seconds, as documents have them.
inline trust::Instant now_by_documents()
{
    return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

/// A server whose answers are read as they stand on the wire.
struct Server : House {
    ledger::Ledger ledger;

    v1::Response ask(const v1::Operate& operate)
    {
        v1::Request request;
        request.set_id(1);
        *request.mutable_operate() = operate;
        return ask(request);
    }

    v1::Response ask(const v1::Request& request)
    {
        const Caller admin{{1}, {"local:root"}, ledger::Role::admin};
        Translation translation = translate(request, admin, premises);
        std::string frame;
        if (auto* refusal = std::get_if<ledger::Refusal>(&translation)) {
            append_refusal(frame, 1, *refusal);
            return response_in(frame);
        }
        const auto& asked = std::get<Asked>(translation);
        const ledger::Now now{
            std::chrono::time_point_cast<ledger::Duration>(std::chrono::system_clock::now()),
            ledger::SteadyInstant(1h)};
        const ledger::Verdict verdict = ledger.decide(asked.command, now);
        apply(verdict.facts, now);
        for (auto facts = ledger.settle(now); !facts.empty(); facts = ledger.settle(now))
            apply(facts, now);
        append_answer(frame, 1, verdict.answer, asked.keepsake, premises);
        return response_in(frame);
    }

    void apply(const std::vector<ledger::Fact>& facts, ledger::Now now)
    {
        for (const ledger::Fact& fact : facts)
            ledger.apply(fact, now.calendar);
    }

    static v1::Response response_in(const std::string& frame)
    {
        v1::Response response;
        BOOST_REQUIRE(
            response.ParseFromArray(frame.data() + protocol::frame_header_bytes,
                                    static_cast<int>(frame.size() - protocol::frame_header_bytes)));
        return response;
    }

    [[nodiscard]] std::string key() const
    {
        return {premises.node->key().begin(), premises.node->key().end()};
    }
};

inline std::string code_of(const v1::Response& response)
{
    return response.refused().code();
}

struct Move {
    Server source;
    Server target;
    std::string stream;
    std::uint64_t position = 0;
    ledger::LeaseId lease{{1, 2, 3}};

    Move() { target.premises.vendors = source.premises.vendors; }

    /// A license for any host, of which somebody holds a seat.
    void lend()
    {
        trust::License license = source.license();
        license.number = "015.120.000.001";
        license.lock = {};
        v1::Operate operate;
        operate.mutable_license_install()->set_document(
            trust::sign_license(license, source.vendor));
        operate.mutable_license_install()->set_profile("Open");
        BOOST_REQUIRE(source.ask(operate).has_operated());
        v1::Request request;
        request.set_id(2);
        v1::Checkout& checkout = *request.mutable_checkout();
        checkout.set_lease(std::string(lease.bytes.begin(), lease.bytes.end()));
        checkout.set_profile("Open");
        checkout.set_units(1);
        checkout.set_user("ann");
        checkout.set_device("d1");
        BOOST_REQUIRE(source.ask(request).has_granted());
    }

    trust::Activation activation(std::uint64_t number, const trust::Node& node) const
    {
        trust::Activation made{.license = source.license(),
                               .number = number,
                               .nonce = {},
                               .issuer = "usher://issuer.example:4751/",
                               .check = {},
                               .made = now_by_documents(),
                               .load_by = now_by_documents() + 24h,
                               .after = {}};
        made.license.lock = node.terms("machine");
        return made;
    }

    /// An activated license, by which there is something to give away.
    void activate()
    {
        v1::Operate operate;
        operate.mutable_activation_request()->set_code(
            trust::new_activation_code(source.license().number));
        const std::string request = source.ask(operate).operated().handed().document();
        const auto opened = trust::open_activation_request(request);
        trust::Activation made = activation(1, *source.premises.node);
        made.nonce = std::get<trust::ActivationRequest>(opened).nonce;
        operate.mutable_activation_load()->set_document(
            trust::sign_activation(made, source.vendor));
        BOOST_REQUIRE(source.ask(operate).has_operated());
    }

    /// What the issuer gives for the transfer request of the source.
    std::string ticket()
    {
        v1::Operate operate;
        v1::TransferMake& make = *operate.mutable_transfer_make();
        make.set_license(source.license().number);
        make.set_number(1);
        make.set_target_node(target.premises.node_text);
        make.set_host("host-b");
        const v1::Response answer = source.ask(operate);
        const auto opened = trust::open_transfer_request(answer.operated().handed().document());
        const auto& request = std::get<trust::TransferRequest>(opened);
        BOOST_TEST((request.source.node == source.premises.node->key()));
        trust::Activation made = activation(2, *target.premises.node);
        made.after = request.source;
        return trust::sign_activation(made, source.vendor);
    }

    v1::MoveBegun begin()
    {
        v1::Operate operate;
        operate.mutable_move_begin()->set_target_node(target.premises.node_text);
        operate.mutable_move_begin()->set_uri("usher://host-b:4750/");
        const v1::MoveBegun begun = source.ask(operate).operated().move_begun();
        BOOST_REQUIRE(begun.stream().size() == 16U);
        stream = begun.stream();
        v1::ArrivalBegin& arrival = *operate.mutable_arrival_begin();
        arrival.set_stream(stream);
        arrival.set_source_node(source.key());
        arrival.set_departed(begun.departed());
        const v1::Response answer = target.ask(operate);
        BOOST_REQUIRE(answer.operated().has_arrival_begun());
        position = answer.operated().arrival_begun().position();
        return begun;
    }

    v1::MovePart read()
    {
        v1::Operate operate;
        operate.mutable_move_read()->set_stream(stream);
        operate.mutable_move_read()->set_after(position);
        const v1::Response answer = source.ask(operate);
        BOOST_REQUIRE(answer.operated().has_move_part());
        return answer.operated().move_part();
    }

    v1::Response follow(const v1::MovePart& part)
    {
        v1::Operate operate;
        operate.mutable_follow()->set_mark(part.mark());
        operate.mutable_follow()->set_record(part.record());
        v1::Response answer = target.ask(operate);
        if (answer.operated().has_arrival_begun())
            position = answer.operated().arrival_begun().position();
        return answer;
    }

    void follow_all()
    {
        for (;;) {
            const v1::MovePart part = read();
            const v1::Response answer = follow(part);
            BOOST_REQUIRE_MESSAGE(answer.operated().has_arrival_begun(), answer.refused().text());
            if (!part.more())
                return;
        }
    }

    v1::Response depart(const std::vector<std::string>& tickets)
    {
        v1::Operate operate;
        operate.mutable_depart()->set_stream(stream);
        for (const std::string& ticket : tickets)
            operate.mutable_depart()->add_tickets(ticket);
        return source.ask(operate);
    }

    v1::Response arrive(const std::vector<std::string>& tickets,
                        const std::vector<std::string>& receipts)
    {
        v1::Operate operate;
        operate.mutable_arrive()->set_stream(stream);
        for (const std::string& ticket : tickets)
            operate.mutable_arrive()->add_tickets(ticket);
        for (const std::string& receipt : receipts)
            operate.mutable_arrive()->add_receipts(receipt);
        return target.ask(operate);
    }

    v1::Response confirm(const std::string& mark)
    {
        v1::Operate operate;
        operate.mutable_departure_confirm()->set_document(mark);
        return source.ask(operate);
    }

    /// A part with these facts, rightly signed by the source.
    v1::MovePart forged(const std::vector<ledger::Fact>& facts) const
    {
        journal::RecordWriter writer;
        v1::MovePart part;
        part.set_record(std::string(writer.write(facts)));
        trust::MoveMark mark{.node = {},
                             .to = target.premises.node->key(),
                             .stream = {},
                             .from = position,
                             .count = facts.size(),
                             .digest = trust::sha256(part.record())};
        std::ranges::copy(stream, mark.stream.begin());
        part.set_mark(trust::sign_move_mark(mark, *source.premises.node));
        return part;
    }
    std::string said_of(const std::vector<ledger::Fact>& facts)
    {
        return follow(forged(facts)).refused().detail();
    }
};

} // namespace usher::server::test
