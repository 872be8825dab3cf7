#include "tests/world/world.hpp"

#include "daemon/journal/record.hpp"
#include "daemon/ledger/invariants.hpp"
#include "daemon/ledger/scheme.hpp"
#include "daemon/ledger/state.hpp"

#include <algorithm>
#include <utility>

/// Time, and the daemon in it. What is done to a world is in world_acts.cpp.
namespace usher::world {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Duration tick_time = milliseconds(250);
constexpr Duration desk_nap_max = seconds(1);
/// As the desk's limits: beyond it the daemon was away.
constexpr Duration absence_max = seconds(2);

/// Of everything that the ledger would write down.
std::uint64_t digest_of(const ledger::Ledger& ledger)
{
    static journal::RecordWriter writer;
    return std::hash<std::string_view>()(writer.write(ledger.facts()));
}

} // namespace

Figures& Figures::operator+=(const Figures& other)
{
    events += other.events;
    acts += other.acts;
    turns += other.turns;
    starts += other.starts;
    deaths += other.deaths;
    power_cuts += other.power_cuts;
    grants += other.grants;
    answers += other.answers;
    sectors_lost += other.sectors_lost;
    disk_faults += other.disk_faults;
    time += other.time;
    return *this;
}

World::World(std::uint64_t seed, const server::Premises& premises, const trust::SigningKey& vendor,
             std::filesystem::path directory)
    : chance_(seed), vendor_(vendor), premises_(premises), directory_(std::move(directory)),
      disk_(chance_.fork(1)), witness_(clock_), operators_(clock_),
      delay_max_(chance_.one_in(4) ? milliseconds(800) : milliseconds(5)),
      turns_per_snapshot_(chance_.one_in(2) ? 7 : 200)
{
    premises_.clock = &clock_;
    premises_.started = clock_.now().calendar - std::chrono::hours(1);
    premises_.anonymous = true;
    disk_.when_slow = [this](Duration time) { clock_.advance_to(clock_.steady() + time); };
    for (std::size_t i = 0; i < patrons_count; ++i) {
        const std::string key = i % 3 == 0 ? "" : "usher-key-" + std::to_string(i);
        if (!key.empty())
            keys_.push_back(key);
        Patron::Character character{
            .key = key, .user = "user" + std::to_string(i), .device = "device" + std::to_string(i)};
        patrons_[i] = std::make_unique<Patron>(chance_.fork(100 + i), std::move(character), clock_,
                                               [this, i] { return connect(false, i); });
        Patron& patron = *patrons_[i];
        const auto id = [](const std::string& lease) {
            ledger::LeaseId made;
            std::copy_n(lease.begin(), made.bytes.size(), made.bytes.begin());
            return made;
        };
        patron.when_giving_back = [this, id](const std::string& lease) {
            witness_.giving_back(id(lease));
        };
        patron.when_given_back = [this, id](const std::string& lease) {
            witness_.given_back(id(lease));
        };
        patron.when_wrong = [this](const std::string& what) { witness_.complain(what); };
    }
}

World::~World()
{
    for (const auto& wire : wires_)
        wire->lose_server(false);
}

std::optional<std::string> World::live(const std::vector<Act>& plan)
{
    open_server();
    furnish();
    for (const Act& next : plan) {
        run_until(clock_.steady() + next.after);
        if (witness_.complaint())
            return witness_.complaint();
        ++figures_.acts;
        act(next);
    }
    calm_down();
    return witness_.complaint();
}

Figures World::figures() const
{
    Figures figures = figures_;
    figures.grants = witness_.figures().grants;
    figures.answers = witness_.figures().answers;
    figures.sectors_lost = disk_.figures().sectors_lost;
    figures.disk_faults = disk_.figures().faults;
    figures.time = std::chrono::duration_cast<seconds>(clock_.steady() - WorldClock().steady());
    return figures;
}

void World::note(const std::string& line)
{
    const auto at =
        std::chrono::duration_cast<milliseconds>(clock_.steady() - WorldClock().steady());
    const std::string dated = std::to_string(at.count()) + " ms: " + line;
    digest_ = digest_ * 1'099'511'628'211 ^ std::hash<std::string>()(dated);
    when_noted(dated);
}

// Time.

void World::later(Duration after, std::function<void()> what)
{
    timers_.push_back({clock_.steady() + after, std::move(what)});
}

