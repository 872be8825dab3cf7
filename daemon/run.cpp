#include "daemon/run.hpp"

#include "daemon/anchor.hpp"
#include "daemon/crew.hpp"
#include "daemon/house.hpp"
#include "daemon/inquirer.hpp"
#include "daemon/log.hpp"
#include "daemon/schemes.hpp"
#include "daemon/server/door.hpp"
#include "daemon/server/fault.hpp"
#include "daemon/supervisor.hpp"
#include "daemon/trust/private_files.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <fstream>
#include <iostream>
#include <spdlog/spdlog.h>
#include <sstream>
#include <sys/resource.h>
#include <system_error>
#include <utility>

namespace usher::daemon {
namespace {

using server::Hall;
using Halls = std::vector<std::unique_ptr<Hall>>;

/// How long a start waits for the one before it to be gone.
constexpr auto handover_max = std::chrono::seconds(2);

/// How long a start waits for issuers to say what is active here.
constexpr auto issuers_max = std::chrono::seconds(2);

/// How long a reload waits for the ledger to say whether it takes the schemes.
constexpr auto schemes_max = std::chrono::seconds(10);

/// A connection is a descriptor, and what a login shell is allowed is not many.
void allow_descriptors(const server::Limits& limits, std::size_t halls)
{
    // Journal, log and listeners; a hall's loop, timer and bell.
    const std::uint64_t others = 64 + 5 * halls;
    rlimit allowed{};
    if (::getrlimit(RLIMIT_NOFILE, &allowed) != 0)
        return;
    allowed.rlim_cur = allowed.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &allowed);
    const std::uint64_t wanted = limits.sessions_max + limits.local_sessions_max + others;
    if (allowed.rlim_cur < wanted)
        spdlog::warn("limits.sessions_max wants {} open files, and this process may have {}; "
                     "newcomers will wait when they are used up",
                     wanted, allowed.rlim_cur);
}

void log_settings(const Config& config)
{
    for (const Setting& setting : settings_of(config))
        spdlog::info("setting {} = {}", setting.key, setting.value);
}

std::uint64_t random_seed()
{
    std::array<std::uint8_t, 8> bytes{};
    trust::fill_random(bytes);
    std::uint64_t seed = 0;
    std::memcpy(&seed, bytes.data(), sizeof seed);
    return seed;
}

/// It locks a second usherd out. One that is just being ended has a moment to be gone: a restart is
/// not refused because the kernel has not swept up yet. None: we were asked to stop meanwhile.
std::unique_ptr<journal::Journal> open_journal(const std::filesystem::path& file,
                                               const World& world, Signals& signals)
{
    using Clock = std::chrono::steady_clock;
    constexpr std::chrono::milliseconds pause(50);
    const auto give_up = Clock::now() + handover_max;
    for (bool is_said = false;;) {
        try {
            return world.open_journal(file);
        } catch (const journal::InUse& fault) {
            if (Clock::now() >= give_up)
                throw;
            if (!std::exchange(is_said, true))
                spdlog::warn("{}; waiting for it to end", fault.what());
        }
        if (signals.wait(pause) == Signals::Event::stop)
            return nullptr;
    }
}

/// The ledger as it was after the last turn. It knows the operator's terms before it starts: what
/// it then grants to everybody is a term of theirs.
ledger::Ledger remember(journal::Journal& journal, const Config& config, ledger::Rules rules)
{
    ledger::Ledger ledger(random_seed(), rules);
    std::uint64_t turns = 0;
    journal.replay([&](const journal::Turn& turn) {
        for (const ledger::Fact& fact : turn.facts)
            ledger.apply(fact, turn.at);
        turns = turn.number;
    });
    spdlog::info("remembered turns={} leases={} licenses={}", turns, ledger.leases_held(),
                 ledger.entitlements().size());
    ledger.apply(ledger::TermsSet{config.lease.term, config.lease.grace, config.limits.leases_max,
                                  config.lease.validity},
                 ledger.calendar_floor());
    return ledger;
}

void throw_if_refused(const ledger::Answer& schemes)
{
    if (const auto* no = std::get_if<ledger::Refusal>(&schemes))
        throw server::Fault("the configuration's schemes: " + sentence(*no),
                            "leave this scheme as it was, and give another one a new name");
}

/// A scheme that pools have does not change its shape. Said before anybody is served: later there
/// would be pools that behave otherwise than their operator has written down.
void check_schemes(const ledger::Ledger& ledger, const Config& config)
{
    const auto verdict = ledger.decide(schemes_of(config), {ledger.calendar_floor(), {}});
    throw_if_refused(verdict.answer);
}

server::Listeners open_listeners(const Config& config)
{
    server::Listeners listeners;
    for (const Endpoint& endpoint : config.listen)
        listeners.tcp.push_back(server::listen_at(endpoint.address, endpoint.port));
    if (!config.socket.empty())
        listeners.local = std::make_unique<server::LocalListener>(config.socket);
    return listeners;
}

Halls open_halls(const Config& config, std::shared_ptr<const server::Premises> premises,
                 const std::shared_ptr<server::Usage>& usage)
{
    Halls halls;
    for (std::size_t i = 0; i < config.threads; ++i)
        halls.push_back(std::make_unique<Hall>(i, config.threads,
                                               server::Rules{premises, config.limits}, usage));
    return halls;
}

server::Post post_to(Clerk& clerk, Inquirer& inquirer, const Halls& halls,
                     const ledger::Ledger& ledger, server::Gauge& leases)
{
    return [&](std::vector<server::Letter>&& letters) {
        leases.set(ledger.places_taken());
        clerk.receive(letters);
        inquirer.receive(letters);
        server::deliver(std::move(letters), halls);
    };
}

server::Question set_terms(const Config& config)
{
    return {{},
            0,
            ledger::SetTerms{config.lease.term, config.lease.grace, config.limits.leases_max,
                             config.lease.validity}};
}

server::Question set_schemes(const Config& config)
{
    return {{}, 0, schemes_of(config)};
}

server::Authority::Instant later(std::chrono::seconds ahead)
{
    return std::chrono::system_clock::now() + ahead;
}

void log_lines(std::string_view what, const std::exception& fault)
{
    std::istringstream lines(fault.what());
    for (std::string line; std::getline(lines, line);)
        spdlog::error("{}: {}", what, line);
}

/// Reads the configuration again: all of it is taken over, or nothing and the old one stays.
class Reload {
  public:
    Reload(std::filesystem::path file, Config config, const House& house,
           const Comparison& comparison, std::uint16_t port, std::chrono::seconds ahead,
           Clerk& clerk, Inquirer& inquirer)
        : file_(std::move(file)), config_(std::move(config)), house_(house),
          comparison_(comparison), port_(port), ahead_(ahead), clerk_(clerk), inquirer_(inquirer)
    {}

