#include "daemon/ledger/ledger.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <random>

/// What reconciling costs in an office of 100,000 devices, 60,000 users, 200 products and 500
/// licenses: everything at once, and one fact. Prints JSON.
namespace {

using namespace usher::ledger;
using namespace std::chrono_literals;

constexpr std::size_t devices_count = 100'000;
constexpr std::size_t users_count = 60'000;
constexpr std::size_t products_count = 200;
constexpr std::size_t licenses_count = 500;
constexpr std::size_t needs_each = 3; ///< Of a device.

const Identity operator_name{"local:root"};

ProductCall product(std::size_t number)
{
    return {{"product" + std::to_string(number)}};
}

UserName user(std::size_t number)
{
    return {"user" + std::to_string(number)};
}

class Office {
  public:
    Office();

    void expect(const Command& command);
    /// Milliseconds until the ledger has nothing more to do.
    double time_of(const std::function<void()>& done);
    void install(std::size_t number, Units quantity);
    void look_at_all();

    std::mt19937_64 random{7};

  private:
    void settle();

    Ledger ledger_{7};
    Now now_{std::chrono::sys_days(std::chrono::year(2030) / 1 / 15), SteadyInstant(1h)};
};

void Office::expect(const Command& command)
{
    Verdict verdict = ledger_.decide(command, now_);
    if (const auto* no = std::get_if<Refusal>(&verdict.answer)) {
        std::fprintf(stderr, "bench-requirements: error: %s\n", sentence(*no).c_str());
        std::exit(1);
    }
    for (const Fact& fact : verdict.facts)
        ledger_.apply(fact, now_.calendar);
    settle();
}

void Office::look_at_all()
{
    ledger_.apply(Reviewed{}, now_.calendar);
    settle();
}

void Office::settle()
{
    for (auto facts = ledger_.settle(now_); !facts.empty(); facts = ledger_.settle(now_))
        for (const Fact& fact : facts)
            ledger_.apply(fact, now_.calendar);
}

double Office::time_of(const std::function<void()>& done)
{
    const auto begun = std::chrono::steady_clock::now();
    done();
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begun)
        .count();
}

/// Every fifth product is the newest of its line; its licenses, per user, cover the four before it.
void Office::install(std::size_t number, Units quantity)
{
    const std::size_t of = number % products_count;
    Install command{.by = operator_name, .profile = {}, .scheme = "requirements", .pool = {}};
    command.metric = of % 5 == 4 || number % 3 == 0 ? Metric::user : Metric::device;
    command.replace = true;
    command.entitlement = {.id = {"license" + std::to_string(number)},
                           .root = {"license" + std::to_string(number)},
                           .product = {{"acme"}, product(of).name},
                           .quantity = quantity};
    if (of % 5 == 4)
        for (std::size_t older = of - 4; older < of; ++older)
            command.entitlement.downgrades_to.insert(product(older).name);
    command.entitlement.document = std::make_shared<const std::string>(
        "license for " + std::to_string(quantity) + " " + std::to_string(random()));
    expect(command);
}

Office::Office()
{
    for (std::size_t i = 0; i < products_count; ++i)
        expect(DefineProduct{
            operator_name, {product(i).name, {"acme"}}, i % 5 == 4 ? Model::user : Model::device});
    SetPrincipals principals{.by = operator_name, .rows = {}};
    PutFoundations needs{.by = operator_name, .rows = {}};
    for (std::size_t i = 0; i < devices_count; ++i) {
        const DeviceName device{"device" + std::to_string(i)};
        principals.rows.push_back({device, user(i % users_count)});
        for (std::size_t each = 0; each < needs_each; ++each)
            needs.rows.push_back(
                {.of = {product((i + each * 67) % products_count), {Model::device, device.text}},
                 .source = "inventory",
                 .model = {}});
        if (principals.rows.size() >= 3'000 || i + 1 == devices_count) {
            expect(principals);
            expect(needs);
            principals.rows.clear();
            needs.rows.clear();
        }
    }
}

double median_of(std::size_t rounds, Office& office, const std::function<void(std::size_t)>& done)
{
    std::vector<double> times;
    for (std::size_t i = 0; i < rounds; ++i)
        times.push_back(office.time_of([&] { done(i); }));
    std::ranges::sort(times);
    return times[rounds / 2];
}

} // namespace

int main()
{
    Office office;
    const double licenses = office.time_of([&] {
        for (std::size_t i = 0; i < licenses_count; ++i)
            office.install(i, 600);
    });
    office.look_at_all(); // Whatever was done before it.
    const double all = office.time_of([&] { office.look_at_all(); });
    const auto call = [](std::size_t i) {
        return RequirementCall{product(i % products_count),
                               {Model::device, "extra" + std::to_string(i)}};
    };
    constexpr std::size_t rounds = 1'001;
    const double put = median_of(rounds, office, [&](std::size_t i) {
        office.expect(PutFoundations{operator_name, {{call(i), "inventory", {}}}});
    });
    const double removed = median_of(rounds, office, [&](std::size_t i) {
        office.expect(RemoveFoundation{operator_name, call(i), {}});
    });
    const double moved = median_of(rounds, office, [&](std::size_t i) {
        office.expect(
            SetPrincipals{operator_name, {{{"device" + std::to_string(i * 97)}, user(i * 31)}}});
    });
    const double cut = median_of(
        101, office, [&](std::size_t i) { office.install(i * 4 + 3, i % 2 == 0 ? 599 : 601); });
    const double report = office.time_of([&] { office.expect(ReportCompliance{}); });
    std::printf("{\"licenses_ms\": %.1f, \"reconcile_all_ms\": %.1f, \"foundation_put_ms\": %.4f, "
                "\"foundation_removed_ms\": %.4f, \"principal_set_ms\": %.4f, "
                "\"license_by_one_ms\": %.4f, \"report_ms\": %.1f}\n",
                licenses, all, put, removed, moved, cut, report);
    return 0;
}
