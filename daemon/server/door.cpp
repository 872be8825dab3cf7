#include "daemon/server/door.hpp"

#include "daemon/ledger/limits.hpp"
#include "daemon/server/session.hpp"
#include "daemon/server/socket_channel.hpp"
#include "daemon/server/tally.hpp"

#include <algorithm>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cerrno>
#include <chrono>
#include <spdlog/spdlog.h>
#include <system_error>
#include <utility>

namespace usher::server {
namespace {

namespace asio = boost::asio;
using Descriptor = asio::posix::stream_descriptor;

/// How many are let in before the sessions of the door's own hall have their turn.
constexpr int arrivals_at_once_max = 64;

/// How long the door stays shut when accepting failed (no descriptors, no memory).
constexpr auto pause = std::chrono::milliseconds(100);

/// How often it is asked whether holders still stand in the queue; well below half a term.
constexpr auto await_interval = std::chrono::seconds(1);

} // namespace

struct Door::Inside : std::enable_shared_from_this<Door::Inside> {
    /// One thing to listen at.
    struct Listener {
        Descriptor descriptor;
        bool is_local = false;
        asio::steady_timer timer; ///< Until the next try.
    };

    Inside(std::span<const std::unique_ptr<Hall>> the_halls, Desk& the_desk)
        : halls(the_halls), desk(the_desk), context(the_halls.front()->context()),
          await_timer(context)
    {}

    void add(Socket listener, bool is_local);
    void wait(Listener& listener);
    void accept(Listener& listener);
    void shut_for_a_while(Listener& listener);
    void seat(Arrival arrival, bool is_local);
    [[nodiscard]] bool has_place(const Arrival& arrival, bool is_local) const;
    [[nodiscard]] std::shared_ptr<void> take_place(const Origin& origin, bool is_local);
    void give_back(const Origin& origin, bool is_local);
    void count();
    void await_holders();
    [[nodiscard]] const Limits& limits() const { return halls.front()->limits(); }

    const std::span<const std::unique_ptr<Hall>> halls;
    Desk& desk;
    asio::io_context& context;
    asio::steady_timer await_timer;
    const std::chrono::steady_clock::time_point opened = std::chrono::steady_clock::now();
    std::unique_ptr<LocalListener> local; ///< Its file.
    std::vector<std::unique_ptr<Listener>> listeners;
    std::size_t next_hall = 0;

