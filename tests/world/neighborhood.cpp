#include "tests/world/neighborhood.hpp"

#include "daemon/server/authority.hpp"

#include <array>
#include <chrono>
#include <memory>

namespace usher::world {
namespace {

constexpr std::array<std::uint8_t, 32> vendor_seed{7};

} // namespace

Neighborhood::Neighborhood() : vendor_(trust::SigningKey::from_seed(vendor_seed))
{
    premises_.server = "usherd of a world";
    premises_.uri = "usher://usher.test:4750/?ca=sha256:00";
    premises_.vendors = {{"acme", vendor_.public_key()}};
    premises_.node = std::make_shared<const trust::Node>(
        trust::Node::open(scratch_.path(), {{"machine_id", "m-1", ""}, {"mac", "02:00", ""}}));
    premises_.node_text = premises_.node->text();
    premises_.node_id = "0123456789abcdef";
    premises_.authority =
        server::Authority::open({.directory = scratch_.path() / "tls", .server_name = "usher.test"},
                                std::chrono::system_clock::now());
}

ledger::Install license_for(ledger::Units quantity)
{
    ledger::Install install{.by = {"local:root"}, .entitlement = {}, .profile = {"P"}};
    install.entitlement.id = {"L"};
    install.entitlement.root = {"L"};
    install.entitlement.product = {{"acme"}, {"P"}};
    install.entitlement.quantity = quantity;
    install.entitlement.document = std::make_shared<const std::string>("license");
    return install;
}

} // namespace usher::world