    [[nodiscard]] const Config& config() const { return config_; }

    void operator()(Halls& halls, server::Desk& desk)
    {
        try {
            take_over(halls, desk);
            spdlog::info("configuration taken over from {}", file_.string());
        } catch (const server::Fault& fault) {
            log_lines("configuration not taken over", fault);
            spdlog::error("configuration not taken over: hint: {}", fault.hint());
        } catch (const std::exception& fault) { // Whatever it is, the old one still serves.
            log_lines("configuration not taken over", fault);
        }
    }

    /// Opens the same house again: certificates are renewed and ticket keys turned in time, however
    /// long the daemon runs.
    void refresh(Halls& halls)
    {
        try {
            adopt(halls, make_premises(config_, house_, comparison_, port_, later(ahead_)));
        } catch (const std::exception& fault) {
            log_lines("certificates and ticket keys stay as they are", fault);
        }
    }

  private:
    void take_over(Halls& halls, server::Desk& desk)
    {
        Reading reading = read_config_file(file_);
        trust::expect_guarded(file_);
        std::string objections;
        for (const Complaint& complaint : objections_to_reload(config_, reading))
            objections += to_text(complaint, file_.string()) + "\n";
        if (!objections.empty())
            throw server::Fault(objections, "restart usherd to change it");
        const auto premises =
            make_premises(reading.config, house_, comparison_, port_, later(ahead_));
        // Only the ledger knows which pools have a scheme, so it is asked before anything is new.
        const auto answer = inquirer_.ask(desk, schemes_of(reading.config), schemes_max);
        if (!answer)
            throw server::Fault("the desk does not answer", "reload again when it does");
        throw_if_refused(*answer);

        config_ = std::move(reading.config); // From here on nothing can fail.
        set_log_level(config_.log_level);
        adopt(halls, premises);
        desk.ask(set_terms(config_));
    }

    void adopt(Halls& halls, const std::shared_ptr<const server::Premises>& premises) const
    {
        clerk_.adopt(premises);
        for (const auto& hall : halls)
            hall->adopt({premises, config_.limits});
    }

