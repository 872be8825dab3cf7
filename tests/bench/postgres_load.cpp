#include "tests/bench/load.hpp"
#include "tests/bench/wire.hpp"

#include <array>
#include <cstring>
#include <deque>
#include <libpq-fe.h>
#include <netinet/in.h>
#include <sys/epoll.h>

/// `bench-postgres`: seats that are rows of a table, taken and given back by one function each, in
/// pipelines of libpq. What is asked at once on a connection is one transaction, so that it is one
/// commit; it is answered when that is durable. Prints one line of JSON.
namespace usher::bench {
namespace {

using Connection = std::unique_ptr<PGconn, Freer<PQfinish>>;
using Rows = std::unique_ptr<PGresult, Freer<PQclear>>;

/// One of the seats of a connection, and the row that it has got.
struct Held {
    Seat seat;
    std::uint32_t row = 0; ///< In the order of bytes of the network.
};

struct Client {
    Connection connection;
    std::vector<Held> seats;
    std::deque<std::size_t> asked;        ///< PostgreSQL answers in the order of the questions.
    std::vector<std::size_t> uncommitted; ///< Answered, but not durable yet.
};

class PostgresLoad {
  public:
    explicit PostgresLoad(const Order& order) : order_(order) {}

    void connect(const std::string& address);
    nlohmann::json run();

  private:
    void ask(Client& client, std::size_t number);
    void commit(Client& client);
    void hear(Client& client);
    void hear(Client& client, const PGresult* rows);

    const Order& order_;
    std::vector<Client> clients_;
    int poll_ = ::epoll_create1(EPOLL_CLOEXEC);
    std::mt19937_64 random_{std::random_device{}()};
    Tally* tally_ = nullptr;
};

[[noreturn]] void give_up(const Client& client)
{
    bench::give_up(std::string("PostgreSQL says no: ") + PQerrorMessage(client.connection.get()));
}

void PostgresLoad::connect(const std::string& address)
{
    for (std::size_t i = 0; i < order_.connections; ++i) {
        Client& client = clients_.emplace_back(Connection(PQconnectdb(address.c_str())),
                                               std::vector<Held>(order_.in_flight));
        PGconn* const connection = client.connection.get();
        const auto prepare = [&](const char* name, const char* text, int words) {
            const Rows done(PQprepare(connection, name, text, words, nullptr));
            return PQresultStatus(done.get()) == PGRES_COMMAND_OK;
        };
        if (PQstatus(connection) != CONNECTION_OK ||
            !prepare("checkout", "SELECT checkout($1)", 1) ||
            !prepare("checkin", "SELECT checkin($1, $2)", 2) ||
            PQsetnonblocking(connection, 1) != 0 || PQenterPipelineMode(connection) != 1)
            give_up(client);
        epoll_event event{.events = EPOLLIN | EPOLLOUT | EPOLLET, .data = {.u64 = i}};
        ::epoll_ctl(poll_, EPOLL_CTL_ADD, PQsocket(connection), &event);
    }
}

void PostgresLoad::ask(Client& client, std::size_t number)
{
    constexpr std::array<int, 2> binary{1, 1};
    Held& held = client.seats[number];
    const bool takes = held.seat.next(order_, random_) == Verb::checkout;
    const std::array<const char*, 2> words{held.seat.lease.data(),
                                           reinterpret_cast<const char*>(&held.row)};
    const std::array<int, 2> bytes{static_cast<int>(held.seat.lease.size()), sizeof held.row};
    if (PQsendQueryPrepared(client.connection.get(), takes ? "checkout" : "checkin", takes ? 1 : 2,
                            words.data(), bytes.data(), binary.data(), 1) != 1)
        give_up(client);
    client.asked.push_back(number);
}

void PostgresLoad::commit(Client& client)
{
    if (PQpipelineSync(client.connection.get()) != 1)
        give_up(client);
}

void PostgresLoad::hear(Client& client, const PGresult* rows)
{
    if (PQresultStatus(rows) == PGRES_TUPLES_OK && PQgetisnull(rows, 0, 0) == 0) {
        const std::size_t number = client.asked.front();
        client.asked.pop_front();
        std::memcpy(&client.seats[number].row, PQgetvalue(rows, 0, 0), sizeof(std::uint32_t));
        client.uncommitted.push_back(number);
        return;
    }
    if (PQresultStatus(rows) != PGRES_PIPELINE_SYNC)
        give_up(client);
    for (const std::size_t number : std::exchange(client.uncommitted, {})) {
        tally_->count(client.seats[number].seat.asked_at);
        ask(client, number);
    }
    commit(client);
}

void PostgresLoad::hear(Client& client)
{
    PGconn* const connection = client.connection.get();
    if (PQconsumeInput(connection) != 1)
        give_up(client);
    while (PQisBusy(connection) == 0) {
        // After the rows of each question comes a null; a second one: nothing more is there.
        Rows rows(PQgetResult(connection));
        if (!rows)
            rows.reset(PQisBusy(connection) == 0 ? PQgetResult(connection) : nullptr);
        if (!rows)
            break;
        hear(client, rows.get());
    }
    if (PQflush(connection) < 0)
        give_up(client);
}

nlohmann::json PostgresLoad::run()
{
    Tally tally(order_);
    tally_ = &tally;
    for (Client& client : clients_) {
        for (std::size_t number = 0; number < client.seats.size(); ++number)
            ask(client, number);
        commit(client);
    }
    std::array<epoll_event, 256> events{};
    while (tally.goes_on()) {
        const int count = ::epoll_wait(poll_, events.data(), events.size(), 100);
        for (int i = 0; i < count; ++i)
            hear(clients_[events[static_cast<std::size_t>(i)].data.u64]);
    }
    return tally.report();
}

} // namespace
} // namespace usher::bench

int main(int argc, char** argv)
{
    using namespace usher::bench;
    Program program("Takes seats of a table in PostgreSQL and gives them back.", "bench-postgres");
    PostgresLoad load(program.order);
    return program.run(argc, argv, [&] {
        load.connect("host=127.0.0.1 port=" + std::to_string(program.order.port) +
                     " user=postgres dbname=postgres sslmode=require");
        return load.run();
    });
}
