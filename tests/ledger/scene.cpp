#include "tests/ledger/scene.hpp"

#include "daemon/ledger/invariants.hpp"

#include <algorithm>
#include <iterator>

namespace usher::ledger::test {
namespace {

/// A fact as it comes back from a journal: without what only this run of the daemon knew.
Fact remembered(Fact fact)
{
    if (auto* granted = std::get_if<LeaseGranted>(&fact)) {
        granted->connection = {};
        granted->deadline = {};
    } else if (auto* queued = std::get_if<Queued>(&fact)) {
        queued->connection = {};
        queued->deadline = {};
    } else if (auto* moved = std::get_if<LeaseMoved>(&fact)) {
        moved->deadline = {};
    }
    return fact;
}

/// Whether an owner owns less by it. What goes from one pool to another is none (I3).
bool is_loss(const Fact& fact)
{
    if (const auto* posted = std::get_if<Posted>(&fact))
        return posted->from && (!posted->to || posted->cause == "rebalance");
    if (std::holds_alternative<Followed>(fact))
        return true; // It may have been lost at the source.
    const auto* counted = std::get_if<EntitlementCounted>(&fact);
    return counted && !counted->unlimited;
}

} // namespace

LeaseId lease_id(std::string_view name)
{
    LeaseId id;
    std::copy_n(name.begin(), std::min(name.size(), id.bytes.size()), id.bytes.begin());
    return id;
}

LeaseTag lease_tag(const LeaseId& id)
{
    return {SeededHash{0x7461}(id)};
}

std::string name_of(const LeaseId& id)
{
    return {id.bytes.begin(), std::ranges::find(id.bytes, 0)};
}

Nonce nonce(std::string_view name)
{
    Nonce nonce;
    std::copy_n(name.begin(), std::min(name.size(), nonce.bytes.size()), nonce.bytes.begin());
    return nonce;
}

Now Scene::now() const
{
    return {std::max(wall_, ledger_.calendar_floor()), steady_};
}

Summary Scene::picture() const
{
    return *std::get<Picture>(ledger_.decide(Look{}, now()).answer);
}

void Scene::pass(Duration time)
{
    wall_ += time;
    steady_ += time;
}

void Scene::set_clocks(Now now)
{
    wall_ = now.calendar;
    steady_ = now.steady;
}

void Scene::turn_calendar(Duration by)
{
    wall_ += by;
}

Answer Scene::ask(const Command& command)
{
    const Now at = now();
    heard.clear();
    settle(at); // Sweep first: nobody is refused a seat that is already free.
    Verdict verdict = ledger_.decide(command, at);
    if (const auto* allocate = std::get_if<Allocate>(&command))
        shrank_ = shrank_ || allocate->force;
    for (const Fact& fact : verdict.facts)
        apply(fact, at);
    settle(at);
    finish(at);
    return std::move(verdict.answer);
}

void Scene::look_around()
{
    heard.clear();
    settle(now());
    finish(now());
}

void Scene::make_true(const Fact& fact)
{
    const Now at = now();
    heard.clear();
    apply(fact, at);
    settle(at);
    shrank_ = true; // Whoever makes facts up knows what he does.
    finish(at);
}

void Scene::apply(const Fact& fact, Now at)
{
    if (auto message = ledger_.message_about(fact))
        heard.push_back(*std::move(message));
    shrank_ = shrank_ || is_loss(fact);
    ledger_.apply(fact, at.calendar);
    if (is_lasting(fact))
        turn_.facts.push_back(remembered(fact));
}

void Scene::settle(Now at)
{
    for (auto facts = ledger_.settle(at); !facts.empty(); facts = ledger_.settle(at))
        for (const Fact& fact : facts)
            apply(fact, at);
}

void Scene::finish(Now at)
{
    turn_.at = at.calendar;
    if (!turn_.facts.empty())
        journal_.push_back(std::move(turn_));
    turn_ = {};
    if (const auto due = ledger_.anchor_due())
        ledger_.apply(CounterReached{due->value}, at.calendar);
    check(at);
    shrank_ = false;
}

void Scene::check(Now at)
{
    Summary after = picture();
    std::ranges::move(broken_invariants(ledger_, at), std::back_inserter(broken));
    std::ranges::move(broken_steps(before_, after, shrank_), std::back_inserter(broken));
    before_ = std::move(after);
}

void Scene::restart(bool from_snapshot)
{
    if (from_snapshot) {
        snapshot_at_ = ledger_.calendar_floor();
        snapshot_.clear();
        for (const Fact& fact : ledger_.facts())
            snapshot_.push_back(remembered(fact));
        journal_.clear();
    }
    Ledger again(seed_ + 1, rules_); // Tables in another order give the same facts.
    for (const Fact& fact : snapshot_)
        again.apply(fact, snapshot_at_);
    for (const Turn& turn : journal_)
        for (const Fact& fact : turn.facts)
            again.apply(fact, turn.at);
    again.apply(TimeSeen{}, ledger_.calendar_floor()); // Renewals raise it, and are not journaled.
    if (again.facts() != ledger_.facts())
        broken.push_back("I14 replay: the same journal makes the same state");
    ledger_ = std::move(again);
}

} // namespace usher::ledger::test
