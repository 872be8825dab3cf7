#include "daemon/ledger/ledger.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

/// What the ledger's work costs with few pools and leases under one root, and with many: machine
/// instructions an operation, which no other load on the machine changes, and the time of a
/// downgrade that takes something from every pool. Prints JSON.
namespace {

using namespace usher::ledger;
using namespace std::chrono_literals;

/// Where the one who counts says how many there were.
std::uint64_t* counted = nullptr;

/// Tells who counts to begin, or to stop.
void mark()
{
    asm volatile("int3");
}

/// Steps through what the other process does between two marks; needs no counter of the machine,
/// which a virtual one often has not. Returns when it has ended.
int count_for(pid_t other)
{
    bool is_counting = false;
    int status = 0;
    waitpid(other, &status, 0);
    for (std::uint64_t count = 0; !WIFEXITED(status) && !WIFSIGNALED(status); ++count) {
        siginfo_t why{};
        ptrace(PTRACE_GETSIGINFO, other, nullptr, &why);
        if (why.si_signo == SIGTRAP && why.si_code == SI_KERNEL) { // A mark.
            is_counting = !is_counting;
            *counted = count;
            count = 0;
        }
        ptrace(is_counting ? PTRACE_SINGLESTEP : PTRACE_CONT, other, nullptr, nullptr);
        waitpid(other, &status, 0);
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

/// One ledger, and what a desk does with it.
class House {
  public:
    House(std::size_t pools, std::size_t leases);

    Answer turn(const Command& command);
    void expect(const Command& command)
    {
        if (const Answer answer = turn(command); const auto* no = std::get_if<Refusal>(&answer)) {
            std::fprintf(stderr, "bench-pools: error: %s\n", sentence(*no).c_str());
            std::exit(1);
        }
    }
    void install(std::size_t number, Units quantity);
    Checkout checkout(const PoolId& pool);
    static PoolId key(std::size_t number) { return {"key" + std::to_string(number)}; }

  private:
    LeaseId new_id();

    Ledger ledger_{7};
    Now now_{std::chrono::sys_days(std::chrono::year(2030) / 1 / 15), SteadyInstant(1h)};
    std::uint64_t ids_ = 0;
};

const Identity operator_name{"local:root"};
const PoolId root{"Devices"};

LeaseId House::new_id()
{
    LeaseId id;
    const std::uint64_t bits[2] = {++ids_ * 0x9e3779b97f4a7c15, ids_};
    std::memcpy(id.bytes.data(), bits, sizeof(bits));
    return id;
}

Answer House::turn(const Command& command)
{
    const auto settle = [&] {
        for (auto facts = ledger_.settle(now_); !facts.empty(); facts = ledger_.settle(now_))
            for (const Fact& fact : facts)
                ledger_.apply(fact, now_.calendar);
    };
    Verdict verdict = ledger_.decide(command, now_);
    for (const Fact& fact : verdict.facts)
        ledger_.apply(fact, now_.calendar);
    settle();
    return std::move(verdict.answer);
}

void House::install(std::size_t number, Units quantity)
{
    Install command{.by = operator_name,
                    .profile = {"Devices"},
                    .scheme = "keys",
                    .pool = root,
                    .replace = true};
    command.entitlement = {.id = {"license" + std::to_string(number)},
                           .root = {},
                           .product = {{"acme"}, {"Devices"}},
                           .quantity = quantity};
    command.entitlement.document =
        std::make_shared<const std::string>("license for " + std::to_string(quantity));
    expect(command);
}

Checkout House::checkout(const PoolId& pool)
{
    const LeaseId id = new_id();
    return {.asker = {{"key:app"}, {}},
            .id = id,
            .tag = {SeededHash{1}(id)},
            .profile = {},
            .party = {},
            .user = {"admin"},
            .device = {"device" + std::to_string(ids_)},
            .pool = pool};
}

/// Every key has a fifth more than is held of it.
House::House(std::size_t pools, std::size_t leases)
{
    const std::size_t each = leases / pools;
    const auto assigned = static_cast<Units>(each + each / 5 + 2);
    install(0, assigned * static_cast<Units>(pools) + 1000);
    for (std::size_t i = 0; i < pools; ++i) {
        expect(OpenPool{operator_name, key(i), root, {}});
        expect(Allocate{operator_name, root, key(i), assigned});
        Register devices{.asker = {{"key:app"}, {}}, .profile = {}, .pool = key(i), .party = {}};
        for (std::size_t row = 0; row < each; ++row) {
            const Checkout one = checkout(key(i));
            devices.rows.push_back({one.id, one.tag, one.user, one.device});
        }
        expect(devices);
    }
}

/// The median cost of what is done again and again.
std::uint64_t median_of(std::size_t rounds, const std::function<void(std::size_t)>& done)
{
    std::vector<std::uint64_t> costs;
    for (std::size_t i = 0; i < rounds; ++i) {
        mark();
        done(i);
        mark();
        costs.push_back(*counted);
    }
    std::ranges::nth_element(costs, costs.begin() + static_cast<std::ptrdiff_t>(rounds / 2));
    return costs[rounds / 2];
}

void measure(std::size_t pools, std::size_t leases)
{
    House house(pools, leases);
    const PoolId middle = House::key(pools / 2);
    constexpr std::size_t rounds = 101;
    std::vector<Command> outs;
    std::vector<Command> ins;
    for (std::size_t i = 0; i < rounds; ++i) {
        const Checkout one = house.checkout(middle);
        outs.emplace_back(one);
        ins.emplace_back(Checkin{one.asker, one.id});
    }
    house.expect(Allocate{operator_name, root, middle, rounds});
    const std::uint64_t out = median_of(rounds, [&](std::size_t i) { house.expect(outs[i]); });
    const std::uint64_t in = median_of(rounds, [&](std::size_t i) { house.expect(ins[i]); });
    const Command give = Allocate{operator_name, root, middle, 1};
    const Command take = Allocate{operator_name, middle, root, 1};
    const std::uint64_t allocate = median_of(rounds, [&](std::size_t) { house.expect(give); });
    const std::uint64_t shrink = median_of(rounds, [&](std::size_t) { house.expect(take); });
    const auto plan = Plan{Resize{{"license0"}, static_cast<Units>(leases)}, std::nullopt};
    const auto begun = std::chrono::steady_clock::now();
    house.expect(plan);
    const auto planned = std::chrono::steady_clock::now();
    house.install(0, static_cast<Units>(leases) + 1);
    const auto done = std::chrono::steady_clock::now();
    const auto ms = [](auto from, auto to) {
        return std::chrono::duration<double, std::milli>(to - from).count();
    };
    std::printf("{\"pools\": %zu, \"leases\": %zu, \"checkout\": %llu, \"checkin\": %llu, "
                "\"allocate\": %llu, \"shrink_of_a_key\": %llu, \"plan_ms\": %.1f, "
                "\"downgrade_of_all_ms\": %.1f}\n",
                pools, leases, static_cast<unsigned long long>(out),
                static_cast<unsigned long long>(in), static_cast<unsigned long long>(allocate),
                static_cast<unsigned long long>(shrink), ms(begun, planned), ms(planned, done));
    std::fflush(stdout);
}

} // namespace

int main()
{
    void* const shared =
        mmap(nullptr, sizeof(*counted), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED) {
        std::perror("bench-pools: error: mmap");
        return 1;
    }
    counted = static_cast<std::uint64_t*>(shared);
    const pid_t child = fork();
    if (child != 0)
        return child < 0 ? 1 : count_for(child);
    if (ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) != 0) {
        std::perror("bench-pools: error: nobody may count here: ptrace");
        return 1;
    }
    raise(SIGSTOP);
    measure(100, 1'000);
    measure(100'000, 1'000'000);
    return 0;
}
