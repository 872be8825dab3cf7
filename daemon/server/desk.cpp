#include "daemon/server/desk.hpp"

#include "daemon/server/inbox.hpp"
#include "daemon/server/queue.hpp"

#include <algorithm>
#include <atomic>
#include <spdlog/spdlog.h>

namespace usher::server {
namespace {

using ledger::Duration;
using ledger::Fact;
using ledger::Now;

/// The desk looks up so often by itself: a watchdog that sees no pulse for longer is right to bite.
constexpr Duration nap_max = std::chrono::seconds(1);

/// A plan copies all pools and parties, so it has a turn of its own.
constexpr std::size_t plan_weight = 100'000;
/// So has a table that was kept and is put now.
constexpr std::size_t table_weight = 100'000;

template <class Rows>
std::size_t weight_of_rows(const Rows& command)
{
    return command.rows.empty() ? table_weight : 1 + command.rows.size();
}

/// A long turn is no silence.
constexpr std::size_t facts_per_pulse = 1000;

/// Room for so many is kept from turn to turn, and a table has far more.
constexpr std::size_t facts_kept_max = 10'000;

} // namespace

std::size_t weight_of(const ledger::Command& command)
{
    if (const auto* renew = std::get_if<ledger::Renew>(&command))
        return std::max<std::size_t>(renew->leases.size(), 1);
    if (const auto* many = std::get_if<ledger::Register>(&command))
        return 1 + many->rows.size();
    if (const auto* many = std::get_if<ledger::CheckinMany>(&command))
        return 1 + many->leases.size();
    if (std::holds_alternative<ledger::ListLeases>(command))
        return ledger::page_max;
    if (std::holds_alternative<ledger::Plan>(command))
        return plan_weight;
    if (const auto* lost = std::get_if<ledger::LoseConnection>(&command))
        return std::max<std::size_t>(lost->leases.size(), 1);
    if (std::holds_alternative<ledger::ReadStream>(command))
        return ledger::part_facts_max;
    if (const auto* part = std::get_if<ledger::Follow>(&command))
        return 1 + part->facts.size();
    if (const auto* import = std::get_if<ledger::Import>(&command))
        return 1 + import->licenses.size() + import->profiles.size();
    if (const auto* many = std::get_if<ledger::PutFoundations>(&command))
        return weight_of_rows(*many);
    if (const auto* many = std::get_if<ledger::SetPrincipals>(&command))
        return weight_of_rows(*many);
    return 1;
}

struct Desk::Inside {
    Inside(ledger::Ledger& the_ledger, journal::Journal& the_journal, const Clock& the_clock,
           Limits the_limits, Post the_post, Raise the_raise)
        : ledger(the_ledger), journal(the_journal), clock(the_clock), limits(the_limits),
          post(std::move(the_post)), raise(std::move(the_raise))
    {}

    void serve_all();
    void take_in();
    void serve_turn(const ledger::Start* start);
    void serve(const Question& question, Now now);
    Now stamp();
    bool was_away(Now now) const;
    void note_time(Now now);
    void record(std::vector<Fact>&& news, Now now);
    void settle(Now now);
    void commit(Now now);
    void raise_counter(Now now);
    void take_snapshot(ledger::CalendarInstant at);
    [[nodiscard]] bool is_snapshot_due() const;
    [[nodiscard]] Duration nap() const;

    ledger::Ledger& ledger;
    journal::Journal& journal;
    const Clock& clock;
    const Limits limits;
    const Post post;
    const Raise raise;

    // Any thread.
    Inbox<std::unique_ptr<Question>> inbox;
    Bell bell;
    std::atomic<bool> stopping = false;
    std::atomic<std::uint64_t> pulse = 0;

