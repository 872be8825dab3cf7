#include "protocol/frame.hpp"
#include "protocol/usher.pb.h"
#include "tests/bench/wire.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <chrono>
#include <fcntl.h>
#include <iostream>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <nlohmann/json.hpp>
#include <random>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>

/// `bench-load`: so many connections, each with so many requests in flight, that check a seat out
/// and in again as fast as they are answered. Prints one line of JSON. With `--echo` the same
/// frames go to `bench-echo`, which sends them back.
namespace usher::bench {
namespace {

using Steady = std::chrono::steady_clock;

struct Order {
    std::uint16_t port = 0;
    std::string key;
    std::string profile = "Bench";
    std::size_t connections = 64;
    std::size_t in_flight = 1;
    double warm_up = 1;
    double seconds = 5;
    bool echo = false;
    bool renew = false; ///< Renewals of one seat instead of checkouts and checkins.
};

/// What one request in flight is about: a seat that is taken and given back in turns.
struct Slot {
    std::string lease;
    bool holds = false;
    Steady::time_point asked;
};

struct Client {
    Wire wire;
    std::vector<Slot> slots;
};

int connect_to(std::uint16_t port)
{
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_TCP);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int on = 1;
    if (::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0 ||
        ::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
        give_up("cannot connect to port " + std::to_string(port));
    return socket;
}

class Load {
  public:
    explicit Load(Order order) : order_(std::move(order)), context_(connecting_context()) {}

    void connect();
    void run();
    [[nodiscard]] nlohmann::json report() const;

  private:
    void greet(Client& client);
    void ask(Client& client, std::size_t slot);
    void hear(Client& client);
    void hear(Client& client, std::span<const std::byte> message);
    void turn(int timeout_ms);
    [[nodiscard]] std::string random_lease();

