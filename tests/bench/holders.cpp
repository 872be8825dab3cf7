#include "protocol/frame.hpp"
#include "protocol/limits.hpp"
#include "tests/bench/load.hpp"
#include "tests/bench/usher_words.hpp"
#include "tests/bench/wire.hpp"

#include <array>
#include <deque>
#include <iostream>
#include <sys/epoll.h>
#include <unistd.h>

/// `bench-holders`: applications that hold a seat of usherd each, or several, over a connection
/// each, and renew them. Each line of its input is how many applications there shall be from now
/// on, never fewer than before. Who loses its connection comes back, by its TLS session and with
/// its seats. Whenever all of them hold theirs it prints a line of JSON: how many applications, how
/// many seats were lost so far, and the seconds since the order, or since the first lost its
/// connection.
namespace usher::bench {
namespace {

constexpr std::size_t coming_max = 128; // Handshakes at a time: a few are enough for all cores.
constexpr std::uint64_t standard_input = UINT64_MAX;
constexpr std::chrono::milliseconds pause(20); // Before a door that was shut is tried again.

enum class Stage : std::uint8_t { away, greeting, asking, holding };

struct Holder {
    std::optional<Wire> wire;
    Session session;
    std::vector<std::string> leases; ///< None: it never came so far.
    std::size_t unanswered = 0;      ///< Of what it asked since it was greeted.
    Stage stage = Stage::away;
    Steady::time_point renews_at;
};

class Crowd {
  public:
    Crowd(std::uint16_t port, std::string key, std::size_t seats)
        : port_(port), key_(std::move(key)), seats_(seats)
    {}

    void run();

  private:
    void grow(std::size_t count);
    void let_come();
    void come(std::size_t number);
    void shut(std::size_t number);
    void hear(std::size_t number);
    void hear(std::size_t number, const v1::Response& response);
    void ask_anew(Holder& holder);
    void take(Holder& holder, std::string& lease);
    void renew(Holder& holder);
    void replace_lost(Holder& holder, const v1::Renewed& renewed);
    void hold(std::size_t number);
    void go_away(std::size_t number);
    void renew_due();
    void send(Holder& holder) const;
    void watch(int descriptor, std::uint64_t number, std::uint32_t events) const;
    [[nodiscard]] bool read_order();