    // The desk's thread. The buffers are kept from turn to turn, but for the letters.
    std::vector<std::unique_ptr<Question>> arrivals;
    Queue queue;
    std::vector<Fact> facts;
    std::vector<Letter> letters;
    Now last{}; ///< Of the turn before.
    ledger::CalendarInstant journaled{};
    std::size_t snapshot_size = 0;
};

void Desk::Inside::serve_all()
{
    take_in();
    do
        serve_turn(nullptr);
    while (!queue.empty());
}

/// The whole argument for consistency: nothing is said before all of the turn is durable.
void Desk::Inside::serve_turn(const ledger::Start* start)
{
    const Now now = stamp();
    note_time(now);

    // Before anything is swept: nobody is silent because it was we who did not listen.
    if (start)
        record(ledger.decide(*start, now).facts, now);
    else if (was_away(now))
        record(ledger.decide(ledger::Start{}, now).facts, now);
    settle(now);

    queue.begin_turn();
    letters.reserve(std::min(queue.waiting(), limits.questions_per_turn_max));
    while (const auto question = queue.next(limits.questions_per_turn_max)) {
        serve(*question, now);
        take_in(); // Who asks one thing does not wait for a whole turn of who asks a thousand.
    }

    commit(now);
    last = now;
    pulse.fetch_add(1, std::memory_order_release);
    if (!letters.empty())
        post(std::exchange(letters, {}));
}

void Desk::Inside::serve(const Question& question, Now now)
{
    ledger::Verdict verdict = ledger.decide(question.command, now);
    if (question.from)
        letters.push_back({question.from, question.request, std::move(verdict.answer)});
    else if (const auto* no = std::get_if<ledger::Refusal>(&verdict.answer))
        spdlog::warn("what the configuration asks for is refused, and stays as it was: {}",
                     sentence(*no));
    record(std::move(verdict.facts), now);
    settle(now); // The next question sees a ledger in which nothing is overdue.
}

void Desk::Inside::take_in()
{
    if (inbox.empty())
        return;
    inbox.take_all(arrivals);
    for (auto& question : arrivals)
        queue.put(std::move(question));
    arrivals.clear();
}

/// One instant for the whole turn, and never an earlier one than the last.
Now Desk::Inside::stamp()
{
    Now now = clock.now();
    now.calendar = std::max(now.calendar, ledger.calendar_floor());
    now.steady = std::max(now.steady, last.steady);
    return now;
}

bool Desk::Inside::was_away(Now now) const
{
    return now.steady - last.steady > limits.absence_max;
}

/// The floor rises with every fact that is journaled; where there is none, or the clock has jumped,
/// the time is a fact of its own.
void Desk::Inside::note_time(Now now)
{
    const auto ahead = (now.calendar - last.calendar) - (now.steady - last.steady);
    const bool jumped = ahead > limits.jump_unnoticed_max;
    if (jumped) // Nobody else will say it before the first license has ended too soon.
        spdlog::warn("the clock jumped {} s ahead: licenses begin and end by it, and time that was "
                     "seen does not go back here; see that this host's clock is right",
                     std::chrono::floor<std::chrono::seconds>(ahead).count());
    if (jumped || now.calendar - journaled >= limits.silence_journaled_max)
        record({ledger::TimeSeen{}}, now);
}

void Desk::Inside::record(std::vector<Fact>&& news, Now now)
{
    for (Fact& fact : news) {
        if (auto message = ledger.message_about(fact))
            letters.push_back({message->to, 0, std::move(message->notice)});
        ledger.apply(fact, now.calendar);
        if (!ledger::is_lasting(fact))
            continue;
        facts.push_back(std::move(fact));
        if (facts.size() % facts_per_pulse == 0)
            pulse.fetch_add(1, std::memory_order_release);
    }
}

void Desk::Inside::settle(Now now)
{
    for (auto news = ledger.settle(now); !news.empty(); news = ledger.settle(now))
        record(std::move(news), now);
}

/// The one durable write of the turn. If it throws, memory is ahead of disk, so nobody catches it:
/// the letters stay here, the daemon ends, and the next start replays the journal.
void Desk::Inside::commit(Now now)
{
    if (facts.empty())
        return;
    journal.append(now.calendar, facts);
    journaled = now.calendar;
    facts.clear();
    if (facts.capacity() > facts_kept_max)
        facts.shrink_to_fit();
    raise_counter(now);
    if (is_snapshot_due())
        take_snapshot(now.calendar);
}

/// Between the commit and the letters: a receipt that leaves makes every memory of before older
/// than the counter. Whoever ends here is one behind at the next start, which does it then.
void Desk::Inside::raise_counter(Now now)
{
    const auto due = ledger.anchor_due();
    if (!due)
        return;
    raise(*due);
    ledger.apply(ledger::CounterReached{due->value}, now.calendar);
}

void Desk::Inside::take_snapshot(ledger::CalendarInstant at)
{
    const std::vector<Fact> state = ledger.facts();
    journal.snapshot(at, state);
    snapshot_size = state.size();
}

/// A snapshot costs what is held, and saves what came since the last one: neither may outgrow the
/// other.
bool Desk::Inside::is_snapshot_due() const
{
    return journal.turns_since_snapshot() >=
           std::max<std::uint64_t>(limits.turns_per_snapshot, snapshot_size);
}

Duration Desk::Inside::nap() const
{
    Duration nap = nap_max;
    if (const auto deadline = ledger.next_deadline())
        nap = std::min(nap, *deadline - last.steady);
    if (const auto boundary = ledger.next_boundary())
        nap = std::min(nap, *boundary - last.calendar);
    return nap;
}

Desk::Desk(ledger::Ledger& ledger, journal::Journal& journal, const Clock& clock, Limits limits,
           Post post, Raise raise)
    : inside_(std::make_unique<Inside>(ledger, journal, clock, limits, std::move(post),
                                       std::move(raise)))
{}

Desk::~Desk() = default;

void Desk::ask(std::unique_ptr<Question> question)
{
    if (inside_->stopping.load(std::memory_order_acquire))
        return;
    question->weight = weight_of(question->command);
    if (inside_->inbox.put(std::move(question)))
        inside_->bell.ring();
}

void Desk::wake()
{
    inside_->bell.ring();
}

void Desk::run(const ledger::Start& start)
{
    open(start);
    for (bool is_last = false; !is_last;) {
        inside_->bell.sleep(nap());
        // Read before the inbox is: whatever was put in before `stop` is then found in it.
        is_last = inside_->stopping.load(std::memory_order_acquire);
        serve();
    }
    close();
}

void Desk::open(const ledger::Start& start)
{
    inside_->last = inside_->clock.now();
    inside_->journaled = inside_->ledger.calendar_floor();
    inside_->serve_turn(&start);
}

void Desk::serve()
{
    inside_->serve_all();
}

Duration Desk::nap() const
{
    return inside_->nap();
}

void Desk::close()
{
    if (inside_->journal.turns_since_snapshot() > 0)
        inside_->take_snapshot(inside_->last.calendar);
}

void Desk::stop()
{
    inside_->stopping.store(true, std::memory_order_release);
    inside_->bell.ring();
}

std::uint64_t Desk::pulse() const
{
    return inside_->pulse.load(std::memory_order_acquire);
}

} // namespace usher::server