void World::run_until(SteadyInstant until)
{
    constexpr std::uint64_t events_max = 3'000'000;
    while (!witness_.complaint()) {
        const SteadyInstant next = next_event();
        if (next > until)
            break;
        if (next > clock_.steady())
            clock_.advance_to(next);
        do_one();
        if (++figures_.events > events_max)
            witness_.complain("the world does not come to rest");
    }
    if (until > clock_.steady()) // A slow disk may have taken longer.
        clock_.advance_to(until);
}

SteadyInstant World::next_event() const
{
    SteadyInstant next = operators_.next_act();
    for (const Timer& timer : timers_)
        next = std::min(next, timer.due);
    for (const auto& patron : patrons_)
        next = std::min(next, patron->next_act());
    return std::min(next, next_of_server());
}

SteadyInstant World::next_of_server() const
{
    if (!server_)
        return SteadyInstant::max();
    SteadyInstant next = std::min(tick_due_, desk_due_);
    for (const auto& wire : wires_)
        if (!wire->is_closed_by_server())
            next = std::min(next, wire->next_arrival_at_server());
    return std::max(next, stalled_until_);
}

/// One of all that is due, by chance: nothing says what comes first.
void World::do_one()
{
    const SteadyInstant now = clock_.steady();
    std::vector<std::function<void()>> due;
    for (std::size_t i = 0; i < timers_.size(); ++i)
        if (timers_[i].due <= now)
            due.emplace_back([this, i] {
                const Timer timer = std::move(timers_[i]);
                timers_.erase(timers_.begin() + static_cast<std::ptrdiff_t>(i));
                timer.what();
            });
    for (const auto& patron : patrons_)
        if (patron->next_act() <= now)
            due.emplace_back([&patron] { patron->act(); });
    if (operators_.next_act() <= now)
        due.emplace_back([this] { operators_.act(); });
    if (server_ && !is_stalled()) {
        if (tick_due_ <= now)
            due.emplace_back([this] {
                tick_due_ = clock_.steady() + tick_time;
                guarded([this] {
                    server_->look_at_deadlines();
                    tell_of_ends();
                });
            });
        if (desk_due_ <= now)
            due.emplace_back([this] { serve_desk(); });
        for (const auto& wire : wires_)
            if (!wire->is_closed_by_server() && wire->next_arrival_at_server() <= now)
                due.emplace_back([this, wire] { serve(wire); });
    }
    if (!due.empty())
        due[chance_.below(due.size())]();
    std::erase_if(wires_, [](const auto& wire) { return wire->is_over(); });
}

// The daemon.

void World::open_server()
{
    disk_.revive();
    guarded([this] {
        server_ = std::make_unique<Server>(
            directory_ / "journal.db", premises_, clock_,
            Server::Rules{.turns_per_snapshot = turns_per_snapshot_, .limits = {}},
            Server::Outlook{.when_posted =
                                [this](const auto& letters) {
                                    witness_.heard(letters, server_->last_turn().steady);
                                },
                            .when_durable =
                                [this](const ledger::Ledger& ledger) {
                                    durable_ = digest_of(ledger);
                                    ++figures_.turns;
                                }});
        // Guarantee 2 and I14: what was remembered is what was answered, and nothing else; of a
        // turn that nobody was told of, all or nothing.
        const std::uint64_t found = digest_of(server_->ledger());
        if (figures_.starts > 0 && found != durable_ && at_death_ != found)
            witness_.complain("the journal does not say what was true when the daemon ended");
        durable_ = found;
        at_death_.reset();
        ++figures_.starts;
        note("started");
        desk_began_ = desk_ended_ = opened_ = clock_.steady();
        witness_.started(alive_);
        changes_ = 2;
        server_->start();
        server_->configure(keys_);
        note_how_long_it_took();
        look();
        tick_due_ = clock_.steady() + tick_time;
        desk_due_ = clock_.steady();
        if (std::exchange(loses_power_again_, false))
            later(chance_.between<Duration>({}, milliseconds(30)), [this] {
                if (server_)
                    end_server(true, "the power failed, too");
            });
    });
}

/// What the daemon does may be the last that it does.
void World::guarded(const std::function<void()>& step)
{
    try {
        step();
    } catch (const Died&) {
        end_server(std::exchange(loses_power_, false), "died in a turn");
    } catch (const journal::Fault& fault) {
        const bool is_death = disk_.is_dead();
        std::string why = is_death ? "died in a write" : fault.what();
        const std::string directory = directory_.string() + "/"; // Another one each time.
        if (const auto at = why.find(directory); at != std::string::npos)
            why.erase(at, directory.size());
        end_server(is_death && std::exchange(loses_power_, false), why);
    }
}

