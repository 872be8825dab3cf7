#include "tests/bench/usher_words.hpp"

namespace usher::bench {
namespace {

void begin(v1::Request& request, std::uint64_t id)
{
    request.Clear();
    request.set_id(id);
}

} // namespace

void fill_hello(v1::Request& request, std::uint64_t id, const std::string& key)
{
    begin(request, id);
    v1::Hello& hello = *request.mutable_hello();
    hello.set_version(1);
    hello.set_version_min(1);
    hello.set_client("bench");
    hello.set_key(key);
}

void fill_checkout(v1::Request& request, std::uint64_t id, const std::string& lease)
{
    begin(request, id);
    v1::Checkout& checkout = *request.mutable_checkout();
    checkout.set_lease(lease);
    checkout.set_profile("Bench");
    checkout.set_units(1);
    checkout.set_user("solver");
    checkout.set_device("bench.example.com");
    checkout.set_pid(4711);
}

void fill_renew(v1::Request& request, std::uint64_t id, std::span<const std::string> leases)
{
    begin(request, id);
    for (const std::string& lease : leases)
        request.mutable_renew()->add_leases(lease);
}

void fill_checkin(v1::Request& request, std::uint64_t id, const std::string& lease)
{
    begin(request, id);
    request.mutable_checkin()->set_lease(lease);
}

} // namespace usher::bench
