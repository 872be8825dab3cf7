#include "tests/world/operators.hpp"

#include "protocol/frame.hpp"

#include <algorithm>
#include <span>
#include <utility>

namespace usher::world {
namespace {

constexpr Duration patience = std::chrono::seconds(30);

void send(Wire& wire, std::uint64_t id, v1::Request request)
{
    request.set_id(id);
    std::string frame;
    static_cast<void>(protocol::append_frame(frame, request));
    wire.send(frame);
}

} // namespace

void Operators::ask(std::shared_ptr<Wire> wire, v1::Operate verb, Answered answered)
{
    v1::Request hello;
    hello.mutable_hello()->set_version(1);
    hello.mutable_hello()->set_version_min(1);
    hello.mutable_hello()->set_client("operator");
    send(*wire, 1, std::move(hello));
    visits_.push_back({.wire = std::move(wire),
                       .verb = std::move(verb),
                       .answered = std::move(answered),
                       .incoming = {},
                       .patient_until = clock_.steady() + patience});
}

bool Operators::act()
{
    bool has_acted = false;
    for (Visit& visit : visits_)
        has_acted = act(visit) || has_acted;
    std::erase_if(visits_, [](Visit& visit) {
        if (visit.is_over)
            visit.wire->close_client(false);
        return visit.is_over;
    });
    return has_acted;
}

SteadyInstant Operators::next_act() const
{
    SteadyInstant next = SteadyInstant::max();
    for (const Visit& visit : visits_)
        next = std::min({next, visit.wire->next_arrival(), visit.patient_until});
    return next;
}

bool Operators::act(Visit& visit)
{
    if (clock_.steady() >= visit.patient_until)
        return visit.is_over = true;
    if (!visit.wire->has_news_for_client())
        return false;
    visit.incoming += visit.wire->receive();
    while (!visit.is_over) {
        const protocol::FrameView frame =
            protocol::first_frame(std::as_bytes(std::span(visit.incoming)));
        if (!frame.message)
            break;
        v1::Response response;
        static_cast<void>(response.ParseFromArray(frame.message->data(),
                                                  static_cast<int>(frame.message->size())));
        visit.incoming.erase(0, frame.consumed);
        on_response(visit, response);
    }
    visit.is_over = visit.is_over || visit.wire->has_ended_for_client();
    return true;
}

void Operators::on_response(Visit& visit, const v1::Response& response)
{
    if (response.id() == 1 && response.has_welcome()) {
        v1::Request request;
        *request.mutable_operate() = visit.verb;
        send(*visit.wire, 2, std::move(request));
    } else if (response.id() == 2 || response.has_ending() || response.has_refused()) {
        visit.answered(response);
        visit.is_over = true;
    }
}

} // namespace usher::world
