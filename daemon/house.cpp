#include "daemon/house.hpp"

#include "daemon/server/fault.hpp"
#include "daemon/server/license.hpp"

#include <algorithm>
#include <chrono>

namespace usher::daemon {
namespace {

/// Empty where too few identifiers were found to lock a license to this host.
std::string text_of(const trust::Node& node)
{
    try {
        return node.text();
    } catch (const server::Fault&) {
        return {};
    }
}

std::string uri_of(const Config& config, std::uint16_t port, const server::Authority& authority)
{
    const bool is_v6 = config.name.find(':') != std::string::npos;
    return "usher://" + (is_v6 ? "[" + config.name + "]" : config.name) + ":" +
           std::to_string(port) + "/?ca=sha256:" + trust::hex(authority.ca_digest());
}

void note(std::vector<server::IdentifierSeen>& seen, const trust::Node::Agreement& agreement)
{
    for (const auto& line : agreement.lines) {
        const auto named = std::ranges::find(seen, line.name, &server::IdentifierSeen::name);
        if (named == seen.end())
            seen.push_back({line.name, line.found, line.matches});
        else
            named->matches = named->matches && line.matches;
    }
}

} // namespace

House open_house(const std::filesystem::path& state, const std::filesystem::path& host_root)
{
    House house{.identifiers = trust::read_identifiers(host_root), .node = nullptr};
    house.node_is_new = !trust::Node::is_in(state);
    house.node = std::make_shared<const trust::Node>(trust::Node::open(state, house.identifiers));
    return house;
}

void Comparison::note(const Counter& counter)
{
    start.counter = counter.seen;
    counter_fault = counter.fault;
    counter_hint = counter.hint;
}

Comparison compare(const House& house, const ledger::Ledger& ledger)
{
    Comparison comparison;
    for (const trust::Identifier& identifier : house.identifiers) {
        const bool found = !identifier.value.empty();
        comparison.identifiers.push_back({identifier.name, found, found});
    }
    for (const ledger::Entitlement& license : ledger.entitlements()) {
        const auto lock = server::lock_of(license);
        if (!lock)
            continue;
        const trust::Node::Agreement agreement = house.node->compare(*lock);
        comparison.start.on_this_node[license.id] = agreement.holds;
        comparison.identifiers_needed = std::max(comparison.identifiers_needed, agreement.need);
        note(comparison.identifiers, agreement);
    }
    return comparison;
}

std::shared_ptr<const server::Premises> make_premises(const Config& config, const House& house,
                                                      const Comparison& comparison,
                                                      std::uint16_t port,
                                                      server::Authority::Instant now)
{
    const server::Authority::Settings settings{
        .directory = config.state / "tls",
        .server_name = config.name,
        .certificate = config.tls.certificate,
        .key = config.tls.key,
        .ca = config.tls.ca,
        .client_ca = config.tls.client_ca,
        .ticket_rotation = std::chrono::floor<std::chrono::seconds>(config.tls.ticket_rotation),
    };
    auto premises = std::make_shared<server::Premises>();
    premises->authority = server::Authority::open(settings, now);
    premises->server = "usherd " USHER_VERSION;
    premises->uri = uri_of(config, port, *premises->authority);
    premises->anonymous = config.anonymous;
    premises->vendors = config.vendor_keys;
    premises->node = house.node;
    premises->clock = house.clock;
    premises->started = house.started;
    premises->node_id = trust::short_name_of(house.node->key());
    premises->node_text = text_of(*house.node);
    premises->identifiers = comparison.identifiers;
    premises->identifiers_needed = comparison.identifiers_needed;
    premises->counter_fault = comparison.counter_fault;
    premises->counter_hint = comparison.counter_hint;
    return premises;
}

} // namespace usher::daemon
