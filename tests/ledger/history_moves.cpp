#include "tests/ledger/ferry.hpp"
#include "tests/ledger/history.hpp"

#include "daemon/ledger/state.hpp"

#include <algorithm>

/// A whole live move in the middle of a history, which goes on at the target.
namespace usher::ledger::test {
namespace {

const Identity by{"local:root"};

std::string name_of_stream(Step step)
{
    return "stream" + std::to_string(step.who);
}

} // namespace

/// What names this host alone would not go along: its host has changed, and it counts nothing.
void History::unbind_plain_licenses()
{
    Start start;
    for (const Entitlement& license : scene_.ledger().entitlements())
        if (license.lock != NodeLock::none && license.activation == 0 && license.on_this_node)
            start.on_this_node[license.id] = false;
    if (!start.on_this_node.empty())
        ask(start);
}

std::vector<Depart::Ticket> History::tickets_to_give() const
{
    std::vector<Depart::Ticket> tickets;
    for (const auto& [license, activation] : scene_.ledger().state().activations)
        if (activation.number != 0)
            tickets.push_back(given(scene_, license.text, activation.number, "B"));
    return tickets;
}

void History::move(Step step)
{
    unbind_plain_licenses();
    const std::string name = name_of_stream(step);
    say("move by " + name);
    look_around();
    if (std::holds_alternative<Refusal>(scene_.ask(begin_move(name, "B")))) {
        say("it cannot be moved");
        return; // An activation has lapsed, or was denied.
    }
    Scene target(step.number);
    target.set_clocks(scene_.now());
    expect_answer<Position>(target.ask(BeginArrival{by, node_key("A"), stream_id(name)}),
                            "an empty server takes over from nobody");
    std::optional<CounterSeen> counter;
    if (step.who % 4 != 0) {
        counter = CounterSeen{.anchor = Anchor{"other", step.what}, .is_new = step.who % 4 != 1};
        target.ask(Start{{}, counter});
    }
    follow(name, target);
    for (std::uint8_t i = 0; i < step.what % 8; ++i) { // It serves meanwhile.
        live({static_cast<std::uint8_t>((step.number + 7 * i) % verbs_of_applications),
              static_cast<std::uint8_t>(step.who + i), static_cast<std::uint8_t>(step.what * i),
              static_cast<std::uint8_t>(step.number * i)});
        look_around();
        follow(name, target);
    }
    if (step.number % 4 == 0)
        restart(target, step.number % 8 == 0);
    depart(step, target, counter);
}

void History::restart(Scene& scene, bool from_snapshot)
{
    scene.restart(from_snapshot);
    if (const auto counter = as_remembered(scene))
        scene.ask(Start{{}, counter});
}

void History::follow(const std::string& stream, Scene& target)
{
    target.set_clocks(scene_.now());
    const std::uint64_t position = target.picture().arrival->position;
    expect_answer<Position>(carry(scene_, "A", target, stream_id(stream), position),
                            "what has happened at the source cannot be followed");
}

/// The other half, which may be begun again from what the source has kept.
void History::depart(Step step, Scene& target, const std::optional<CounterSeen>& counter)
{
    std::string name = name_of_stream(step);
    const std::vector<Depart::Ticket> tickets = tickets_to_give();
    look_around();
    const std::vector<Fact> left = crossing_facts(scene_.ledger());
    if (std::holds_alternative<Refusal>(scene_.ask(Depart{by, stream_id(name), tickets}))) {
        expect(!tickets.empty(), "nothing is in the way, and it does not depart");
        say("it cannot be moved any more");
        return; // An activation has lapsed meanwhile.
    }
    if (step.number % 4 == 1) {
        restart(scene_, step.number % 8 == 1);
        name += "'";
        expect_answer<MoveBegun>(scene_.ask(begin_move(name, "B")), "a departure is not finished");
        expect_answer<Position>(target.ask(BeginArrival{by, node_key("A"), stream_id(name)}),
                                "another stream is not followed");
    }
    follow(name, target);
    expect(crossing_facts(target.ledger()) == left, "what has come is not what was there");
    arrive(name, tickets, target, counter);
}

void History::arrive(const std::string& stream, const std::vector<Depart::Ticket>& tickets,
                     Scene& target, const std::optional<CounterSeen>& counter)
{
    Arrive command{by, stream_id(stream), {}};
    for (const Depart::Ticket& ticket : tickets) {
        Issuer& issuer = issuers_[ticket.license];
        command.tickets.push_back(taken(scene_, ticket.license.text, ++issuer.activations, "A"));
        command.tickets.back().made = scene_.now().calendar;
    }
    const Answer answer = target.ask(command);
    expect_answer<Arrival>(answer, "nobody arrives");
    expect_answer<Done>(scene_.ask(ConfirmDeparture{by, node_key("B"), stream_id(stream)}),
                        "an arrival is not believed");
    scene_.restart(true); // What is left of it is whole, too.
    for (const Scene* one : {&scene_, &target})
        for (const std::string& broken : one->broken)
            expect(false, broken);
    scene_ = std::move(target);
    connections_.clear();
    witness_.move(command, counter, scene_.heard, scene_.now(), scene_.picture());
}

} // namespace usher::ledger::test
