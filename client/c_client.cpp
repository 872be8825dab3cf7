#include "client/c_client.hpp"

#include "client/c_pools.hpp"
#include "client/c_refusal.hpp"
#include "client/version.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

using namespace usher::client;

namespace {

usher_event_kind kind_of(Event::Kind kind)
{
    switch (kind) {
    case Event::Kind::granted: return USHER_EVENT_GRANTED;
    case Event::Kind::lost: return USHER_EVENT_LOST;
    case Event::Kind::locked: return USHER_EVENT_LOCKED;
    case Event::Kind::unlocked: return USHER_EVENT_UNLOCKED;
    case Event::Kind::uncertain: return USHER_EVENT_UNCERTAIN;
    case Event::Kind::certain: return USHER_EVENT_CERTAIN;
    case Event::Kind::disconnected: return USHER_EVENT_DISCONNECTED;
    case Event::Kind::reconnected: return USHER_EVENT_RECONNECTED;
    case Event::Kind::maintenance: return USHER_EVENT_MAINTENANCE;
    case Event::Kind::serving: return USHER_EVENT_SERVING;
    case Event::Kind::server_refused: return USHER_EVENT_SERVER_REFUSED;
    case Event::Kind::turned_away: return USHER_EVENT_TURNED_AWAY;
    case Event::Kind::moved: return USHER_EVENT_MOVED;
    case Event::Kind::pool_changed: return USHER_EVENT_POOL;
    }
    assert(false && "an event without a kind");
    return USHER_EVENT_LOST;
}

usher_status status_of(Event::Kind kind)
{
    switch (kind) {
    case Event::Kind::disconnected: return USHER_UNREACHABLE;
    case Event::Kind::server_refused: return USHER_WRONG_SERVER;
    case Event::Kind::turned_away: return USHER_TURNED_AWAY;
    default: return USHER_REFUSED;
    }
}

void tell(usher_client* client, usher_callback callback, void* context, const Event& event)
{
    std::unique_ptr<OwnedRefusal> why;
    if (event.why)
        why = std::make_unique<OwnedRefusal>(status_of(event.kind), *event.why);
    std::unique_ptr<OwnedPool> pool;
    if (event.pool)
        pool = std::make_unique<OwnedPool>(*event.pool, Clock::now());
    const usher_event told{sizeof(usher_event),  kind_of(event.kind), event.seat, why.get(),
                           event.reason.c_str(), event.watch,         pool.get()};
    callback(client, &told, context);
}

/// A seat that owns what its pointers show.
struct OwnedSeat : usher_seat {
    std::string pool_text;
    std::string product_text;
};

usher_seat_state state_of(const Seat& seat, Instant now)
{
    if (is_uncertain(seat, now))
        return USHER_SEAT_UNCERTAIN;
    switch (seat.state) {
    case Seat::State::held: return USHER_SEAT_HELD;
    case Seat::State::locked: return USHER_SEAT_LOCKED;
    case Seat::State::lost:
    case Seat::State::refused: return USHER_SEAT_LOST;
    default: return USHER_SEAT_WAITING;
    }
}

std::int64_t certain_ms(const Seat& seat, Instant now)
{
    if (!is_ours(seat))
        return 0;
    if (!seat.is_floating)
        return -1;
    const auto left =
        std::chrono::floor<std::chrono::milliseconds>(seat.confirmed + seat.term - now);
    return std::max<std::int64_t>(left.count(), 0);
}

} // namespace

std::unique_ptr<usher_client> usher::client::make_client(std::unique_ptr<Door> door,
                                                         Manners manners)
{
    auto client = std::make_unique<usher_client>();
    client->common = std::move(manners.wish);
    if (manners.callback != nullptr)
        manners.settings.listener = [client = client.get(), callback = manners.callback,
                                     context = manners.context](const Event& event) {
            tell(client, callback, context, event);
        };
    client->attendant = std::make_unique<Attendant>(std::move(door), std::move(manners.settings));
    return client;
}

usher_status usher_open(const usher_options* options, usher_client** client,
                        usher_refusal** refusal)
{
    return guarded([&] {
        if (refusal != nullptr)
            *refusal = nullptr;
        if (client == nullptr)
            return report_argument("client: is NULL", refusal);
        *client = nullptr;
        const auto taken = take(options);
        if (!taken)
            return report_argument("options: NULL, without a size, or of a later version", refusal);
        auto manners = read_manners(*taken);
        if (!manners)
            return report_argument(manners.error().what, refusal);
        auto destination = read_destination(*taken);
        if (!destination)
            return report_argument(destination.error().what, refusal);
        auto address = address_from(destination->server);
        if (!address)
            return report_argument("server: " + address.error().text, refusal);
        if (std::holds_alternative<SocketAddress>(*address) &&
            !destination->credentials.vendors.empty())
            return report_argument("server: over a local socket a server cannot prove to be the "
                                   "vendor's customer; give its usher:// address",
                                   refusal);
        auto route = Route::prepare(std::move(*address), std::move(destination->credentials));
        if (!route)
            return report({Setback::turned_away, as_refused(route.error())}, refusal);
        *client = make_client(std::make_unique<RouteDoor>(std::move(*route)), std::move(*manners))
                      .release();
        return USHER_OK;
    });
}

