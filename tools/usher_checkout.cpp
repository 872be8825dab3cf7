#include "daemon/trust/signature.hpp"
#include "protocol/duration.hpp"
#include "tools/held_seat.hpp"
#include "tools/lease_text.hpp"
#include "tools/printable.hpp"
#include "tools/refusal_text.hpp"
#include "tools/signal_reader.hpp"
#include "tools/usher_verbs.hpp"
#include "tools/wish.hpp"

#include <array>
#include <poll.h>
#include <vector>

namespace usher::tools {
namespace {

using std::chrono::milliseconds;

/// The connection closes, and the leases that it spoke for run on until their term ends.
void leave(Call& call)
{
    v1::Request request;
    request.mutable_leave();
    (void)call.ask(std::move(request));
}

std::string to_lease(const std::string& text)
{
    const auto lease = lease_from(text);
    if (!lease)
        throw Fault("not a lease: " + cut(printable(text), 60),
                    {"usher checkout prints it: 32 digits and letters a to f",
                     "what status shows of a lease only names it: usher revoke LEASE"},
                    Fault::Kind::usage);
    return *lease;
}

v1::Request question(const client::Wish& wish)
{
    std::array<std::uint8_t, 16> id{};
    trust::fill_random(id);
    v1::Request request;
    v1::Checkout& checkout = *request.mutable_checkout();
    checkout.mutable_lease()->assign(id.begin(), id.end());
    checkout.set_profile(wish.profile);
    checkout.set_pool(wish.pool);
    checkout.set_units(wish.units);
    checkout.set_user(wish.user);
    checkout.set_device(wish.device);
    checkout.set_party(wish.party);
    checkout.set_pid(wish.pid);
    checkout.set_wait_ms(static_cast<std::uint32_t>(wish.wait.count()));
    return request;
}

/// Keeps the place in the queue until the seat is granted, or not.
v1::Granted wait_in_queue(Call& call, const v1::Waiting& waiting)
{
    call.terminal().remark("waiting, number " + std::to_string(waiting.position()) +
                           " in the queue");
    const milliseconds pause(call.line().welcome().term_ms() / 3);
    for (;;) {
        const auto notice = call.line().receive({.until = client::Clock::now() + pause});
        if (!notice)
            throw fault_of(notice.error());
        if (!*notice) {
            v1::Request renewal;
            renewal.mutable_renew()->add_leases(waiting.lease());
            (void)call.ask(std::move(renewal));
            continue;
        }
        const v1::Response& response = **notice;
        if (response.has_granted() && response.granted().lease() == waiting.lease())
            return response.granted();
        if (response.has_wait_ended() && response.wait_ended().lease() == waiting.lease())
            throw Refused(response.wait_ended().refused());
        if (response.has_ending())
            throw fault_of(client::ended(response.ending()));
    }
}

Json json_of(const std::string& lease, const std::string& pool, const std::string& product,
             std::uint64_t units, bool shares_seat)
{
    return {{"lease", lease},
            {"pool", pool},
            {"product", product},
            {"units", units},
            {"shares_seat", shares_seat}};
}

int take_for_a_term(Call& call, const client::Wish& wish)
{
    const v1::Response response = call.ask(question(wish));
    const v1::Granted granted =
        response.has_waiting() ? wait_in_queue(call, response.waiting()) : response.granted();
    leave(call);
    const std::string lease = lease_text(granted.lease());
    const std::string term = protocol::to_text(milliseconds(granted.term_ms()));
    Json json =
        json_of(lease, granted.pool(), granted.product(), granted.units(), granted.shares_seat());
    json["kind"] = granted.kind();
    json["term"] = term;
    call.print(json, lease + "\n");
    if (!call.is_json() && granted.kind() == "floating")
        call.terminal().remark("it ends in " + term +
                               "; usher renew keeps it, usher checkin gives "
                               "it back");
    return 0;
}

/// Until somebody ends this, or the seat is lost.
int hold(Call& call, const client::Wish& wish)
{
    const HeldSeat held(call, wish);
    const SignalReader signals{SIGINT, SIGTERM, SIGHUP};
    const client::Seat seat = held.seat();
    const std::string lease =
        lease_text({reinterpret_cast<const char*>(seat.id.data()), seat.id.size()});
    call.print(json_of(lease, seat.pool, seat.product, wish.units, seat.shares_seat), lease + "\n");
    if (!call.is_json())
        call.terminal().remark("held until this ends: ^C");
    std::array<pollfd, 2> sources{{{signals.fd(), POLLIN, 0}, {held.lost(), POLLIN, 0}}};
    while (::poll(sources.data(), sources.size(), -1) < 0) {
    }
    return sources[0].revents != 0 ? 0 : 1;
}

std::string word(v1::LeaseState::State state)
{
    switch (state) {
    case v1::LeaseState::HELD: return "held";
    case v1::LeaseState::LOCKED: return "locked";
    case v1::LeaseState::WAITING: return "waiting";
    default: return "unknown";
    }
}

} // namespace

int checkout(Call& call)
{
    client::Wish wish;
    bool holds = false;
    add_wish_options(call, wish);
    call.options().add_flag("--hold", holds,
                            "Keep the seat until this is ended, and give it back then");
    call.parse();
    return holds ? hold(call, wish) : take_for_a_term(call, wish);
}

int renew(Call& call)
{
    std::vector<std::string> texts;
    call.options().add_option("LEASE", texts, "What `usher checkout` printed")->required();
    call.parse();
    v1::Request request;
    for (const std::string& text : texts)
        request.mutable_renew()->add_leases(to_lease(text));
    const v1::Renewed renewed = call.ask(std::move(request)).renewed();
    leave(call);

    std::string text;
    Json list = Json::array();
    bool is_held = true;
    for (const v1::LeaseState& lease : renewed.leases()) {
        const std::string id = lease_text(lease.lease());
        text += id + " " + word(lease.state()) + "\n";
        list.push_back(
            {{"lease", id},
             {"state", word(lease.state())},
             {"refused", lease.has_refused() ? refusal_json(lease.refused()) : Json(nullptr)},
             {"ended_because",
              lease.ended_because().empty() ? Json(nullptr) : Json(lease.ended_because())}});
        if (lease.has_refused())
            say(call.terminal(), lease.refused());
        is_held = is_held && word(lease.state()) != "unknown";
    }
    call.print({{"leases", list}, {"term", protocol::to_text(milliseconds(renewed.term_ms()))}},
               text);
    return is_held ? 0 : 1;
}

int checkin(Call& call)
{
    std::string text;
    call.options().add_option("LEASE", text, "What `usher checkout` printed")->required();
    call.parse();
    v1::Request request;
    request.mutable_checkin()->set_lease(to_lease(text));
    (void)call.ask(std::move(request));
    call.print({{"done", true}, {"warnings", Json::array()}}, "gave it back\n");
    return 0;
}

} // namespace usher::tools