    Order order_;
    Context context_;
    std::vector<Client> clients_;
    int poll_ = ::epoll_create1(EPOLL_CLOEXEC);
    std::mt19937_64 random_{std::random_device{}()}; // No run asks for ids of another one.
    v1::Request request_;
    v1::Response response_;
    bool measuring_ = false;
    Steady::time_point from_;
    Steady::time_point until_;
    std::size_t refused_ = 0;
    std::vector<std::uint32_t> latencies_us_;
};

void Load::connect()
{
    clients_.reserve(order_.connections);
    for (std::size_t i = 0; i < order_.connections; ++i) {
        const int socket = connect_to(order_.port);
        Tls tls(SSL_new(context_.get()));
        SSL_set_fd(tls.get(), socket);
        if (SSL_connect(tls.get()) != 1)
            give_up("no TLS with port " + std::to_string(order_.port));
        Client& client = clients_.emplace_back(Wire(socket, std::move(tls)), std::vector<Slot>{});
        ::fcntl(socket, F_SETFL, O_NONBLOCK);
        for (std::size_t slot = 0; slot < order_.in_flight; ++slot)
            client.slots.push_back({random_lease(), false, {}});
        epoll_event event{.events = EPOLLIN | EPOLLOUT | EPOLLET, .data = {.u64 = i}};
        ::epoll_ctl(poll_, EPOLL_CTL_ADD, socket, &event);
        greet(client);
    }
}

/// Request 0 does not exist in the protocol; slots are requests 1 on, the greeting comes after
/// them.
void Load::greet(Client& client)
{
    request_.Clear();
    request_.set_id(order_.in_flight + 1);
    v1::Hello& hello = *request_.mutable_hello();
    hello.set_version(1);
    hello.set_version_min(1);
    hello.set_client("bench");
    hello.set_key(order_.key);
    if (!protocol::append_frame(client.wire.out(), request_) || !client.wire.flush())
        give_up("the server hung up at the greeting");
}

std::string Load::random_lease()
{
    std::array<std::uint64_t, 2> bits{random_(), random_()};
    return {reinterpret_cast<const char*>(bits.data()), sizeof bits};
}

void Load::ask(Client& client, std::size_t number)
{
    Slot& slot = client.slots[number];
    request_.Clear();
    request_.set_id(number + 1);
    if (slot.holds && order_.renew) {
        request_.mutable_renew()->add_leases(slot.lease);
    } else if (slot.holds) {
        request_.mutable_checkin()->set_lease(slot.lease);
        slot.lease = random_lease();
        slot.holds = false;
    } else {
        v1::Checkout& checkout = *request_.mutable_checkout();
        checkout.set_lease(slot.lease);
        checkout.set_profile(order_.profile);
        checkout.set_units(1);
        checkout.set_user("solver");
        checkout.set_device("bench.example.com");
        checkout.set_pid(4711);
        slot.holds = true;
    }
    slot.asked = Steady::now();
    if (!protocol::append_frame(client.wire.out(), request_))
        give_up("a request is too long");
}

void Load::hear(Client& client, std::span<const std::byte> message)
{
    const auto* parsed = static_cast<google::protobuf::MessageLite*>(&response_);
    std::uint64_t id = 0;
    bool greeted = false;
    if (order_.echo) {
        if (!request_.ParseFromArray(message.data(), static_cast<int>(message.size())))
            give_up("the echo is no request");
        parsed = &request_;
        id = request_.id();
        greeted = request_.has_hello();
    } else {
        if (!response_.ParseFromArray(message.data(), static_cast<int>(message.size())))
            give_up("the answer is no response");
        id = response_.id();
        greeted = response_.has_welcome();
        if (response_.has_ending() || (response_.has_refused() && ++refused_ == 1))
            give_up("the server says no: " + response_.ShortDebugString());
    }
    if (greeted) {
        for (std::size_t slot = 0; slot < client.slots.size(); ++slot)
            ask(client, slot);
        return;
    }
    if (id < 1 || id > client.slots.size())
        give_up("an answer to no question: " + std::to_string(parsed->ByteSizeLong()) + " bytes");
    const auto now = Steady::now();
    if (measuring_) {
        const auto took =
            std::chrono::duration_cast<std::chrono::microseconds>(now - client.slots[id - 1].asked);
        latencies_us_.push_back(static_cast<std::uint32_t>(took.count()));
    }
    ask(client, id - 1);
}

void Load::hear(Client& client)
{
    if (!client.wire.read())
        give_up("the server hung up");
    for (auto frame = protocol::first_frame(client.wire.in()); frame.message;
         frame = protocol::first_frame(client.wire.in())) {
        hear(client, *frame.message);
        client.wire.consume(frame.consumed);
    }
    if (!client.wire.flush())
        give_up("the server hung up");
}

void Load::turn(int timeout_ms)
{
    std::array<epoll_event, 256> events{};
    const int count = ::epoll_wait(poll_, events.data(), events.size(), timeout_ms);
    for (int i = 0; i < count; ++i)
        hear(clients_[events[static_cast<std::size_t>(i)].data.u64]);
}

void Load::run()
{
    using Seconds = std::chrono::duration<double>;
    latencies_us_.reserve(1 << 20);
    const auto start = Steady::now();
    const auto after = [&](double seconds) {
        return start + std::chrono::duration_cast<Steady::duration>(Seconds(seconds));
    };
    from_ = after(order_.warm_up);
    until_ = after(order_.warm_up + order_.seconds);
    for (auto now = start; now < until_; now = Steady::now()) {
        measuring_ = now >= from_;
        turn(100);
    }
}

nlohmann::json Load::report() const
{
    if (latencies_us_.empty())
        give_up("nothing was answered");
    std::vector<std::uint32_t> sorted = latencies_us_;
    std::ranges::sort(sorted);
    const auto at = [&](double part) {
        return sorted[static_cast<std::size_t>(part * static_cast<double>(sorted.size() - 1))];
    };
    rusage use{};
    ::getrusage(RUSAGE_SELF, &use);
    const auto seconds = [](timeval time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    return {{"answers", sorted.size()},
            {"answers_per_second", static_cast<double>(sorted.size()) / order_.seconds},
            {"p50_us", at(0.5)},
            {"p99_us", at(0.99)},
            {"p999_us", at(0.999)},
            {"client_cpu_seconds", seconds(use.ru_utime) + seconds(use.ru_stime)}};
}

} // namespace
} // namespace usher::bench

int main(int argc, char** argv)
{
    using namespace usher::bench;
    Order order;
    CLI::App app("Checks seats out and in as fast as they are answered.", "bench-load");
    app.add_option("--port", order.port)->required();
    app.add_option("--key", order.key);
    app.add_option("--profile", order.profile);
    app.add_option("--connections", order.connections);
    app.add_option("--in-flight", order.in_flight);
    app.add_option("--warm-up", order.warm_up, "Seconds that are not counted");
    app.add_option("--seconds", order.seconds, "Seconds that are");
    app.add_flag("--echo", order.echo, "The other end is bench-echo");
    app.add_flag("--renew", order.renew, "Renew one seat a slot instead");
    CLI11_PARSE(app, argc, argv);

    Load load(std::move(order));
    load.connect();
    load.run();
    std::cout << load.report().dump() << std::endl;
}