    std::size_t sessions = 0; ///< Over TCP.
    std::size_t local_sessions = 0;
    Tally<Origin> sessions_of; ///< Over TCP, by where they come from.
    bool is_failing = false;   ///< Said once, not at each try.
};

void Door::Inside::add(Socket listener, bool is_local)
{
    listeners.push_back(std::make_unique<Listener>(
        Listener{Descriptor(context, listener.release()), is_local, asio::steady_timer(context)}));
}

void Door::Inside::wait(Listener& listener)
{
    listener.descriptor.async_wait(
        Descriptor::wait_read,
        [self = shared_from_this(), &listener](const boost::system::error_code& error) {
            if (!error)
                self->accept(listener);
        });
}

void Door::Inside::accept(Listener& listener)
{
    for (int i = 0; i < arrivals_at_once_max; ++i) {
        auto arrival = accept_from(listener.descriptor.native_handle());
        if (arrival) {
            is_failing = false;
            seat(std::move(*arrival), listener.is_local);
            continue;
        }
        if (errno == EAGAIN)
            break;
        if (errno != ECONNABORTED && errno != EINTR && errno != EPROTO)
            return shut_for_a_while(listener);
    }
    wait(listener);
}

/// Trying again at once would only burn what others need to get their descriptors back.
void Door::Inside::shut_for_a_while(Listener& listener)
{
    if (!std::exchange(is_failing, true))
        spdlog::error("cannot accept connections: {}; newcomers wait",
                      std::generic_category().message(errno));
    listener.timer.expires_after(pause);
    listener.timer.async_wait(
        [self = shared_from_this(), &listener](const boost::system::error_code& error) {
            if (!error)
                self->accept(listener);
        });
}

void Door::Inside::seat(Arrival arrival, bool is_local)
{
    if (!has_place(arrival, is_local)) {
        spdlog::debug("turned away peer={}", arrival.address);
        return;
    }
    Visitor visitor{.origin = arrival.origin,
                    .peer = {.address = std::move(arrival.address)},
                    .is_local = is_local,
                    .place = take_place(arrival.origin, is_local)};
    if (is_local) {
        const LocalPeer peer = local_peer_of(arrival.socket);
        visitor.peer.local_user = peer.user;
        visitor.peer.local_admin = peer.admin;
    }
    Hall& hall = *halls[next_hall++ % halls.size()];
    asio::post(hall.context(), [&hall, &desk = desk, taken = std::move(visitor),
                                socket = std::move(arrival.socket)]() mutable {
        taken.channel =
            std::make_unique<SocketChannel>(hall.context(), std::move(socket),
                                            taken.is_local ? nullptr : hall.premises().authority);
        hall.seat(std::make_shared<Session>(hall, desk, std::move(taken)));
    });
}

bool Door::Inside::has_place(const Arrival& arrival, bool is_local) const
{
    if (is_local)
        return local_sessions < limits().local_sessions_max;
    return sessions < limits().sessions_max &&
           sessions_of.count(arrival.origin) < limits().sessions_per_address_max;
}

/// The session gives it back from its own hall's thread, when it goes.
std::shared_ptr<void> Door::Inside::take_place(const Origin& origin, bool is_local)
{
    if (is_local) {
        ++local_sessions;
    } else {
        ++sessions;
        sessions_of.add(origin);
    }
    count();
    return {nullptr, [door = weak_from_this(), origin, is_local](void*) {
                const auto self = door.lock();
                if (self)
                    asio::post(self->context,
                               [self, origin, is_local] { self->give_back(origin, is_local); });
            }};
}

void Door::Inside::give_back(const Origin& origin, bool is_local)
{
    if (is_local) {
        --local_sessions;
        return count();
    }
    --sessions;
    sessions_of.drop(origin);
    count();
}

/// For who looks.
void Door::Inside::count()
{
    Gauges& counts = halls.front()->usage().of_door();
    counts.of(Bound::sessions).set(sessions);
    counts.of(Bound::sessions_per_address).set(sessions_of.largest());
    counts.of(Bound::local_sessions).set(local_sessions);
}

/// After a start thousands may come back at once; nobody loses a seat for standing in that queue.
void Door::Inside::await_holders()
{
    const bool somebody_waits =
        std::ranges::any_of(halls, [](const auto& hall) { return hall->waiting() > 0; });
    if (somebody_waits)
        desk.ask({{}, 0, ledger::AwaitHolders{}});
    if (std::chrono::steady_clock::now() - opened >= ledger::amnesty_max)
        return;
    await_timer.expires_after(await_interval);
    await_timer.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
        if (!error)
            self->await_holders();
    });
}

Door::Door(std::span<const std::unique_ptr<Hall>> halls, Desk& desk, Listeners listeners)
    : inside_(std::make_shared<Inside>(halls, desk))
{
    for (Socket& listener : listeners.tcp)
        inside_->add(std::move(listener), false);
    inside_->local = std::move(listeners.local);
    if (inside_->local)
        inside_->add(inside_->local->take_socket(), true);
    asio::post(inside_->context, [door = inside_] {
        for (const auto& listener : door->listeners)
            door->wait(*listener);
        door->await_holders();
    });
}

Door::~Door() = default;

void Door::close()
{
    asio::post(inside_->context, [door = inside_] {
        for (const auto& listener : door->listeners) {
            boost::system::error_code ignored;
            listener->descriptor.close(ignored);
            listener->timer.cancel();
        }
        door->local.reset();
        door->await_timer.cancel();
    });
}

} // namespace usher::server