    const std::filesystem::path file_;
    Config config_;
    const House& house_;
    const Comparison& comparison_;
    const std::uint16_t port_;
    const std::chrono::seconds ahead_; ///< Of certificates.
    Clerk& clerk_;
    Inquirer& inquirer_;
};

/// Until somebody asks to stop.
void attend(Signals& signals, Supervisor& supervisor, const Crew& crew, Reload& reload,
            Halls& halls, server::Desk& desk, const std::string& status,
            std::chrono::milliseconds refresh_interval)
{
    using Clock = std::chrono::steady_clock;
    auto refresh_at = Clock::now() + refresh_interval;
    for (;;) {
        const Signals::Event event =
            signals.wait(std::min(supervisor.interval(), refresh_interval));
        crew.look();
        if (event == Signals::Event::stop)
            return;
        if (event == Signals::Event::reload) {
            supervisor.reloading();
            reload(halls, desk);
            supervisor.ready(status);
        }
        if (Clock::now() >= refresh_at) {
            reload.refresh(halls);
            refresh_at = Clock::now() + refresh_interval;
        }
        supervisor.watch(crew.pulses());
    }
}

} // namespace

Reading read_config_file(const std::filesystem::path& file)
{
    std::ifstream in(file, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    if (!in.is_open() || in.bad())
        throw server::Fault("cannot read " + file.string() + ": " +
                                std::generic_category().message(errno),
                            "give the path of usherd.toml, readable by the user of usherd");
    auto read = read_config(text, surroundings());
    if (auto* reading = std::get_if<Reading>(&read))
        return std::move(*reading);
    std::string sentences;
    for (const Complaint& complaint : std::get<std::vector<Complaint>>(read))
        sentences += to_text(complaint, file.string()) + "\n";
    throw server::Fault(sentences, "correct it; usherd --config FILE --check tries it");
}

void run(const Order& order, const Config& config, const World& world, Signals& signals)
{
    set_log_level(config.log_level);
    log_settings(config);
    allow_descriptors(config.limits, config.threads);
    Supervisor supervisor;

    trust::keep_private_directory(config.state);
    const auto opened = open_journal(config.state / "journal.db", world, signals);
    if (!opened)
        return;
    journal::Journal& journal = *opened;
    House house = open_house(config.state, world.host_root);
    ledger::Ledger ledger = remember(journal, config, world.rules);
    check_schemes(ledger, config);
    house.clock = &world.clock;
    house.started = std::chrono::ceil<std::chrono::seconds>(
        std::max(world.clock.now().calendar, ledger.calendar_floor()));
    Comparison comparison = compare(house, ledger);

    server::Listeners listeners = open_listeners(config);
    const std::uint16_t port = server::port_of(listeners.tcp.front());
    // Late: what makes a counter and then does not start has made one that it does not remember.
    const Counter counter =
        look_at_counter(open_counter(config.node, world.host_root / "dev/tpmrm0"),
                        config.node.tpm != "none", ledger.anchor(), house.node_is_new);
    log_counter(counter, ledger.anchor());
    comparison.note(counter);
    const auto premises =
        make_premises(config, house, comparison, port, later(world.certificates_ahead));
    const auto usage = std::make_shared<server::Usage>(config.threads);
    Halls halls = open_halls(config, premises, usage);
    Clerk clerk(world.clock, premises);
    Inquirer inquirer;
    server::Desk desk(
        ledger, journal, world.clock, world.desk,
        post_to(clerk, inquirer, halls, ledger, usage->of_desk().of(server::Bound::leases)),
        [&](const ledger::Anchor& due) { raise_counter(*counter.means, due); });
    desk.ask(set_schemes(config)); // Before anybody can ask for a pool.
    server::Door door(halls, desk, std::move(listeners));
    Crew crew(halls, desk, comparison.start, signals);
    clerk.begin(desk, issuers_max); // Before anybody is let in: this may be a restored backup.
    crew.open();
    crew.employ(clerk);
    const std::shared_ptr<void> guest = world.visit ? world.visit(desk, clerk) : nullptr;

    if (order.print_port)
        std::cout << port << std::endl;
    const std::string status = "serving at " + premises->uri;
    spdlog::info("{} is {}", premises->server, status);
    supervisor.ready(status);
    Reload reload(order.config_file, config, house, comparison, port, world.certificates_ahead,
                  clerk, inquirer);
    attend(signals, supervisor, crew, reload, halls, desk, status, world.refresh_interval);

    supervisor.stopping();
    spdlog::info("stopping");
    door.close();
    crew.dismiss(reload.config().limits.stop_time);
    spdlog::info("stopped");
}

} // namespace usher::daemon
