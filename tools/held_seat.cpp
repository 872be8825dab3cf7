#include "tools/held_seat.hpp"

#include "tools/printable.hpp"
#include "tools/refusal_text.hpp"

#include <cerrno>
#include <cstdint>
#include <sys/eventfd.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace usher::tools {
namespace {

std::unique_ptr<client::Door> door_of(const Call& call)
{
    auto route = client::Route::prepare(call.address(), call.credentials());
    if (!route)
        throw fault_of(route.error());
    return std::make_unique<client::RouteDoor>(std::move(*route));
}

} // namespace

HeldSeat::HeldSeat(const Call& call, const client::Wish& wish)
    : terminal_(call.terminal()), lost_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK))
{
    if (lost_ < 0)
        throw std::system_error(errno, std::system_category(), "eventfd");
    attendant_ = std::make_unique<client::Attendant>(
        door_of(call), client::Attendant::Settings{
                           .connect_max = call.timeout(),
                           .answer_max = call.timeout(),
                           .listener = [this](const client::Event& event) { hear(event); }});
    const auto given = attendant_->checkout(wish, false);
    if (!given)
        throw Refused(given.error().why);
    number_ = given->number;
}

HeldSeat::~HeldSeat()
{
    attendant_.reset();
    ::close(lost_);
}

client::Seat HeldSeat::seat() const
{
    return attendant_->look(number_).value_or(client::Seat());
}

void HeldSeat::hear(const client::Event& event) const
{
    say(terminal_, event);
    if (event.kind != client::Event::Kind::lost)
        return;
    const std::uint64_t once = 1;
    [[maybe_unused]] const ssize_t written = ::write(lost_, &once, sizeof once);
}

void say(const Terminal& terminal, const client::Event& event)
{
    using Kind = client::Event::Kind;
    const std::string why = event.why ? ": " + headline_of(*event.why) : "";
    const std::string reason = event.reason.empty() ? "" : " (" + printable(event.reason) + ")";
    switch (event.kind) {
    case Kind::granted: break;
    case Kind::lost: terminal.warning("the seat is lost" + reason + why); break;
    case Kind::locked: terminal.warning("the seat is locked" + why); break;
    case Kind::unlocked: terminal.remark("the seat is not locked any more"); break;
    case Kind::uncertain:
        terminal.warning(
            "no word from the server for a whole term: the seat may be somebody else's");
        break;
    case Kind::certain: terminal.remark("the server confirms the seat"); break;
    case Kind::disconnected: terminal.warning("the connection is gone, trying again" + why); break;
    case Kind::reconnected: terminal.remark("connected again"); break;
    case Kind::maintenance: terminal.remark("the server is in maintenance"); break;
    case Kind::serving: terminal.remark("the server has left maintenance"); break;
    case Kind::server_refused: terminal.warning("this is not the right server" + why); break;
    case Kind::turned_away: terminal.warning("the server turns us away" + why); break;
    case Kind::moved: terminal.remark("the server is at " + event.reason + " now"); break;
    case Kind::pool_changed: break; // This program watches none.
    }
    if (event.why)
        for (const std::string& cure : event.why->cures())
            terminal.hint(printable(cure));
}

} // namespace usher::tools
