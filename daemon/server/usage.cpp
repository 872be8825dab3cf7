#include "daemon/server/usage.hpp"

#include <algorithm>

namespace usher::server {
namespace {

struct Row {
    Bound bound;
    std::string_view name;
    std::uint64_t Limits::*limit;
    bool adds_up = true; ///< Over the threads; else the largest counts.
};

constexpr std::array<Row, bounds> rows{{
    {Bound::sessions, "sessions_max", &Limits::sessions_max},
    {Bound::sessions_per_address, "sessions_per_address_max", &Limits::sessions_per_address_max},
    {Bound::sessions_per_identity, "sessions_per_identity_max", &Limits::sessions_per_identity_max},
    {Bound::local_sessions, "local_sessions_max", &Limits::local_sessions_max},
    {Bound::handshakes, "handshakes_max", &Limits::handshakes_max},
    {Bound::handshakes_per_address, "handshakes_per_address_max",
     &Limits::handshakes_per_address_max},
    {Bound::in_flight, "in_flight_max", &Limits::in_flight_max, false},
    {Bound::unanswered_bytes, "unanswered_bytes_max", &Limits::unanswered_bytes_max, false},
    {Bound::unsent_bytes, "unsent_bytes_max", &Limits::unsent_bytes_max, false},
    {Bound::buffered_bytes, "buffered_bytes_max", &Limits::buffered_bytes_max},
    {Bound::questions, "questions_max", &Limits::questions_max},
    {Bound::questions_per_identity, "questions_per_identity_max",
     &Limits::questions_per_identity_max},
    {Bound::leases_per_connection, "leases_per_connection_max", &Limits::leases_per_connection_max,
     false},
    {Bound::leases, "leases_max", &Limits::leases_max},
}};

void count_in(LimitPicture& to, const Row& row, const Gauge& gauge)
{
    to.in_use = row.adds_up ? to.in_use + gauge.now() : std::max(to.in_use, gauge.now());
    to.highest = row.adds_up ? to.highest + gauge.highest() : std::max(to.highest, gauge.highest());
}

} // namespace

void Load::take_larger(const Load& other)
{
    in_flight = std::max(in_flight, other.in_flight);
    unanswered_bytes = std::max(unanswered_bytes, other.unanswered_bytes);
    unsent_bytes = std::max(unsent_bytes, other.unsent_bytes);
    leases = std::max(leases, other.leases);
}

void Gauges::set(const Load& most)
{
    of(Bound::in_flight).set(most.in_flight);
    of(Bound::unanswered_bytes).set(most.unanswered_bytes);
    of(Bound::unsent_bytes).set(most.unsent_bytes);
    of(Bound::leases_per_connection).set(most.leases);
}

void Gauges::raise(const Load& peak)
{
    of(Bound::in_flight).raise(peak.in_flight);
    of(Bound::unanswered_bytes).raise(peak.unanswered_bytes);
    of(Bound::unsent_bytes).raise(peak.unsent_bytes);
    of(Bound::leases_per_connection).raise(peak.leases);
}

std::vector<LimitPicture> Usage::seen(const Limits& limits, std::uint64_t leases) const
{
    std::vector<LimitPicture> pictures;
    for (const Row& row : rows) {
        LimitPicture picture{.name = row.name, .bound = limits.*row.limit};
        for (const Gauges& hall : halls_)
            count_in(picture, row, hall.of(row.bound));
        count_in(picture, row, door_.of(row.bound));
        count_in(picture, row, desk_.of(row.bound));
        if (row.bound == Bound::leases) // The desk's count is of its last turn with an answer.
            picture.in_use = leases;
        picture.highest = std::max(picture.highest, picture.in_use);
        pictures.push_back(picture);
    }
    return pictures;
}

} // namespace usher::server