usher_status usher_close(usher_client* client)
{
    if (client == nullptr)
        return USHER_OK;
    if (client->attendant->is_forked())
        return USHER_FORKED; // Its thread was cut off in the middle: nothing of it can be freed.
    if (client->attendant->is_in_callback())
        return USHER_IN_CALLBACK;
    delete client;
    return USHER_OK;
}

usher_status usher_checkout(usher_client* client, const usher_wish* wish, usher_lease* lease,
                            usher_refusal** refusal)
{
    return guarded([&] {
        if (refusal != nullptr)
            *refusal = nullptr;
        if (client == nullptr || lease == nullptr)
            return report_argument("client and lease must not be NULL", refusal);
        *lease = 0;
        const auto taken = take(wish);
        if (!taken)
            return report_argument("wish: NULL, without a size, or of a later version", refusal);
        auto read = read_wish(*taken, client->common);
        if (!read)
            return report_argument(read.error().what, refusal);
        const auto given = client->attendant->checkout(std::move(*read),
                                                       (taken->flags & USHER_STAY_IN_QUEUE) != 0);
        if (!given)
            return report(given.error(), refusal);
        *lease = given->number;
        return given->is_waiting ? USHER_WAITING : USHER_OK;
    });
}

usher_status usher_checkin(usher_client* client, usher_lease lease, usher_refusal** refusal)
{
    return guarded([&] {
        if (refusal != nullptr)
            *refusal = nullptr;
        if (client == nullptr)
            return report_argument("client: is NULL", refusal);
        const auto no = client->attendant->checkin(lease);
        return no ? report(*no, refusal) : USHER_OK;
    });
}

usher_status usher_look(usher_client* client, usher_lease lease, usher_seat** seat)
{
    return guarded([&] {
        if (client == nullptr || seat == nullptr)
            return USHER_BAD_ARGUMENT;
        *seat = nullptr;
        if (client->attendant->is_forked())
            return USHER_FORKED;
        const auto found = client->attendant->look(lease);
        if (!found)
            return USHER_UNKNOWN_LEASE;
        const Instant now = Clock::now();
        auto owned = std::make_unique<OwnedSeat>();
        owned->pool_text = found->pool;
        owned->product_text = found->product;
        owned->size = sizeof(usher_seat);
        owned->state = state_of(*found, now);
        owned->pool = owned->pool_text.c_str();
        owned->product = owned->product_text.c_str();
        owned->units = found->wish.units;
        owned->shares_seat = found->shares_seat ? 1 : 0;
        owned->position = found->state == Seat::State::waiting ? found->position : 0;
        owned->certain_ms = certain_ms(*found, now);
        *seat = owned.release();
        return USHER_OK;
    });
}

void usher_seat_free(usher_seat* seat)
{
    delete static_cast<OwnedSeat*>(seat);
}

usher_status usher_why(usher_client* client, usher_lease lease, usher_refusal** refusal)
{
    return guarded([&] {
        if (client == nullptr || refusal == nullptr)
            return USHER_BAD_ARGUMENT;
        *refusal = nullptr;
        if (client->attendant->is_forked())
            return USHER_FORKED;
        const auto found = client->attendant->look(lease);
        if (!found)
            return USHER_UNKNOWN_LEASE;
        if (found->why)
            *refusal = new OwnedRefusal(USHER_REFUSED, *found->why);
        return USHER_OK;
    });
}

void usher_refusal_free(usher_refusal* refusal)
{
    delete static_cast<OwnedRefusal*>(refusal);
}

const char* usher_status_word(usher_status status)
{
    static constexpr const char* words[] = {
        "USHER_OK",           "USHER_WAITING",     "USHER_REFUSED",      "USHER_UNREACHABLE",
        "USHER_WRONG_SERVER", "USHER_TURNED_AWAY", "USHER_BAD_ARGUMENT", "USHER_UNKNOWN_LEASE",
        "USHER_LIMIT",        "USHER_IN_CALLBACK", "USHER_FORKED",       "USHER_CLOSED",
        "USHER_UNKNOWN_WATCH"};
    const auto index = static_cast<std::size_t>(status);
    return index < std::size(words) ? words[index] : "an unknown status";
}

const char* usher_version()
{
    return USHER_VERSION;
}
