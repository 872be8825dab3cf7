#include "tests/bench/wired_load.hpp"

#include <array>
#include <sys/epoll.h>

namespace usher::bench {
namespace {

struct Client {
    Wire wire;
    std::unique_ptr<Speaker> speaker;
    std::vector<Seat> seats;
};

class WiredLoad {
  public:
    explicit WiredLoad(const Order& order) : order_(order) {}

    void connect(const std::string& alpn, const MakeSpeaker& make_speaker);
    nlohmann::json run();

  private:
    void begin();
    void ask(Client& client, std::size_t number);
    void hear(Client& client);
    void turn();

    const Order& order_;
    std::vector<Client> clients_;
    int poll_ = ::epoll_create1(EPOLL_CLOEXEC);
    std::mt19937_64 random_{std::random_device{}()}; // No run asks for ids of another one.
    std::size_t greeted_ = 0;
    std::optional<Tally> tally_; ///< None: not everybody is greeted yet.
};

void WiredLoad::connect(const std::string& alpn, const MakeSpeaker& make_speaker)
{
    const Context context = connecting_context(alpn);
    for (std::size_t i = 0; i < order_.connections; ++i) {
        auto wire = connected(context, order_.port);
        if (!wire)
            give_up("nobody listens at port " + std::to_string(order_.port));
        Client& client = clients_.emplace_back(std::move(*wire), make_speaker(),
                                               std::vector<Seat>(order_.in_flight));
        client.speaker->greet(client.wire.out());
        epoll_event event{.events = EPOLLIN | EPOLLOUT | EPOLLET, .data = {.u64 = i}};
        ::epoll_ctl(poll_, EPOLL_CTL_ADD, client.wire.socket(), &event);
    }
}

/// Handshakes are no part of what is measured.
void WiredLoad::begin()
{
    tally_.emplace(order_);
    for (Client& client : clients_) {
        for (std::size_t number = 0; number < client.seats.size(); ++number)
            ask(client, number);
        if (!client.wire.flush())
            give_up("the server hung up");
    }
}

void WiredLoad::ask(Client& client, std::size_t number)
{
    Seat& seat = client.seats[number];
    seat.next(order_, random_);
    client.speaker->ask(number, seat, client.wire.out());
}

void WiredLoad::hear(Client& client)
{
    const bool lives = client.wire.read();
    while (const auto heard = client.speaker->hear(client.wire)) {
        if (!heard->seat) {
            ++greeted_;
            continue;
        }
        tally_->count(client.seats.at(*heard->seat).asked_at);
        ask(client, *heard->seat);
    }
    if (!lives || !client.wire.flush())
        give_up("the server hung up");
}

void WiredLoad::turn()
{
    std::array<epoll_event, 256> events{};
    const int count = ::epoll_wait(poll_, events.data(), events.size(), 100);
    for (int i = 0; i < count; ++i)
        hear(clients_[events[static_cast<std::size_t>(i)].data.u64]);
}

nlohmann::json WiredLoad::run()
{
    while (greeted_ < clients_.size())
        turn();
    begin();
    while (tally_->goes_on())
        turn();
    return tally_->report();
}

} // namespace

nlohmann::json load(const Order& order, const std::string& alpn, const MakeSpeaker& make_speaker)
{
    WiredLoad wired(order);
    wired.connect(alpn, make_speaker);
    return wired.run();
}

} // namespace usher::bench
