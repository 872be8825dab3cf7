#include "client/duty.hpp"

#include <algorithm>
#include <utility>

namespace usher::client {
namespace {

Duty::Next asking(Duty::Asking asking)
{
    return {.act = Duty::Act::ask, .until = {}, .asking = std::move(asking)};
}

} // namespace

Duty::Next Duty::next(Instant now)
{
    const Heartbeat::Next due = heartbeat_.next(now, needs());
    switch (due.act) {
    case Heartbeat::Act::connect: return {.act = Act::connect, .until = {}, .asking = {}};
    case Heartbeat::Act::renew: return ask(holdings_.renewal(), now);
    case Heartbeat::Act::hang_up: return {.act = Act::hang_up, .until = {}, .asking = {}};
    case Heartbeat::Act::rest: break;
    }
    if (auto next = ask_next(now))
        return *std::move(next);
    const bool is_asked_later = is_connected() && !holdings_.is_put_off();
    return {.act = Act::rest,
            .until = std::min({due.at, holdings_.next_tick(),
                               is_asked_later ? watches_.next_at() : Instant::max()}),
            .asking = {}};
}

Heartbeat::Needs Duty::needs() const
{
    Heartbeat::Needs all = holdings_.needs();
    for (const Heartbeat::Needs& more : {inquiries_.needs(), watches_.needs()}) {
        all.line = all.line || more.line;
        if (more.unanswered)
            all.unanswered = std::min(all.unanswered.value_or(Instant::max()), *more.unanswered);
    }
    return all;
}

Duty::Next Duty::ask(Holdings::Question question, Instant now)
{
    holdings_.begin(question, now);
    v1::Request request = question.request;
    return asking({std::move(request), std::move(question), now});
}

/// Seats come first: they are what silence ends.
std::optional<Duty::Next> Duty::ask_next(Instant now)
{
    if (!is_connected())
        return std::nullopt;
    if (auto question = holdings_.next_question(now))
        return ask(*std::move(question), now);
    if (holdings_.is_put_off())
        return std::nullopt;
    if (const auto number = inquiries_.next())
        return asking({inquiries_.begin(*number, now), OfInquiry{*number}, now});
    if (const auto number = watches_.next(now))
        return asking({watches_.begin(*number, now), OfWatch{*number}, now});
    return std::nullopt;
}

void Duty::sent(Asking asking, std::uint64_t request)
{
    if (auto* const question = std::get_if<Holdings::Question>(&asking.about))
        holdings_.sent(std::move(*question), request, asking.begun);
    else if (const auto* const inquiry = std::get_if<OfInquiry>(&asking.about))
        inquiries_.sent(inquiry->number, request);
    else
        watches_.sent(std::get<OfWatch>(asking.about).number, request);
}

void Duty::connected(const v1::Welcome& welcome)
{
    const Duration term = std::chrono::milliseconds(welcome.term_ms());
    ++attempts_;
    last_failure_.reset();
    is_reported_ = false;
    heartbeat_.connected(term);
    inquiries_.ask_anew();
    watches_.connected(term);
    note(holdings_.connected(welcome));
}

void Duty::failed(const Failure& failure, Instant now)
{
    ++attempts_;
    heartbeat_.disconnected(now, failure.retry_after);
    last_failure_ = failure;
    if (!is_lasting(failure))
        return;
    heartbeat_.discourage(now);
    if (is_missed() && !std::exchange(is_reported_, true))
        note({{is_wrong_server(failure) ? Event::Kind::server_refused : Event::Kind::turned_away,
               0,
               as_refused(failure),
               {}}});
}

void Duty::lost(const Failure& failure, Instant now)
{
    inquiries_.forget_questions();
    watches_.forget_questions();
    heartbeat_.disconnected(now, failure.retry_after);
    last_failure_ = failure;
    note(holdings_.disconnected(as_refused(failure), !watches_.is_empty()));
}

void Duty::start_over(Instant now) noexcept
{
    heartbeat_.disconnected(now, Duration(0));
    holdings_.forget_questions();
    inquiries_.forget_questions();
    watches_.forget_questions();
}

void Duty::moved(std::string where)
{
    if (is_missed())
        note({{Event::Kind::moved, 0, {}, std::move(where)}});
}

void Duty::take(const v1::Response& response, Instant now)
{
    heartbeat_.answered();
    if (response.has_renewed())
        heartbeat_.set_term(std::chrono::milliseconds(response.renewed().term_ms()));
    const bool was_put_off = holdings_.is_put_off();
    note(holdings_.take(response));
    if (was_put_off && !holdings_.is_put_off()) {
        inquiries_.ask_anew();
        watches_.ask_anew();
    }
    if (!inquiries_.take(response))
        note(watches_.take(response, now));
}

/// Whether the application has to hear of the connection.
bool Duty::is_missed() const
{
    return holdings_.has_any() || !watches_.is_empty();
}

void Duty::note(std::vector<Event> events)
{
    for (Event& event : events) {
        const bool is_answer =
            event.kind == Event::Kind::granted || event.kind == Event::Kind::lost;
        if (!is_answer || !awaited_.contains(event.seat)) // Else a call returns it.
            news_.push_back(std::move(event));
    }
}

} // namespace usher::client
