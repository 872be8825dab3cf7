#include "daemon/ledger/home.hpp"
#include "daemon/ledger/install.hpp"
#include "daemon/ledger/pools.hpp"
#include "daemon/ledger/relocation.hpp"

#include <algorithm>

namespace usher::ledger {
namespace {

Refusal no_such_source(const PartyId& id, Party::Kind kind, Source source)
{
    return refuse(Code::wrong_kind, id.text,
                  "no " + std::string(word(kind)) + " has the source " + std::string(word(source)));
}

/// Why no instance can use the pool; none: one can.
std::optional<Refusal> why_no_key(const State& state, const PoolId& id)
{
    const PoolRecord* pool = state.find_pool(id);
    if (!pool)
        return refuse(Code::unknown_pool, id.text);
    if (pool->is_root())
        return refuse(Code::root_pool, id.text, "an instance uses a pool under it");
    if (pool->pool.closed)
        return lock_refusal(state, *pool);
    if (pool->scheme->rebind != Rebinding::drop)
        return refuse(Code::not_in_scheme, "scheme " + pool->scheme->name,
                      "no instance uses a pool of it");
    return std::nullopt;
}

std::optional<Refusal> why_not_added(const State& state, const Party& party)
{
    if (state.find_party(party.id))
        return refuse(Code::name_taken, party.id.text);
    if (state.parties.size() + 1 >= parties_max) // A user may bring the default company along.
        return refuse(Code::limit_reached, {},
                      std::to_string(parties_max) + " parties are there already");
    if (!may_have(party.kind, party.source))
        return no_such_source(party.id, party.kind, party.source);
    if (party.kind == Party::Kind::instance)
        return why_no_key(state, party.pool);
    if (party.kind == Party::Kind::company || party.company.empty())
        return std::nullopt;
    const PartyRecord* company = state.find_party(party.company);
    if (!company)
        return unknown_party(party.company, "company");
    if (company->party.kind != Party::Kind::company)
        return wrong_kind(company->party, "users are of companies");
    return std::nullopt;
}

std::vector<const LeaseRecord*> leases_of(const State& state, const PartyId& party)
{
    std::vector<const LeaseRecord*> leases;
    if (const auto latest = state.leases_of.find(party); latest != state.leases_of.end())
        for (const LeaseRecord* lease = latest->second; lease; lease = lease->party_after)
            leases.push_back(lease);
    std::ranges::sort(leases, {}, &LeaseRecord::number);
    return leases;
}

/// Ends the leases of a party, and what it waits for.
void end_all(const State& state, const PartyId& party, const Identity& by, const std::string& note,
             Verdict& verdict)
{
    for (const LeaseRecord* lease : leases_of(state, party))
        verdict.facts.emplace_back(LeaseEnded{
            .id = lease->lease.id, .reason = EndReason::revoked, .by = by, .note = note});
    for (const auto& [place, record] : state.waiters)
        if (record.waiter.lease.party == party)
            verdict.facts.emplace_back(Unqueued{.id = record.waiter.lease.id,
                                                .reason = EndReason::no_longer_possible,
                                                .by = by,
                                                .note = note});
}

std::optional<Refusal> why_drops(const State& state, const PartyId& party, bool may_drop)
{
    const std::size_t count = leases_of(state, party).size();
    if (count == 0 || may_drop)
        return std::nullopt;
    Refusal refusal = refuse(Code::would_drop, party.text);
    refusal.held = static_cast<Units>(count);
    return refusal;
}

void say_how_many_ended(std::size_t count, Verdict& verdict)
{
    if (count > 0)
        std::get<Done>(verdict.answer)
            .warnings.push_back(std::to_string(count) +
                                (count == 1 ? " lease was" : " leases were") + " ended");
}

/// Another pool for an instance: what it holds belongs to the old one, and ends (U-R19).
Verdict rebind_instance(const State& state, const Rebind& command, const Party& party)
{
    const PoolId target{command.target};
    if (party.pool == target && !state.find_pool(target)->pool.closed)
        return {Done{}, {}};                      // U-Q11
    if (auto refusal = why_no_key(state, target)) // Before anything is dropped.
        return no(*std::move(refusal));
    if (command.source && *command.source != Source::pool)
        return no(no_such_source(party.id, party.kind, *command.source));
    if (auto refusal = why_drops(state, party.id, command.may_drop))
        return no(*std::move(refusal));
    Verdict verdict{Done{}, {}};
    say_how_many_ended(leases_of(state, party.id).size(), verdict);
    end_all(state, party.id, command.by, party.id.text + " uses pool " + target.text + " now",
            verdict);
    Party after = party;
    after.pool = target;
    verdict.facts.emplace_back(PartySet{std::move(after), command.by});
    return verdict;
}

/// Another company for a user, or another source in the one that he has.
Verdict move_user(const State& state, const Party& before, const Party& after, const Identity& by)
{
    if (before == after)
        return {Done{}, {}};
    const Party& from = state.find_party(before.company)->party;
    const Party& to = state.find_party(after.company)->party;
    Verdict verdict{Done{}, {PartySet{after, by}}};
    Relocation relocation(state, "rebind " + before.id.text, verdict);
    if (auto refusal = relocation.move(before, from, after, to))
        return no(*std::move(refusal));
    if (auto refusal = relocation.finish())
        return no(*std::move(refusal));
    return verdict;
}

/// B-Q5: as if each of its users came anew.
Verdict change_company(const State& state, const PartyRecord& record, Source source,
                       const Identity& by)
{
    Party after = record.party;
    after.source = source;
    if (after == record.party)
        return {Done{}, {}};
    Verdict verdict{Done{}, {PartySet{after, by}}};
    Relocation relocation(state, "source of " + after.id.text, verdict);
    for (const PartyId& id : record.users) {
        const Party& user = state.find_party(id)->party;
        if (auto refusal = relocation.move(user, record.party, user, after))
            return no(*std::move(refusal));
    }
    if (auto refusal = relocation.finish())
        return no(*std::move(refusal));
    return verdict;
}

} // namespace

Verdict decide(const State& state, const AddParty& command, Now)
{
    Party party = command.party;
    if (auto refusal = why_not_added(state, party))
        return no(*std::move(refusal));
    Verdict verdict{Done{}, {}};
    if (party.kind == Party::Kind::user && party.company.empty()) {
        party.company = {std::string(default_company)};
        const PartyRecord* known = state.find_party(party.company);
        if (known && known->party.kind != Party::Kind::company)
            return no(wrong_kind(known->party, "users are of companies"));
        if (party.id == party.company)
            return no(refuse(Code::name_taken, party.id.text));
        if (!known)
            verdict.facts.emplace_back(
                PartySet{Party{.id = party.company, .kind = Party::Kind::company}, command.by});
    }
    verdict.facts.emplace_back(PartySet{std::move(party), command.by});
    return verdict;
}

Verdict decide(const State& state, const Rebind& command, Now)
{
    const PartyRecord* record = state.find_party(command.party);
    if (!record)
        return no(unknown_party(command.party));
    const Party& party = record->party;
    if (party.kind == Party::Kind::instance)
        return rebind_instance(state, command, party);
    if (party.kind == Party::Kind::company)
        return no(wrong_kind(party, "only users and instances are bound to something"));
    Party after = party;
    after.company = {command.target};
    after.source = command.source.value_or(party.source);
    const PartyRecord* company = state.find_party(after.company);
    if (!company)
        return no(unknown_party(after.company, "company"));
    if (company->party.kind != Party::Kind::company)
        return no(wrong_kind(company->party, "users are of companies"));
    if (!may_have(after.kind, after.source))
        return no(no_such_source(after.id, after.kind, after.source));
    return move_user(state, party, after, command.by);
}

Verdict decide(const State& state, const SetSource& command, Now)
{
    const PartyRecord* record = state.find_party(command.party);
    if (!record)
        return no(unknown_party(command.party));
    const Party& party = record->party;
    if (!may_have(party.kind, command.source))
        return no(no_such_source(party.id, party.kind, command.source));
    if (party.kind == Party::Kind::company)
        return change_company(state, *record, command.source, command.by);
    Party after = party;
    after.source = command.source;
    return move_user(state, party, after, command.by);
}

/// A user's licenses come back free to where they are of (B-R10, B-R11): a company's and the root's
/// by the end of his leases, his own by the end of his pool.
Verdict decide(const State& state, const RemoveParty& command, Now)
{
    const PartyRecord* record = state.find_party(command.party);
    if (!record)
        return no(unknown_party(command.party));
    if (!record->users.empty()) {
        Refusal refusal = refuse(Code::leases_outstanding, command.party.text);
        refusal.held = static_cast<Units>(record->users.size());
        refusal.detail = "users";
        return no(std::move(refusal));
    }
    if (record->party.kind == Party::Kind::instance)
        if (auto refusal = why_drops(state, command.party, command.may_drop))
            return no(*std::move(refusal));
    Verdict verdict{Done{}, {}};
    say_how_many_ended(leases_of(state, command.party).size(), verdict);
    end_all(state, command.party, command.by, command.party.text + " was removed", verdict);
    for (const auto& [root, pool] : record->own)
        if (!pool->pool.closed) // Only what ends here was of it.
            shut(*pool, command.by, verdict);
    verdict.facts.emplace_back(PartyRemoved{command.party, command.by});
    return verdict;
}

} // namespace usher::ledger
