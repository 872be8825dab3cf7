#include "daemon/ledger/decide.hpp"

#include <algorithm>

namespace usher::ledger {
namespace {

/// Those who hold something that leaving maintenance ends (A-R17), the longest-holding first.
std::vector<Fact> end_floating_leases(const State& state, const Identity& by)
{
    std::vector<const LeaseRecord*> floating;
    for (const LeaseRecord& record : state.leases.all())
        if (record.lease.kind == LeaseKind::floating && record.pool->scheme->restarts_leases)
            floating.push_back(&record);
    std::ranges::sort(floating, {}, &LeaseRecord::number);
    std::vector<Fact> facts;
    for (const LeaseRecord* record : floating)
        facts.emplace_back(LeaseEnded{.id = record->lease.id,
                                      .reason = EndReason::server_restarted,
                                      .by = by,
                                      .note = "maintenance has ended"});
    return facts;
}

} // namespace

/// Entering takes nothing from anybody; leaving ends what was lent before (A-Q2).
Verdict decide(const State& state, const SetMode& command, Now)
{
    if (command.mode == state.mode)
        return no(refuse(state.mode == Mode::maintenance ? Code::in_maintenance
                                                         : Code::not_in_maintenance));
    if (command.mode == Mode::maintenance)
        return {Done{}, {ModeSet{command.mode, command.by}}};
    Verdict verdict{Done{}, end_floating_leases(state, command.by)};
    if (!verdict.facts.empty()) {
        const std::size_t count = verdict.facts.size();
        std::get<Done>(verdict.answer)
            .warnings.push_back(std::to_string(count) +
                                (count == 1 ? " lease was" : " leases were") + " ended");
    }
    verdict.facts.emplace_back(ModeSet{command.mode, command.by});
    return verdict;
}

Verdict decide(const State& state, const IssueCredential& command, Now now)
{
    Credential credential = command.credential;
    if (state.credentials.contains(credential.name) ||
        state.credential_names.contains(credential.digest))
        return no(refuse(Code::name_taken, credential.name));
    credential.made = now.calendar;
    return {Done{}, {CredentialIssued{std::move(credential), command.by}}};
}

Verdict decide(const State& state, const RevokeCredential& command, Now)
{
    if (!state.credentials.contains(command.name))
        return no(refuse(Code::unknown_credential, command.name));
    return {Done{}, {CredentialRevoked{command.name, command.by}}};
}

Verdict decide(const State& state, const ExplainRefusals& command, Now)
{
    Refusals answer;
    for (auto denied = state.denials.rbegin(); denied != state.denials.rend(); ++denied)
        if (command.user.empty() || denied->user == command.user)
            answer.newest_first.push_back(*denied);
    return {std::move(answer), {}};
}

} // namespace usher::ledger
