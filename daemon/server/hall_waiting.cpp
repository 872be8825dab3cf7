#include "daemon/server/hall.hpp"
#include "daemon/server/session.hpp"

/// Who waits to be let in, and who makes room. The rest of a hall is in hall.cpp.
namespace usher::server {

/// Neither a port that somebody only holds open nor a handshake that leads nowhere must cost
/// anybody a seat. Who goes on is never interrupted, or a crowd that returns all at once would keep
/// itself out for ever.
bool Hall::make_room_for(const Session& newcomer)
{
    const auto is_neighbor = [&](const Session* each) {
        return each->origin() == newcomer.origin();
    };
    const auto give_way = [this](auto&& concerned) {
        Session* const who = who_makes_room(concerned);
        if (who != nullptr)
            who->cut(Parting::made_room);
        return who != nullptr;
    };
    if (waiting_of_.count(newcomer.origin()) >=
        part_of(limits().handshakes_per_address_max, count_))
        return give_way(is_neighbor);
    if (waiting_room_.size() >= part_of(limits().handshakes_max, count_))
        return give_way([](const Session*) { return true; });
    return true;
}

/// The first who has said nothing, or else the one that has kept us waiting the longest.
Session* Hall::who_makes_room(const std::function<bool(const Session*)>& concerned) const
{
    auto latest = clock_.steady() - limits().handshake_step_time;
    Session* slowest = nullptr;
    for (Session* const each : waiting_room_) {
        if (!concerned(each))
            continue;
        if (each->is_silent())
            return each;
        const auto since = each->waits_since();
        if (since && *since <= latest) {
            latest = *since;
            slowest = each;
        }
    }
    return slowest;
}

} // namespace usher::server
