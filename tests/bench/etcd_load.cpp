#include "tests/bench/load.hpp"

#include <etcdserver/etcdserverpb/rpc.grpc.pb.h>
#include <fstream>
#include <grpcpp/grpcpp.h>
#include <sstream>

/// `bench-etcd`: seats that are keys, each taken and given back by one transaction, and bound to a
/// lease that its holder has of etcd. Prints one line of JSON.
namespace usher::bench {
namespace {

constexpr std::int64_t term_seconds = 600; // Longer than any run: nobody renews meanwhile.
constexpr std::uint32_t seats = 1'000'000;

/// A holder, with one request in flight.
struct Holder {
    etcdserverpb::KV::Stub* door;
    std::int64_t etcd_lease;
    Seat seat;
    std::string key;
    std::unique_ptr<grpc::ClientContext> context;
    etcdserverpb::TxnResponse answer;
    grpc::Status status;
};

class EtcdLoad {
  public:
    explicit EtcdLoad(const Order& order) : order_(order) {}

    void connect(const std::string& ca);
    nlohmann::json run();

  private:
    void ask(Holder& holder);
    [[nodiscard]] etcdserverpb::TxnRequest checkout(Holder& holder);
    [[nodiscard]] static etcdserverpb::TxnRequest checkin(const Holder& holder);

    const Order& order_;
    grpc::CompletionQueue answers_;
    std::vector<std::unique_ptr<etcdserverpb::KV::Stub>> doors_;
    std::vector<Holder> holders_;
    std::mt19937_64 random_{std::random_device{}()};
};

std::string text_of(const std::string& path)
{
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
}

void EtcdLoad::connect(const std::string& ca)
{
    const auto credentials = grpc::SslCredentials({.pem_root_certs = text_of(ca)});
    const std::string address = "localhost:" + std::to_string(order_.port);
    for (std::size_t i = 0; i < order_.connections; ++i) {
        grpc::ChannelArguments own; // Channels to one address else share a connection.
        own.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
        const auto channel = grpc::CreateCustomChannel(address, credentials, own);
        doors_.push_back(etcdserverpb::KV::NewStub(channel));
        const auto leases = etcdserverpb::Lease::NewStub(channel);
        for (std::size_t number = 0; number < order_.in_flight; ++number) {
            grpc::ClientContext context;
            context.set_wait_for_ready(true);
            etcdserverpb::LeaseGrantRequest wish;
            wish.set_ttl(term_seconds);
            etcdserverpb::LeaseGrantResponse granted;
            if (const auto status = leases->LeaseGrant(&context, wish, &granted); !status.ok())
                give_up("etcd says no: " + status.error_message());
            holders_.push_back({.door = doors_.back().get(), .etcd_lease = granted.id()});
        }
    }
}

etcdserverpb::TxnRequest EtcdLoad::checkout(Holder& holder)
{
    holder.key = "seat/" + std::to_string(random_() % seats);
    etcdserverpb::TxnRequest wish;
    auto& free = *wish.add_compare();
    free.set_key(holder.key);
    free.set_target(etcdserverpb::Compare::VERSION);
    free.set_result(etcdserverpb::Compare::EQUAL);
    free.set_version(0);
    auto& put = *wish.add_success()->mutable_request_put();
    put.set_key(holder.key);
    put.set_value(holder.seat.lease);
    put.set_lease(holder.etcd_lease);
    return wish;
}

etcdserverpb::TxnRequest EtcdLoad::checkin(const Holder& holder)
{
    etcdserverpb::TxnRequest wish;
    auto& ours = *wish.add_compare();
    ours.set_key(holder.key);
    ours.set_target(etcdserverpb::Compare::VALUE);
    ours.set_result(etcdserverpb::Compare::EQUAL);
    ours.set_value(holder.seat.lease);
    wish.add_success()->mutable_request_delete_range()->set_key(holder.key);
    return wish;
}

void EtcdLoad::ask(Holder& holder)
{
    const bool takes = holder.seat.next(order_, random_) == Verb::checkout;
    holder.context = std::make_unique<grpc::ClientContext>();
    holder.door
        ->AsyncTxn(holder.context.get(), takes ? checkout(holder) : checkin(holder), &answers_)
        ->Finish(&holder.answer, &holder.status, &holder);
}

nlohmann::json EtcdLoad::run()
{
    Tally tally(order_);
    for (Holder& holder : holders_)
        ask(holder);
    void* tag = nullptr;
    bool ok = false;
    while (tally.goes_on() && answers_.Next(&tag, &ok)) {
        Holder& holder = *static_cast<Holder*>(tag);
        if (!holder.status.ok())
            give_up("etcd says no: " + holder.status.error_message());
        tally.count(holder.seat.asked_at);
        // Two chose the same seat of a million: the one who came late asks for another one.
        if (!holder.answer.succeeded())
            holder.seat.asked = Verb::checkin;
        ask(holder);
    }
    return tally.report();
}

} // namespace
} // namespace usher::bench

int main(int argc, char** argv)
{
    using namespace usher::bench;
    std::string ca;
    Program program("Takes seats that are keys of etcd and gives them back.", "bench-etcd");
    program.options.add_option("--ca", ca, "Whose certificates are believed, in PEM form")
        ->required();
    EtcdLoad load(program.order);
    const int status = program.run(argc, argv, [&] {
        load.connect(ca);
        return load.run();
    });
    std::_Exit(status); // What is still in flight would have to be waited for.
}