    std::uint16_t port_;
    std::string key_;
    std::size_t seats_; ///< Of each.
    Context context_ = connecting_context(protocol::alpn);
    int poll_ = ::epoll_create1(EPOLL_CLOEXEC);
    std::mt19937_64 random_{std::random_device{}()};
    v1::Request request_;
    std::deque<Holder> holders_; ///< None ever moves.
    std::deque<std::size_t> away_;
    std::size_t coming_ = 0;
    std::size_t holding_ = 0;
    std::size_t lost_ = 0;
    Steady::time_point since_;
    bool door_is_open_ = true; ///< Else one knocks for all.
    Steady::time_point knocks_at_;
    std::chrono::milliseconds renews_after_{};
    std::deque<std::pair<Steady::time_point, std::size_t>> renewals_; ///< The next one first.
};

void Crowd::watch(int descriptor, std::uint64_t number, std::uint32_t events) const
{
    epoll_event event{.events = events, .data = {.u64 = number}};
    ::epoll_ctl(poll_, EPOLL_CTL_ADD, descriptor, &event);
}

void Crowd::grow(std::size_t count)
{
    since_ = Steady::now();
    while (holders_.size() < count) {
        away_.push_back(holders_.size());
        holders_.emplace_back();
    }
}

void Crowd::let_come()
{
    while (coming_ < (door_is_open_ ? coming_max : 1) && !away_.empty() &&
           Steady::now() >= knocks_at_) {
        const std::size_t number = away_.front();
        away_.pop_front();
        come(number);
    }
}

void Crowd::come(std::size_t number)
{
    Holder& holder = holders_[number];
    auto wire = connected(context_, port_, holder.session.get());
    if (!wire)
        return shut(number);
    holder.wire.emplace(std::move(*wire));
    holder.stage = Stage::greeting;
    ++coming_;
    fill_hello(request_, 1, key_);
    send(holder);
    watch(holder.wire->socket(), number, EPOLLIN | EPOLLOUT | EPOLLET);
}

void Crowd::shut(std::size_t number)
{
    away_.push_back(number);
    knocks_at_ = Steady::now() + pause;
    door_is_open_ = false;
}

void Crowd::send(Holder& holder) const
{
    if (!protocol::append_frame(holder.wire->out(), request_))
        give_up("a request is too long");
}

/// Takes its seats, or shows that it still has them.
void Crowd::ask_anew(Holder& holder)
{
    holder.stage = Stage::asking;
    holder.unanswered = 0;
    if (!holder.leases.empty())
        return renew(holder);
    holder.leases.resize(seats_);
    for (std::string& lease : holder.leases)
        take(holder, lease);
}

void Crowd::take(Holder& holder, std::string& lease)
{
    lease = random_lease(random_);
    fill_checkout(request_, 2, lease);
    send(holder);
    ++holder.unanswered;
}

void Crowd::renew(Holder& holder)
{
    fill_renew(request_, 2, holder.leases);
    send(holder);
    ++holder.unanswered;
}

void Crowd::replace_lost(Holder& holder, const v1::Renewed& renewed)
{
    for (std::size_t i = 0; i < holder.leases.size(); ++i) {
        if (renewed.leases(static_cast<int>(i)).state() == v1::LeaseState::HELD)
            continue;
        ++lost_;
        take(holder, holder.leases[i]);
    }
    if (holder.unanswered > 0 && holder.stage == Stage::holding) {
        holder.stage = Stage::asking;
        --holding_;
        ++coming_;
    }
}

void Crowd::hold(std::size_t number)
{
    Holder& holder = holders_[number];
    if (holder.stage != Stage::holding) {
        holder.stage = Stage::holding;
        holder.session.reset(SSL_get1_session(holder.wire->tls()));
        --coming_;
        ++holding_;
    }
    holder.renews_at = Steady::now() + renews_after_;
    renewals_.emplace_back(holder.renews_at, number);
}

void Crowd::go_away(std::size_t number)
{
    Holder& holder = holders_[number];
    if (holder.stage == Stage::holding) {
        if (holding_ == holders_.size())
            since_ = Steady::now();
        --holding_;
    } else {
        --coming_;
    }
    holder.stage = Stage::away;
    holder.wire.reset();
    shut(number);
}

void Crowd::hear(std::size_t number, const v1::Response& response)
{
    Holder& holder = holders_[number];
    if (response.has_welcome()) {
        door_is_open_ = true;
        renews_after_ = std::chrono::milliseconds(response.welcome().term_ms() / 3);
        return ask_anew(holder);
    }
    if (response.has_ending())
        return; // Its end of the connection follows.
    if (!response.has_granted() && !response.has_renewed())
        give_up("the server says no: " + response.ShortDebugString());
    --holder.unanswered;
    if (response.has_renewed())
        replace_lost(holder, response.renewed());
    if (holder.unanswered == 0)
        hold(number);
}

void Crowd::hear(std::size_t number)
{
    Holder& holder = holders_[number];
    if (!holder.wire)
        return; // It went away, and this event was on its way.
    const bool lives = holder.wire->read();
    v1::Response response;
    for (auto frame = protocol::first_frame(holder.wire->in()); frame.message;
         frame = protocol::first_frame(holder.wire->in())) {
        if (!response.ParseFromArray(frame.message->data(),
                                     static_cast<int>(frame.message->size())))
            give_up("the answer is no response");
        holder.wire->consume(frame.consumed);
        hear(number, response);
    }
    if (!lives || !holder.wire->flush())
        go_away(number);
}

void Crowd::renew_due()
{
    for (const auto now = Steady::now(); !renewals_.empty() && renewals_.front().first <= now;) {
        const auto [at, number] = renewals_.front();
        renewals_.pop_front();
        Holder& holder = holders_[number];
        if (holder.stage != Stage::holding || holder.renews_at != at)
            continue; // It was away since.
        renew(holder);
        if (!holder.wire->flush())
            go_away(number);
    }
}

/// False: there is no more input.
bool Crowd::read_order()
{
    std::string line;
    if (!std::getline(std::cin, line))
        return false;
    grow(std::stoul(line));
    return true;
}

void Crowd::run()
{
    watch(STDIN_FILENO, standard_input, EPOLLIN);
    std::array<epoll_event, 256> events{};
    bool was_complete = true;
    for (;;) {
        const int count = ::epoll_wait(poll_, events.data(), events.size(), 10);
        for (int i = 0; i < count; ++i) {
            const std::uint64_t number = events[static_cast<std::size_t>(i)].data.u64;
            if (number != standard_input)
                hear(number);
            else if (!read_order())
                return;
        }
        renew_due();
        let_come();
        const bool is_complete = holding_ == holders_.size();
        if (is_complete && !was_complete) {
            const std::chrono::duration<double> took = Steady::now() - since_;
            const nlohmann::json report{
                {"held", holding_}, {"lost", lost_}, {"seconds", took.count()}};
            std::cout << report.dump() << std::endl;
        }
        was_complete = is_complete;
    }
}

} // namespace
} // namespace usher::bench

int main(int argc, char** argv)
{
    using namespace usher::bench;
    std::uint16_t port = 0;
    std::string key;
    std::size_t seats = 1;
    CLI::App app("Holds as many seats as its input says.", "bench-holders");
    app.add_option("--port", port)->required();
    app.add_option("--key", key)->required();
    app.add_option("--seats", seats, "Of each application");
    CLI11_PARSE(app, argc, argv);
    Crowd(port, key, seats).run();
}
