#include "daemon/server/hall.hpp"

#include "daemon/server/session.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <cassert>
#include <ranges>
#include <utility>

namespace usher::server {
namespace {

namespace asio = boost::asio;

/// How exact deadlines are. A walk over ten thousand sessions takes a millisecond.
constexpr auto tick_time = std::chrono::milliseconds(250);

/// All that one wake-up of a session reads.
constexpr std::size_t scratch_bytes = 64 << 10;

constexpr std::size_t first_block_bytes = 16 << 10;

google::protobuf::ArenaOptions starting_in(std::vector<char>& block)
{
    google::protobuf::ArenaOptions options;
    options.initial_block = block.data();
    options.initial_block_size = block.size();
    return options;
}

/// The part of one hall, at least one.
std::size_t share(std::uint64_t all, std::size_t halls)
{
    return static_cast<std::size_t>((all + halls - 1) / halls);
}

} // namespace

Hall::Hall(std::size_t index, std::size_t count, Rules rules, const Clock& clock)
    : index_(index), count_(count), rules_(std::move(rules)), clock_(clock),
      scratch_(scratch_bytes), first_block_(first_block_bytes), arena_(starting_in(first_block_))
{
    assert(index_ < count_);
}

Hall::~Hall() = default;

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

void Hall::deliver(std::vector<Letter>&& letters)
{
    asio::post(context_, [this, taken = std::move(letters)] { read_out(taken); });
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
            return session->cut(Parting::turned_away);
        waiting_room_.push_back(session.get());
        session->in_waiting_room = std::prev(waiting_room_.end());
        waiting_.store(waiting_room_.size(), std::memory_order_relaxed);
    }
    sessions_.emplace(session->id().number, session);
    session->start();
}

void Hall::let_in(Session& session)
{
    if (!session.in_waiting_room)
        return;
    waiting_room_.erase(*session.in_waiting_room);
    session.in_waiting_room.reset();
    waiting_.store(waiting_room_.size(), std::memory_order_relaxed);
}

void Hall::leave(Session& session)
{
    let_in(session);
    sessions_.erase(session.id().number);
    look_whether_empty();
}

void Hall::note_written(std::shared_ptr<Session> session)
{
    written_.push_back(std::move(session));
}

bool Hall::is_full() const
{
    return questions_ >= share(limits().questions_max, count_) ||
           buffered_ > share(limits().buffered_bytes_max, count_);
}

void Hall::hold_back(std::shared_ptr<Session> session)
{
    held_back_.push_back(std::move(session));
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
}

/// First all letters are put into words, then each session writes what it has to say at once.
void Hall::read_out(const std::vector<Letter>& letters)
{
    for (const Letter& letter : letters)
        read_out(letter);
    for (const auto& session : std::exchange(written_, {}))
        session->flush();
    relieve();
}

void Hall::read_out(const Letter& letter)
{
    if (letter.request != 0) {
        assert(questions_ > 0);
        --questions_;
    }
    if (!letter.to) {
        for (const auto& [number, session] : sessions_)
            session->deliver(letter);
        return;
    }
    const auto found = sessions_.find(letter.to.number);
    if (found != sessions_.end()) // It may have gone since it asked.
        found->second->deliver(letter);
}

/// Who lets the most lie here makes room for the others, who then go on.
void Hall::relieve()
{
    while (buffered_ > share(limits().buffered_bytes_max, count_)) {
        const auto all = std::views::values(sessions_);
        const auto heaviest = std::ranges::max_element(
            all, {}, [](const auto& session) { return session->let_lie(); });
        if (heaviest == all.end() || (*heaviest)->let_lie() == 0)
            break; // The desk has it all, and will answer.
        std::shared_ptr(*heaviest)->cut(Parting::slow_reader);
    }
    if (held_back_.empty() || is_full() || questions_ > share(limits().questions_max, count_) / 2)
        return;
    for (const auto& session : std::exchange(held_back_, {}))
        session->resume();
}

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
    const auto neighbors =
        static_cast<std::size_t>(std::ranges::count_if(waiting_room_, is_neighbor));
    if (neighbors >= share(limits().handshakes_per_address_max, count_))
        return give_way(is_neighbor);
    if (waiting_room_.size() >= share(limits().handshakes_max, count_))
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

void Hall::look_whether_empty()
{
    if (closing_ && sessions_.empty() && when_empty_)
        std::exchange(when_empty_, nullptr)();
}

void deliver(std::vector<Letter>&& letters, std::span<const std::unique_ptr<Hall>> halls)
{
    assert(!halls.empty());
    if (halls.size() == 1)
        return halls.front()->deliver(std::move(letters));
    std::vector<std::vector<Letter>> sorted(halls.size());
    for (Letter& letter : letters) {
        if (letter.to)
            sorted[letter.to.number % halls.size()].push_back(std::move(letter));
        else
            for (auto& pile : sorted)
                pile.push_back(letter);
    }
    for (std::size_t i = 0; i < halls.size(); ++i)
        if (!sorted[i].empty())
            halls[i]->deliver(std::move(sorted[i]));
}

} // namespace usher::server
