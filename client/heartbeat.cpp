#include "client/heartbeat.hpp"

#include <algorithm>

namespace usher::client {

Heartbeat::Next Heartbeat::next(Instant now, const Needs& needs) const
{
    if (!is_connected_) {
        if (!needs.line)
            return {};
        return now >= next_attempt_ ? Next{Act::connect} : Next{Act::rest, next_attempt_};
    }
    Instant due = Instant::max();
    if (needs.unanswered) {
        const Instant silent = *needs.unanswered + answer_patience();
        if (now >= silent)
            return {Act::hang_up};
        due = silent;
    }
    if (needs.confirmed) {
        const Instant renewal = *needs.confirmed + term_ / 3;
        if (now >= renewal)
            return {Act::renew};
        due = std::min(due, renewal);
    }
    return {Act::rest, due};
}

void Heartbeat::connected(Duration term)
{
    is_connected_ = true;
    term_ = term;
}

void Heartbeat::disconnected(Instant now, Duration stay_away)
{
    is_connected_ = false;
    constexpr unsigned doublings_max = 7; // From 50 ms, that is beyond the longest pause.
    const Duration low = pause_min * (1U << std::min(failures_, doublings_max));
    ++failures_;
    const Duration pause = std::min(jittered(std::min(low, pause_max_ / 2)), pause_max_);
    const Duration away = std::min(stay_away, stay_away_max);
    // All clients hear the same number: each adds a pause of its own.
    next_attempt_ = now + (away > Duration(0) ? away + jittered(away / 8) : pause);
}

void Heartbeat::discourage(Instant now)
{
    next_attempt_ = std::max(next_attempt_, now + jittered(pause_max_ / 2));
}

Duration Heartbeat::answer_patience() const
{
    return term_ == Duration(0) ? answer_max_
                                : std::min(answer_max_, std::max(term_ / 3, answer_min));
}

Duration Heartbeat::jittered(Duration low)
{
    chance_ += 0x9e3779b97f4a7c15U;
    std::uint64_t mixed = chance_;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9U;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebU;
    mixed ^= mixed >> 31;
    const auto range = static_cast<std::uint64_t>(std::max<Duration::rep>(low.count(), 1));
    return low + Duration(static_cast<Duration::rep>(mixed % range));
}

} // namespace usher::client
