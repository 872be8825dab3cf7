#include "daemon/server/session.hpp"
#include "protocol/frame.hpp"

#include <cassert>
#include <utility>

/// The way out: from the desk to the socket, and the end. The way in is in session.cpp.
namespace usher::server {
namespace {

using ledger::Refusal;

/// What an idle connection may keep of its last burst.
constexpr std::size_t kept_bytes_max = 1 << 10;

bool is_of(const ledger::CredentialGone& gone, const ledger::Identity& identity)
{
    return identity.text == "key:" + gone.name || identity.text == "cert:" + gone.name;
}

} // namespace

void Session::deliver(const Letter& letter)
{
    if (phase_ == Phase::over)
        return;
    if (const auto* notice = std::get_if<ledger::Notice>(&letter.text)) {
        if (phase_ < Phase::serving || phase_ == Phase::lingering)
            return;
        on_notice(*notice);
    } else {
        const Errand errand = errands_.take(letter.request);
        share_->questions -= errand.weight;
        const auto& answer = std::get<ledger::Answer>(letter.text);
        note_leases(answer, errand);
        if (phase_ == Phase::greeting)
            on_greeted(answer, errand);
        else if (std::holds_alternative<ledger::Greeted>(answer)) // We stop: too late for that.
            refuse(errand.request, errand.verb, {.code = ledger::Code::server_ending});
        else
            on_answer(answer, errand);
    }
    if (phase_ == Phase::closing && errands_.count() == 0)
        say_farewell();
    if (!std::exchange(is_noted_, true))
        hall_.note_written(shared_from_this());
}

void Session::on_greeted(const ledger::Answer& answer, const Errand& errand)
{
    if (const auto* refusal = std::get_if<Refusal>(&answer)) {
        refuse(errand.request, errand.verb, *refusal);
        return close(Parting::not_let_in);
    }
    const auto& greeted = std::get<ledger::Greeted>(answer);
    if (!join(greeted.identity)) {
        refuse(errand.request, errand.verb,
               {.code = ledger::Code::limit_reached,
                .detail = greeted.identity.text + " has as many connections as one may have"});
        return close(Parting::not_let_in);
    }
    caller_.identity = greeted.identity;
    caller_.role = greeted.role;
    phase_ = Phase::serving;
    hall_.let_in(*this);
    append(welcome(errand.request, greeted, channel_->exporter(), hall_.premises()));
}

/// From now on it is one of its identity's; false: there are as many already as may be.
bool Session::join(const ledger::Identity& identity)
{
    auto share = hall_.shares().of(identity.text, origin_);
    if (!is_local_ && hall_.is_crowded(*share))
        return false;
    share_ = std::move(share);
    if (is_local_)
        return true;
    is_counted_ = true;
    hall_.gauge(Bound::sessions_per_identity).raise(++share_->sessions);
    return true;
}

void Session::on_answer(const ledger::Answer& answer, const Errand& errand)
{
    if (const auto* refusal = std::get_if<Refusal>(&answer))
        note_refusal(errand.verb, *refusal, errand.wish.get());
    // One answer may be larger than the bound; a second one waits for it or ends the connection.
    is_swamped_ = is_swamped_ || unsent() > hall_.limits().unsent_bytes_max;
    if (!is_swamped_)
        append_answer(out_, errand.request, answer, errand.keepsake ? *errand.keepsake : Keepsake{},
                      hall_.premises(), limits_for(answer));
}

/// Where they are shown.
std::vector<LimitPicture> Session::limits_for(const ledger::Answer& answer)
{
    const auto* const picture = std::get_if<ledger::Picture>(&answer);
    if (picture == nullptr)
        return {};
    const ledger::Summary& all = **picture;
    return hall_.usage().seen(hall_.limits(), all.leases.size() + all.queue.size());
}

/// What it speaks for, after an answer.
void Session::note_leases(const ledger::Answer& answer, const Errand& errand)
{
    const bool is_over =
        std::holds_alternative<Refusal>(answer) || std::holds_alternative<ledger::Done>(answer);
    if (errand.lease && is_over)
        speaking_.drop(*errand.lease);
    if (errand.given_back && std::holds_alternative<ledger::Done>(answer))
        speaking_.drop(*errand.given_back);
    if (errand.watches && std::holds_alternative<Refusal>(answer))
        --watches_;
    if (const auto* granted = std::get_if<ledger::Granted>(&answer))
        note_granted(*granted);
    if (const auto* waiting = std::get_if<ledger::Waiting>(&answer))
        speaking_.add(waiting->id);
    if (const auto* renewed = std::get_if<ledger::Renewed>(&answer))
        note_unknown(*renewed);
}

void Session::note_unknown(const ledger::Renewed& renewed)
{
    std::vector<ledger::LeaseId> unknown;
    for (const ledger::LeaseState& lease : renewed.leases)
        if (lease.state == ledger::LeaseState::State::unknown)
            unknown.push_back(lease.id);
    if (!unknown.empty())
        speaking_.drop(std::move(unknown));
}

/// A lease that no silence ends needs nobody to speak for it, and takes no room here.
void Session::note_granted(const ledger::Granted& granted)
{
    if (granted.kind == ledger::LeaseKind::floating)
        speaking_.add(granted.id); // Its checkin and another checkout may have crossed.
    else
        speaking_.drop(granted.id);
}

void Session::on_notice(const ledger::Notice& notice)
{
    if (const auto* gone = std::get_if<ledger::CredentialGone>(&notice)) {
        if (is_of(*gone, caller_.identity))
            close(Parting::credential_revoked);
        return;
    }
    if (const auto* granted = std::get_if<ledger::Granted>(&notice))
        note_granted(*granted);
    if (const auto* lost = std::get_if<ledger::SeatLost>(&notice))
        speaking_.drop(lost->id);
    if (const auto* ended = std::get_if<ledger::WaitEnded>(&notice))
        speaking_.drop(ended->id);
    is_swamped_ = is_swamped_ || unsent() > hall_.limits().unsent_bytes_max;
    if (!is_swamped_)
        append_notice(out_, notice);
}

void Session::refuse(std::uint64_t request, std::string_view verb, const Refusal& refusal,
                     const Wish* wish)
{
    note_refusal(verb, refusal, wish);
    append_refusal(out_, request, refusal);
}

void Session::note_refusal(std::string_view verb, const Refusal& refusal, const Wish* wish)
{
    ++refused_;
    hall_.log().refused(speaker(), verb, refusal, wish, hall_.limits().log_lines_per_second_max);
}

void Session::append(const v1::Response& response)
{
    const bool fits = protocol::append_frame(out_, response);
    assert(fits);
    static_cast<void>(fits);
}

void Session::flush()
{
    is_noted_ = false;
    if (phase_ == Phase::over)
        return;
    if (!rest_.empty() && !waits_to_read_)
        is_unfinished_ = true; // What had to wait for answers waits for its turn now.
    write();
    if (is_swamped_)
        return cut(Parting::slow_reader);
    arm();
}

void Session::resume()
{
    is_held_back_ = false;
    flush();
}

void Session::write()
{
    if (phase_ == Phase::over)
        return;
    if (!waits_to_write_)
        wrote_at_ = hall_.now();
    while (unsent() > 0) {
        const auto moved = channel_->write(std::as_bytes(std::span(out_)).subspan(sent_));
        if (moved.step == Channel::Step::wants_to_write)
            break;
        if (moved.step != Channel::Step::done)
            return lose();
        sent_ += moved.bytes;
        wrote_at_ = hall_.now();
    }
    if (unsent() > 0) {
        out_.erase(0, std::exchange(sent_, 0));
        return;
    }
    sent_ = 0;
    out_.clear();
    if (out_.capacity() > kept_bytes_max)
        out_.shrink_to_fit();
    if (phase_ == Phase::lingering && !std::exchange(said_all_, true))
        channel_->close_writing();
}

/// Tells the hall what it costs now.
void Session::weigh()
{
    const std::size_t now = phase_ == Phase::over ? 0 : let_lie() + errands_.bytes();
    hall_.note_bytes(std::exchange(weight_, now), now);
    hall_.usage().of_hall(hall_.index()).raise(load());
}

Load Session::load() const
{
    return {.in_flight = errands_.count(),
            .unanswered_bytes = errands_.bytes(),
            .unsent_bytes = unsent(),
            .leases = speaking_.count()};
}

// The end.

std::optional<Parting> Session::lateness(Instant now) const
{
    const Limits& limits = hall_.limits();
    if (unsent() > 0 && now - wrote_at_ >= limits.send_time)
        return Parting::slow_reader;
    if (frame_since_ && now - *frame_since_ >= limits.frame_time)
        return Parting::too_slow;
    const auto since = now - phase_since_;
    switch (phase_) {
    case Phase::handshake:
        return since >= limits.handshake_time ? std::optional(Parting::handshake_late)
                                              : std::nullopt;
    case Phase::hello:
        return since >= limits.hello_time ? std::optional(Parting::too_slow) : std::nullopt;
    case Phase::serving: {
        // Who speaks for a lease is not idle: the lease has a term, and its end is told. Nor is who
        // watches a pool: it is we who have nothing to say.
        const bool is_idle =
            !has_an_interest() && errands_.count() == 0 && now - heard_at_ >= limits.idle_time;
        return is_idle ? std::optional(Parting::idle) : std::nullopt;
    }
    case Phase::lingering:
        return since >= limits.linger_time ? std::optional(parting_) : std::nullopt;
    default: return std::nullopt;
    }
}

void Session::give_up_on_it(Instant now)
{
    const auto parting = lateness(now);
    if (!parting)
        return;
    if (phase_ == Phase::lingering || *parting == Parting::slow_reader ||
        *parting == Parting::handshake_late)
        return cut(*parting);
    close(*parting);
    flush();
}

void Session::wind_down()
{
    if (phase_ == Phase::handshake)
        return cut(Parting::stopping);
    if (phase_ < Phase::closing) {
        phase_ = Phase::closing;
        parting_ = Parting::stopping;
        frame_since_.reset();
        take_in({}); // What had to wait, and what has come by now, is turned away.
        read();
        while (std::exchange(is_unfinished_, false))
            take_in({});
        if (phase_ == Phase::closing && errands_.count() == 0)
            say_farewell();
    }
    flush();
}

/// Ends it in good order: what lies at the desk is answered, then the peer is told why.
void Session::close(Parting parting)
{
    if (phase_ >= Phase::closing)
        return;
    phase_ = Phase::closing;
    parting_ = parting;
    frame_since_.reset();
    if (errands_.count() == 0)
        say_farewell();
}

void Session::say_farewell()
{
    phase_ = Phase::lingering;
    phase_since_ = hall_.now();
    frame_since_.reset();
    v1::Response response;
    if (parting_ == Parting::left) {
        response.set_id(leaving_);
        response.mutable_done();
    } else if (parting_ != Parting::not_let_in) { // That was said by a refusal.
        response.mutable_ending()->set_reason(std::string(word(parting_)));
        if (parting_ == Parting::stopping)
            response.mutable_ending()->set_retry_after_ms(
                static_cast<std::uint32_t>(hall_.limits().retry_after.count()));
    }
    if (response.answer_case() != v1::Response::ANSWER_NOT_SET)
        append(response);
}

/// The other end has gone. Only that shortens its leases; whenever the end is ours, they run on.
void Session::lose()
{
    if (phase_ >= Phase::closing)
        return end();
    if (is_missed_at_the_desk())
        desk_.ask({{}, 0, ledger::LoseConnection{id_, speaking_.leases()}, share_->number});
    fault_ = channel_->fault();
    parting_ = Parting::lost;
    end();
}

/// Nobody speaks for them here any more, and they run on for their term.
void Session::leave_leases()
{
    if (is_missed_at_the_desk())
        desk_.ask({{}, 0, ledger::LoseConnection{id_, speaking_.leases(), true}, share_->number});
}

void Session::cut(Parting parting)
{
    if (phase_ < Phase::closing) {
        parting_ = parting;
        fault_ = channel_->fault();
    }
    if (unsent() > 0)
        channel_->give_up_writing();
    end();
}

void Session::end()
{
    if (phase_ == Phase::over)
        return;
    phase_ = Phase::over;
    weigh();
    if (parting_ != Parting::lost)
        leave_leases();
    const auto lasted = std::chrono::duration_cast<std::chrono::milliseconds>(hall_.now() - began_);
    if (heard_ || parting_ == Parting::turned_away)
        hall_.log().ended(speaker(),
                          {.parting = parting_,
                           .fault = fault_,
                           .requests = requests_,
                           .refused = refused_,
                           .leases = speaking_.count(),
                           .lasted = lasted},
                          hall_.limits().log_lines_per_second_max);
    channel_->close();
    place_.reset();
    if (is_counted_)
        --share_->sessions;
    hall_.leave(*this, std::exchange(errands_, {}));
}

Speaker Session::speaker() const
{
    return {id_, peer_.address, caller_.identity.text, client_};
}

} // namespace usher::server