void World::end_server(bool is_power_cut, const std::string& why)
{
    note("ended: " + why + (is_power_cut ? ", and the power is gone" : ""));
    ++figures_.deaths;
    if (server_) {
        at_death_ = digest_of(server_->ledger());
        alive_ = server_->last_turn().steady;
    }
    disk_.die();
    for (const auto& wire : std::exchange(wires_, {}))
        wire->lose_server(!is_power_cut);
    server_.reset();
    if (is_power_cut) {
        ++figures_.power_cuts;
        disk_.cut_power();
    }
    stalled_until_ = {};
    // Mostly as long as a service manager takes; where nobody is there nothing else is tried.
    const Duration away = std::exchange(away_for_, seconds(1));
    later(chance_.one_in(8) ? away : std::min<Duration>(away, milliseconds(400)), [this] {
        if (!server_)
            open_server();
    });
}

void World::serve(const std::shared_ptr<Wire>& wire)
{
    guarded([&] {
        server_->serve(*wire);
        tell_of_ends();
    });
    desk_due_ =
        std::min(desk_due_, clock_.steady() + chance_.between<Duration>({}, milliseconds(3)));
}

/// Sessions notice them when they read, and when they write what the desk has said.
void World::tell_of_ends()
{
    for (const auto& wire : wires_)
        if (wire->server_noticed_end() && !std::exchange(wire->is_end_told, true))
            witness_.connection_lost(wire->connection);
}

/// A slow disk is an absence, too.
void World::note_how_long_it_took()
{
    desk_ended_ = clock_.steady();
    if (desk_ended_ - desk_began_ > Duration(seconds(1)))
        witness_.all_may_begin_anew();
}

void World::serve_desk()
{
    const SteadyInstant now = clock_.steady();
    if (now - desk_ended_ > desk_nap_max)
        changes_ = 2;
    if (now - desk_ended_ > absence_max)
        witness_.all_begin_anew(server_->last_turn().steady);
    else if (now - desk_began_ > absence_max)
        witness_.all_may_begin_anew();
    desk_began_ = now;
    if (server_->has_visitors_waiting() && now - opened_ < ledger::amnesty_max) {
        server_->await_holders();
        witness_.holders_are_awaited();
    }
    guarded([this] {
        server_->serve_desk();
        tell_of_ends();
        note_how_long_it_took();
        desk_due_ = desk_ended_ + std::clamp<Duration>(server_->nap(), Duration(1), desk_nap_max);
        look();
    });
}

void World::look()
{
    const ledger::Ledger& ledger = server_->ledger();
    const bool was_here = clock_.steady() - desk_began_ < absence_max;
    witness_.look(ledger, was_here && changes_ < 2);
    changes_ = operators_.count();
    for (const std::string& broken : ledger::broken_invariants(ledger, server_->last_turn()))
        witness_.complain(broken);
    for (const auto& patron : patrons_)
        for (const Patron::Belief& belief : patron->beliefs())
            if (belief.is_certain) {
                ledger::LeaseId id;
                std::copy_n(belief.lease.begin(), id.bytes.size(), id.bytes.begin());
                witness_.believe(ledger, id, belief.units);
            }
}

/// Null: nobody listens, and the system says so.
std::shared_ptr<Wire> World::connect(bool is_operator, std::uint64_t address)
{
    if (!server_ && !is_dark_)
        return nullptr;
    const auto wire = std::make_shared<Wire>(chance_.fork(figures_.events + 1000 * address),
                                             is_operator ? Duration(50) : delay_max_, clock_);
    if (is_dark_ && !is_operator) {
        wire->darken(); // Nobody answers, and nobody says so.
        return wire;
    }
    if (is_stalled()) { // It stands in the kernel's queue until somebody accepts it.
        later(stalled_until_ - clock_.steady(),
              [this, wire, address, is_operator, run = figures_.starts] {
                  if (!server_ || run != figures_.starts || wire->is_over())
                      return wire->lose_server(true); // The queue went with its process.
                  wires_.push_back(wire);
                  server_->seat(wire, is_operator, address);
              });
        return wire;
    }
    wires_.push_back(wire);
    server_->seat(wire, is_operator, address);
    return wire;
}

} // namespace usher::world
