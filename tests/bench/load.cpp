#include "tests/bench/load.hpp"

#include <algorithm>
#include <array>
#include <iostream>
#include <sys/resource.h>

namespace usher::bench {
namespace {

double cpu_seconds()
{
    rusage use{};
    ::getrusage(RUSAGE_SELF, &use);
    const auto seconds = [](timeval time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    return seconds(use.ru_utime) + seconds(use.ru_stime);
}

Steady::duration duration_of(double seconds)
{
    return std::chrono::duration_cast<Steady::duration>(std::chrono::duration<double>(seconds));
}

} // namespace

void give_up(const std::string& what)
{
    std::cerr << "bench: error: " << what << std::endl;
    std::exit(1);
}

Program::Program(const std::string& about, const std::string& name) : options(about, name)
{
    options.add_option("--port", order.port)->required();
    options.add_option("--connections", order.connections);
    options.add_option("--in-flight", order.in_flight, "Requests on each connection");
    options.add_option("--warm-up", order.warm_up, "Seconds that are not counted");
    options.add_option("--seconds", order.seconds, "Seconds that are");
}

int Program::run(int argc, char** argv, const std::function<nlohmann::json()>& measure)
{
    CLI11_PARSE(options, argc, argv);
    std::cout << measure().dump() << std::endl;
    return 0;
}

std::string random_lease(std::mt19937_64& random)
{
    const std::array<std::uint64_t, 2> bits{random(), random()};
    return {reinterpret_cast<const char*>(bits.data()), sizeof bits};
}

Verb Seat::next(const Order& order, std::mt19937_64& random)
{
    if (asked == Verb::checkin) {
        lease = random_lease(random);
        renewals_left = order.renewals;
        asked = Verb::checkout;
    } else if (renewals_left > 0) {
        --renewals_left;
        asked = Verb::renew;
    } else {
        asked = Verb::checkin;
    }
    asked_at = Steady::now();
    return asked;
}

Tally::Tally(const Order& order)
    : from_(Steady::now() + duration_of(order.warm_up)), until_(from_ + duration_of(order.seconds)),
      seconds_(order.seconds)
{
    latencies_us_.reserve(1 << 20);
}

bool Tally::goes_on()
{
    const auto now = Steady::now();
    if (!measuring_ && now >= from_) {
        measuring_ = true;
        cpu_before_ = cpu_seconds();
    }
    if (now < until_)
        return true;
    cpu_after_ = cpu_seconds();
    return false;
}

void Tally::count(Steady::time_point asked_at)
{
    ++answers_in_all_;
    if (!measuring_)
        return;
    const auto took =
        std::chrono::duration_cast<std::chrono::microseconds>(Steady::now() - asked_at);
    latencies_us_.push_back(static_cast<std::uint32_t>(took.count()));
}

nlohmann::json Tally::report() const
{
    if (latencies_us_.empty())
        give_up("nothing was answered");
    std::vector<std::uint32_t> sorted = latencies_us_;
    std::ranges::sort(sorted);
    const auto answers = static_cast<double>(sorted.size());
    const auto at = [&](double part) {
        return sorted[static_cast<std::size_t>(part * (answers - 1))];
    };
    return {{"answers_in_all", answers_in_all_},
            {"answers_per_second", answers / seconds_},
            {"p50_us", at(0.5)},
            {"p99_us", at(0.99)},
            {"p999_us", at(0.999)},
            {"client_cpu_us", (cpu_after_ - cpu_before_) * 1e6 / answers}};
}

} // namespace usher::bench
