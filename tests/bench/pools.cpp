#include "daemon/ledger/ledger.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <linux/perf_event.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/// What the ledger's work costs with few pools and leases under one root, and with many: machine
/// instructions an operation, which no other load on the machine changes, and the time of a
/// downgrade that takes something from every pool. Prints JSON.
namespace {

using namespace usher::ledger;
using namespace std::chrono_literals;

/// Instructions of this thread, outside the kernel.
class Instructions {
  public:
    Instructions()
    {
        perf_event_attr wanted{};
        wanted.type = PERF_TYPE_HARDWARE;
        wanted.size = sizeof(wanted);
        wanted.config = PERF_COUNT_HW_INSTRUCTIONS;
        wanted.exclude_kernel = 1;
        wanted.exclude_hv = 1;
        file_ = static_cast<int>(syscall(SYS_perf_event_open, &wanted, 0, -1, -1, 0UL));
        if (file_ < 0) {
            std::fprintf(stderr, "bench-pools: error: no instructions can be counted here: %s\n",
                         std::strerror(errno));
            std::exit(1);
        }
    }
    ~Instructions() { close(file_); }
    Instructions(const Instructions&) = delete;
    Instructions& operator=(const Instructions&) = delete;

    [[nodiscard]] std::uint64_t now() const
    {
        std::uint64_t count = 0;
        return read(file_, &count, sizeof(count)) == sizeof(count) ? count : 0;
    }

  private:
    int file_;
};

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

/// The median cost of what is done to the same key again and again.
std::uint64_t median_of(const Instructions& instructions, std::size_t rounds,
                        const std::function<void()>& done)
{
    std::vector<std::uint64_t> costs;
    for (std::size_t i = 0; i < rounds; ++i) {
        const std::uint64_t before = instructions.now();
        done();
        costs.push_back(instructions.now() - before);
    }
    std::ranges::nth_element(costs, costs.begin() + static_cast<std::ptrdiff_t>(rounds / 2));
    return costs[rounds / 2];
}

void measure(std::size_t pools, std::size_t leases)
{
    const Instructions instructions;
    House house(pools, leases);
    const PoolId middle = House::key(pools / 2);
    constexpr std::size_t rounds = 1001;
    std::vector<Checkout> taken;
    for (std::size_t i = 0; i < rounds; ++i)
        taken.push_back(house.checkout(middle));
    std::size_t at = 0;
    house.expect(Allocate{operator_name, root, middle, 1});
    const std::uint64_t pair = median_of(instructions, rounds, [&] {
        house.expect(taken[at]);
        house.expect(Checkin{taken[at].asker, taken[at].id});
        ++at;
    });
    const Checkin in{taken[0].asker, taken[0].id};
    const std::uint64_t out = median_of(instructions, 1, [&] { house.expect(taken[0]); });
    house.expect(in);
    const Command give = Allocate{operator_name, root, middle, 1};
    const Command take = Allocate{operator_name, middle, root, 1};
    std::uint64_t shrink = 0;
    std::vector<std::uint64_t> shrinks;
    const std::uint64_t allocate = median_of(instructions, rounds, [&] {
        house.expect(give);
        shrink = instructions.now();
        house.expect(take);
        shrinks.push_back(instructions.now() - shrink);
    });
    std::ranges::nth_element(shrinks, shrinks.begin() + rounds / 2);
    shrink = shrinks[rounds / 2];
    const auto plan = Plan{Resize{{"license0"}, static_cast<Units>(leases)}, std::nullopt};
    const auto begun = std::chrono::steady_clock::now();
    house.expect(plan);
    const auto planned = std::chrono::steady_clock::now();
    house.install(0, static_cast<Units>(leases) + 1);
    const auto done = std::chrono::steady_clock::now();
    const auto ms = [](auto from, auto to) {
        return std::chrono::duration<double, std::milli>(to - from).count();
    };
    std::printf("{\"pools\": %zu, \"leases\": %zu, \"checkout_and_checkin\": %llu, "
                "\"checkout\": %llu, \"allocate\": %llu, \"shrink_of_a_key\": %llu, "
                "\"plan_ms\": %.1f, \"downgrade_of_all_ms\": %.1f}\n",
                pools, leases, static_cast<unsigned long long>(pair),
                static_cast<unsigned long long>(out),
                static_cast<unsigned long long>(allocate - shrink),
                static_cast<unsigned long long>(shrink), ms(begun, planned), ms(planned, done));
}

} // namespace

int main()
{
    measure(100, 1'000);
    measure(100'000, 1'000'000);
}
