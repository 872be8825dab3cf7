#pragma once

#include "daemon/server/authority.hpp"
#include "daemon/server/premises.hpp"
#include "daemon/trust/license_file.hpp"
#include "daemon/trust/node.hpp"
#include "tests/support/scratch.hpp"

#include <memory>
#include <string>

/// What tests of the server stand in: a directory of their own and premises with a real authority,
/// a real node and one trusted vendor.
namespace usher::server::test {

using tests::Scratch;

struct House {
    Scratch scratch;
    trust::SigningKey vendor = trust::SigningKey::generate();
    Premises premises;

    House()
    {
        const Authority::Settings settings{.directory = scratch.path() / "tls",
                                           .server_name = "usher.test"};
        premises.server = "usherd test";
        premises.uri = "usher://usher.test:4750/?ca=sha256:00";
        premises.vendors = {{"acme", vendor.public_key()}};
        premises.node = std::make_shared<const trust::Node>(
            trust::Node::open(scratch.path(), {{"machine_id", "m-1", ""}, {"mac", "02:00", ""}}));
        premises.node_text = premises.node->text();
        premises.node_id = "0123456789abcdef";
        premises.identifiers = {{"machine_id", true, true}, {"mac", false, false}};
        premises.authority = Authority::open(settings, std::chrono::system_clock::now());
    }

    /// A license of the vendor for ten lease seats, locked to this node.
    [[nodiscard]] trust::License license() const
    {
        trust::License license;
        license.vendor = "acme";
        license.number = "015.120.065.016";
        license.product = "PROSession";
        license.metric = "lease";
        license.quantity = 10;
        license.type = "annual";
        license.lock = trust::lock_from(premises.node_text, "machine", 2);
        return license;
    }
};

} // namespace usher::server::test
