#include "client/c_pools.hpp"

#include "client/c_client.hpp"
#include "client/c_options.hpp"
#include "client/devices.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

using namespace usher::client;

namespace {

std::int64_t milliseconds(Duration duration)
{
    return std::chrono::floor<std::chrono::milliseconds>(duration).count();
}

/// The pool that is asked for; none: it was said in `refusal` what is wrong.
std::optional<PoolWish> read(const usher_client& client, const usher_pool_wish* wish,
                             usher_refusal** refusal)
{
    const auto taken = take(wish);
    if (!taken) {
        report_argument("wish: NULL, without a size, or of a later version", refusal);
        return std::nullopt;
    }
    auto place = read_place(taken->profile, taken->pool, taken->party, client.common);
    if (!place) {
        report_argument(place.error().what, refusal);
        return std::nullopt;
    }
    return *std::move(place);
}

} // namespace

OwnedPool::OwnedPool(const PoolStanding& standing, Instant now)
    : usher_pool{}, name_(standing.state.pool())
{
    const usher::v1::PoolState& state = standing.state;
    if (standing.no || state.locked())
        why_ = std::make_unique<OwnedRefusal>(USHER_REFUSED, standing.no.value_or(state.refused()));
    const Instant until = valid_until(standing);
    size = sizeof(usher_pool);
    pool = name_.c_str();
    unlimited = state.unlimited() ? 1 : 0;
    stock = state.stock();
    held = state.held();
    locked = state.locked() ? 1 : 0;
    missing = state.locked() ? std::max<std::int64_t>(state.refused().short_(), 0) : 0;
    refusal = why_.get();
    refused = standing.no ? 1 : 0;
    reliable = is_reliable(standing, now) ? 1 : 0;
    valid_ms = reliable != 0 ? milliseconds(until - now) : 0;
    valid_until_ms = milliseconds(until.time_since_epoch());
}

void usher_pool_free(usher_pool* pool)
{
    delete static_cast<OwnedPool*>(pool);
}

usher_status usher_pool_ask(usher_client* client, const usher_pool_wish* wish, usher_pool** pool,
                            usher_refusal** refusal)
{
    return guarded([&] {
        if (refusal != nullptr)
            *refusal = nullptr;
        if (client == nullptr || pool == nullptr)
            return report_argument("client and pool must not be NULL", refusal);
        *pool = nullptr;
        const auto asked = read(*client, wish, refusal);
        if (!asked)
            return USHER_BAD_ARGUMENT;
        const auto standing = ask_pool(*client->attendant, *asked);
        if (!standing)
            return report(standing.error(), refusal);
        *pool = new OwnedPool(*standing, Clock::now());
        return USHER_OK;
    });
}

usher_status usher_pool_watch(usher_client* client, const usher_pool_wish* wish, usher_watch* watch,
                              usher_refusal** refusal)
{
    return guarded([&] {
        if (refusal != nullptr)
            *refusal = nullptr;
        if (client == nullptr || watch == nullptr)
            return report_argument("client and watch must not be NULL", refusal);
        *watch = 0;
        auto asked = read(*client, wish, refusal);
        if (!asked)
            return USHER_BAD_ARGUMENT;
        const auto number = client->attendant->watch(*std::move(asked));
        if (!number)
            return report(number.error(), refusal);
        *watch = *number;
        return USHER_OK;
    });
}

usher_status usher_pool_look(usher_client* client, usher_watch watch, usher_pool** pool)
{
    return guarded([&] {
        if (client == nullptr || pool == nullptr)
            return USHER_BAD_ARGUMENT;
        *pool = nullptr;
        if (client->attendant->is_forked())
            return USHER_FORKED;
        const auto standing = client->attendant->look_at(watch);
        if (!standing)
            return USHER_UNKNOWN_WATCH;
        *pool = new OwnedPool(*standing, Clock::now());
        return USHER_OK;
    });
}

usher_status usher_pool_unwatch(usher_client* client, usher_watch watch)
{
    return guarded([&] {
        if (client == nullptr)
            return USHER_BAD_ARGUMENT;
        const auto no = client->attendant->unwatch(watch);
        return no ? status_of(no->setback) : USHER_OK;
    });
}
