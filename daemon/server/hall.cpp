#include "daemon/server/hall.hpp"

#include "daemon/server/session.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <cassert>
#include <cerrno>
#include <fcntl.h>
#include <ranges>
#include <system_error>
#include <utility>

namespace usher::server {
namespace {

namespace asio = boost::asio;

/// How exact deadlines are. A walk over ten thousand sessions takes a millisecond.
constexpr auto tick_time = std::chrono::milliseconds(250);

/// All that one wake-up of a session reads.
constexpr std::size_t scratch_bytes = 64 << 10;

/// Newcomers that are heard at once where one more has no room.
constexpr int heard_for_room_max = 32;

/// Turns of one share in a round in which no other is ready: more come to the desk together.
constexpr int turns_alone_max = 16;

constexpr std::size_t first_block_bytes = 16 << 10;

/// A second one of the same: Asio closes what it waits for.
int duplicate(int descriptor)
{
    const int second = ::fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
    if (second < 0)
        throw std::system_error(errno, std::generic_category(), "cannot watch a bell");
    return second;
}

google::protobuf::ArenaOptions starting_in(std::vector<char>& block)
{
    google::protobuf::ArenaOptions options;
    options.initial_block = block.data();
    options.initial_block_size = block.size();
    return options;
}

} // namespace

Hall::Hall(std::size_t index, std::size_t count, Rules rules, std::shared_ptr<Usage> usage,
           const Clock& clock)
    : index_(index), count_(count), rules_(std::move(rules)), clock_(clock),
      rings_(context_, duplicate(bell_.descriptor())), usage_(std::move(usage)),
      scratch_(scratch_bytes), first_block_(first_block_bytes), arena_(starting_in(first_block_))
{
    assert(index_ < count_);
    await_mail();
}

/// Sessions know their share, and shares who waits for his turn.
Hall::~Hall()
{
    for (const auto* const shares : {&round_, &newcomers_})
        for (const auto& share : *shares)
            share->ready.clear();
    for (const auto& share : crowded_)
        share->held_back.clear();
}

void Hall::run()
{
    const auto always = asio::make_work_guard(context_);
    tick();
    context_.run();
}

void Hall::stop()
{
    context_.stop();
}

void Hall::adopt(Rules rules)
{
    asio::post(context_, [this, taken = std::move(rules)]() mutable { rules_ = std::move(taken); });
}

void Hall::wind_down(std::function<void()> when_empty)
{
    asio::post(context_, [this, then = std::move(when_empty)]() mutable {
        closing_ = true;
        when_empty_ = std::move(then);
        std::vector<std::shared_ptr<Session>> all;
        std::ranges::copy(std::views::values(sessions_), std::back_inserter(all));
        for (const auto& session : all)
            session->wind_down();
        look_whether_empty();
    });
}

ledger::ConnectionId Hall::next_id()
{
    return {++ids_given_ * count_ + index_};
}

void Hall::seat(std::shared_ptr<Session> session)
{
    if (closing_)
        return;
    if (!session->is_local()) {
        if (!make_room_for(*session))
            hear_neighbors_of(*session);
        if (!make_room_for(*session))
            return session->cut(Parting::turned_away);
        waiting_of_.add(session->origin());
        waiting_room_.push_back(session.get());
        session->in_waiting_room = std::prev(waiting_room_.end());
        waiting_.store(waiting_room_.size(), std::memory_order_relaxed);
        gauge(Bound::handshakes).raise(waiting_room_.size());
        gauge(Bound::handshakes_per_address).raise(waiting_of_.largest());
    }
    sessions_.emplace(session->id().number, session);
    session->start();
}

/// Some of those who seem to be in the way have gone, and their turn to be heard has not come.
void Hall::hear_neighbors_of(const Session& newcomer)
{
    const std::shared_ptr<Share> share = newcomer.share();
    for (int heard = 0; heard < heard_for_room_max && share->ready.size() > 1; ++heard) {
        const std::shared_ptr<Session> session = std::move(share->ready.front());
        share->ready.pop_front();
        session->take_turn();
    }
}

void Hall::let_in(Session& session)
{
    if (!session.in_waiting_room)
        return;
    waiting_of_.drop(session.origin());
    waiting_room_.erase(*session.in_waiting_room);
    session.in_waiting_room.reset();
    waiting_.store(waiting_room_.size(), std::memory_order_relaxed);
}

void Hall::leave(Session& session, Errands unanswered)
{
    let_in(session);
    if (unanswered.count() > 0) {
        note_bytes(0, unanswered.bytes());
        shares_.keep(session.id().number, session.share(), std::move(unanswered));
    }
    sessions_.erase(session.id().number);
    look_whether_empty();
}

void Hall::note_written(std::shared_ptr<Session> session)
{
    written_.push_back(std::move(session));
}

void Hall::line_up(std::shared_ptr<Session> session)
{
    const std::shared_ptr<Share> share = session->share();
    share->ready.push_back(std::move(session));
    if (!std::exchange(share->is_in_round, true))
        (share->is_of_newcomers ? newcomers_ : round_).push_back(share);
    if (!std::exchange(is_going_round_, true))
        asio::post(context_, [this] { go_round(); });
}

/// What arrives meanwhile is seen between two rounds.
void Hall::go_round()
{
    auto round = std::exchange(round_, {});
    if (!newcomers_.empty()) {
        round.push_back(std::move(newcomers_.front()));
        newcomers_.pop_front();
    }
    const int turns = round.size() == 1 && !round.front()->is_of_newcomers ? turns_alone_max : 1;
    for (const auto& share : round) {
        for (int turn = 0; turn < turns && !share->ready.empty(); ++turn) {
            const std::shared_ptr<Session> session = std::move(share->ready.front());
            share->ready.pop_front();
            session->take_turn();
        }
        share->is_in_round = !share->ready.empty();
        if (share->is_in_round)
            (share->is_of_newcomers ? newcomers_ : round_).push_back(share);
    }
    is_going_round_ = !round_.empty() || !newcomers_.empty();
    if (is_going_round_)
        asio::post(context_, [this] { go_round(); });
}

void Hall::note_bytes(std::size_t before, std::size_t now)
{
    buffered_ += now - before;
    gauge(Bound::buffered_bytes).raise(buffered_);
}

bool Hall::is_full() const
{
    return questions_ >= part_of(limits().questions_max, count_) ||
           buffered_ > part_of(limits().buffered_bytes_max, count_);
}

/// An identity whose one question is heavier than that is not kept from asking it.
bool Hall::is_full(const Share& share) const
{
    return share.questions >= part_of(limits().questions_per_identity_max, count_);
}

bool Hall::is_crowded(const Share& share) const
{
    return share.sessions >= part_of(limits().sessions_per_identity_max, count_);
}

void Hall::hold_back(std::shared_ptr<Session> session)
{
    if (is_full())
        return held_back_.push_back(std::move(session));
    const std::shared_ptr<Share> share = session->share();
    share->held_back.push_back(std::move(session));
    if (!std::exchange(share->is_crowded, true))
        crowded_.push_back(share);
}

void Hall::tick()
{
    pulse_.fetch_add(1, std::memory_order_relaxed);
    look_at_deadlines();
    timer_.expires_after(tick_time);
    timer_.async_wait([this](const boost::system::error_code& error) {
        if (!error)
            tick();
    });
}

void Hall::look_at_deadlines()
{
    const auto now = clock_.steady();
    std::vector<std::shared_ptr<Session>> late;
    for (const auto& [number, session] : sessions_)
        if (session->is_late(now))
            late.push_back(session);
    for (const auto& session : late)
        session->give_up_on_it(now);
    relieve();
    take_counts();
}

/// What is in use now, for who looks. What it was at the most is counted where it happens.
void Hall::take_counts()
{
    const auto [sessions, questions] = shares_.look_around();
    gauge(Bound::sessions_per_identity).set(sessions);
    gauge(Bound::questions_per_identity).set(questions);
    gauge(Bound::handshakes).set(waiting_room_.size());
    gauge(Bound::handshakes_per_address).set(waiting_of_.largest());
    gauge(Bound::questions).set(questions_);
    gauge(Bound::buffered_bytes).set(buffered_);
    Load most;
    for (const auto& session : std::views::values(sessions_))
        most.take_larger(session->load());
    usage_->of_hall(index_).set(most);
}

/// Who lets the most lie here makes room for the others, who then go on.
void Hall::relieve()
{
    while (buffered_ > part_of(limits().buffered_bytes_max, count_)) {
        const auto all = std::views::values(sessions_);
        const auto heaviest = std::ranges::max_element(
            all, {}, [](const auto& session) { return session->let_lie(); });
        if (heaviest == all.end() || (*heaviest)->let_lie() == 0)
            break; // The desk has it all, and will answer.
        std::shared_ptr(*heaviest)->cut(Parting::slow_reader);
    }
    relieve_shares();
    if (held_back_.empty() || is_full() || questions_ > part_of(limits().questions_max, count_) / 2)
        return;
    for (const auto& session : std::exchange(held_back_, {}))
        session->resume();
}

/// The first that was held back is the first to go on, and only as many as there is room for.
void Hall::relieve_shares()
{
    for (auto& share : std::exchange(crowded_, {})) {
        const std::size_t bound = part_of(limits().questions_per_identity_max, count_);
        for (std::size_t room = bound - std::min(bound, share->questions);
             room > 0 && !share->held_back.empty(); --room) {
            const std::shared_ptr<Session> session = std::move(share->held_back.front());
            share->held_back.pop_front();
            session->resume();
        }
        share->is_crowded = !share->held_back.empty();
        if (share->is_crowded)
            crowded_.push_back(std::move(share));
    }
}

void Hall::look_whether_empty()
{
    if (closing_ && sessions_.empty() && when_empty_)
        std::exchange(when_empty_, nullptr)();
}

} // namespace usher::server
