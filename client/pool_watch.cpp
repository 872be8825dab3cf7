#include "client/pool_watch.hpp"

#include <algorithm>
#include <memory>
#include <utility>

namespace usher::client {
namespace {

/// Beyond it an instant could not be counted; no server means it.
constexpr std::uint64_t valid_ms_max = 10ULL * 366 * 24 * 3'600 * 1'000;

/// After an answer that decided nothing.
constexpr Duration soon = std::chrono::seconds(1);

bool is_under_way(const PoolWatch& watch)
{
    return watch.sent != Instant();
}

/// Of a bound of the server, not of the pool.
bool is_crowded(const v1::Refused& no)
{
    return no.code() == "LIMIT_REACHED";
}

const std::string& code_of(const std::optional<v1::Refused>& no)
{
    static const std::string none;
    return no ? no->code() : none;
}

void stand(WatchNumber number, PoolWatch& watch, PoolStanding standing, std::vector<Event>& events)
{
    const bool is_news = watch.standing && is_otherwise(*watch.standing, standing);
    if (watch.standing) // A question may have been sent before a notice came.
        standing.heard = std::max(standing.heard, watch.standing->heard);
    watch.standing = std::move(standing);
    if (!is_news)
        return;
    Event event{.kind = Event::Kind::pool_changed, .seat = 0, .why = {}, .reason = {}};
    event.watch = number;
    event.pool = std::make_shared<const PoolStanding>(*watch.standing);
    events.push_back(std::move(event));
}

} // namespace

Instant valid_until(const PoolStanding& standing)
{
    const auto valid = static_cast<std::int64_t>(std::min(standing.state.valid_ms(), valid_ms_max));
    return standing.heard + std::chrono::milliseconds(valid);
}

bool is_reliable(const PoolStanding& standing, Instant now)
{
    return !standing.no && now < valid_until(standing);
}

bool is_otherwise(const PoolStanding& before, const PoolStanding& after)
{
    const v1::PoolState& one = before.state;
    const v1::PoolState& other = after.state;
    return one.pool() != other.pool() || one.unlimited() != other.unlimited() ||
           one.locked() != other.locked() || one.refused().code() != other.refused().code() ||
           one.refused().because() != other.refused().because() ||
           one.refused().short_() != other.refused().short_() ||
           code_of(before.no) != code_of(after.no);
}

v1::Request state_asked(const PoolWish& wish, bool watch)
{
    v1::Request request;
    v1::StateAsk& ask = *request.mutable_state_ask();
    ask.set_profile(wish.profile);
    ask.set_pool(wish.pool);
    ask.set_party(wish.party);
    ask.set_watch(watch);
    return request;
}

std::optional<WatchNumber> PoolWatches::add(PoolWish wish)
{
    if (watches_.size() >= watches_max)
        return std::nullopt;
    watches_[++last_number_].wish = std::move(wish);
    return last_number_;
}

const PoolWatch* PoolWatches::find(WatchNumber number) const
{
    const auto found = watches_.find(number);
    return found == watches_.end() ? nullptr : &found->second;
}

Heartbeat::Needs PoolWatches::needs() const
{
    Heartbeat::Needs needs;
    needs.line = !watches_.empty();
    for (const auto& [number, watch] : watches_)
        if (is_under_way(watch))
            needs.unanswered = std::min(needs.unanswered.value_or(Instant::max()), watch.sent);
    return needs;
}

void PoolWatches::connected(Duration term)
{
    period_ = std::max(term, period_min);
    ask_anew();
}

void PoolWatches::ask_anew() noexcept
{
    forget_questions();
    for (auto& [number, watch] : watches_)
        watch.ask_at = {};
}

void PoolWatches::forget_questions() noexcept
{
    for (auto& [number, watch] : watches_) {
        watch.asked.reset();
        watch.sent = {};
    }
}

bool PoolWatches::is_busy() const
{
    const auto under_way = std::ranges::count_if(
        watches_, [](const auto& entry) { return is_under_way(entry.second); });
    return std::cmp_greater_equal(under_way, unanswered_max);
}

std::optional<WatchNumber> PoolWatches::next(Instant now) const
{
    if (is_busy())
        return std::nullopt;
    const auto found = std::ranges::find_if(watches_, [&](const auto& entry) {
        return !is_under_way(entry.second) && now >= entry.second.ask_at;
    });
    return found == watches_.end() ? std::nullopt : std::optional(found->first);
}

Instant PoolWatches::next_at() const
{
    Instant next = Instant::max();
    if (is_busy())
        return next; // An answer comes first.
    for (const auto& [number, watch] : watches_)
        if (!is_under_way(watch))
            next = std::min(next, watch.ask_at);
    return next;
}

v1::Request PoolWatches::begin(WatchNumber number, Instant now)
{
    PoolWatch& watch = watches_.at(number);
    watch.sent = now;
    watch.ask_at = now + period_;
    return state_asked(watch.wish, true);
}

void PoolWatches::sent(WatchNumber number, std::uint64_t request)
{
    if (const auto found = watches_.find(number); found != watches_.end())
        found->second.asked = request;
}

std::vector<Event> PoolWatches::take(const v1::Response& response, Instant now)
{
    std::vector<Event> events;
    if (response.id() == 0) {
        if (response.has_state_changed())
            take_notice(response.state_changed(), now, events);
        return events;
    }
    for (auto& [number, watch] : watches_) {
        if (watch.asked != response.id())
            continue;
        take_answer(number, watch, response, now, events);
        watch.asked.reset();
        watch.sent = {};
        break;
    }
    return events;
}

void PoolWatches::take_answer(WatchNumber number, PoolWatch& watch, const v1::Response& response,
                              Instant now, std::vector<Event>& events)
{
    if (response.has_pool_state()) {
        stand(number, watch, {response.pool_state(), watch.sent, {}}, events);
    } else if (is_ending(response)) {
        watch.ask_at = now + soon;
    } else if (!watch.standing) {
        watch.no = response.refused();
    } else if (!is_crowded(response.refused())) {
        PoolStanding standing = *watch.standing;
        standing.no = response.refused();
        stand(number, watch, std::move(standing), events);
    }
}

/// A notice says which pool was asked for, but not by which profile, so whoever came by a profile
/// asks again.
void PoolWatches::take_notice(const v1::StateChanged& changed, Instant now,
                              std::vector<Event>& events)
{
    for (auto& [number, watch] : watches_) {
        const bool is_named = !watch.wish.pool.empty();
        const bool is_meant =
            watch.wish.pool == changed.pool() && watch.wish.party == changed.party();
        if (is_named && is_meant && watch.standing)
            stand(number, watch, {changed.state(), now, {}}, events);
        else if (!is_named)
            watch.ask_at = {};
    }
}

} // namespace usher::client
