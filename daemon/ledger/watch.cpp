#include "daemon/ledger/watch.hpp"

#include "daemon/ledger/decide.hpp"
#include "daemon/ledger/routing.hpp"

namespace usher::ledger {

PoolState pool_state(const State& state, const PoolRecord* pool)
{
    PoolState answer{.pool = {}, .locked = {}, .validity = state.validity};
    if (!pool)
        return answer;
    answer.pool = pool->pool.id;
    answer.unlimited = is_unlimited(*pool);
    answer.stock = pool->stock;
    answer.held = pool->held;
    if (is_locked(*pool))
        answer.locked = lock_refusal(state, *pool);
    return answer;
}

Told told_of(const State& state, const PoolRecord* pool)
{
    if (!pool)
        return {};
    Told told{.pool = pool->number,
              .is_locked = is_locked(*pool),
              .is_closed = pool->pool.closed,
              .because = {}};
    if (told.is_locked) {
        told.short_by = -available(*pool);
        told.because = why_empty(state, *pool);
    }
    return told;
}

/// Of several pools it is the one that would be tried first.
Verdict decide(const State& state, const AskState& command, Now)
{
    Route route = route_of(state, {command.profile, command.pool, command.party, {}});
    if (route.refusal)
        return no(*std::move(route.refusal));
    Stop& first = route.stops.front();
    if (first.refusal && first.refusal->code != Code::not_leasable)
        return no(std::move(*first.refusal));
    Verdict verdict{pool_state(state, first.pool), {}};
    if (!command.watch || !command.asker.connection)
        return verdict;
    const auto watched = state.watches_of.find(command.asker.connection);
    if (watched != state.watches_of.end())
        for (const std::uint64_t number : watched->second) {
            const WatchRecord& known = state.watches.at(number);
            if (known.party == first.party && known.asked == first.asked)
                return verdict;
        }
    if (state.watches.size() >= watches_max)
        return no(refuse(Code::limit_reached, {},
                         std::to_string(watches_max) + " pools are watched already"));
    verdict.facts.emplace_back(StateWatched{command.asker.connection, first.party, first.asked});
    return verdict;
}

} // namespace usher::ledger
