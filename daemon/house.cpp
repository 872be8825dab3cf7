#include "daemon/house.hpp"

#include "daemon/server/fault.hpp"
#include "daemon/trust/activation.hpp"

#include <algorithm>
#include <chrono>

namespace usher::daemon {
namespace {

/// 16 hex digits of the key's SHA-256: enough to tell hosts apart, short enough to read out.
std::string short_name_of(const trust::Node& node)
{
    constexpr std::size_t bytes = 8;
    const trust::PublicKey& key = node.key();
    const trust::Digest digest =
        trust::sha256({reinterpret_cast<const char*>(key.data()), key.size()});
    return trust::hex(std::span(digest).first(bytes));
}

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

/// A license whose vendor is not trusted any more still says for which host it is.
std::optional<trust::NodeLockTerms> lock_of(const ledger::Entitlement& entitlement)
{
    if (entitlement.activation != 0) {
        auto read = trust::read_activation_unverified(*entitlement.document);
        auto* const activation = std::get_if<trust::Activation>(&read);
        return activation == nullptr ? std::nullopt : std::move(activation->license.lock);
    }
    auto read = trust::read_license_unverified(*entitlement.document);
    auto* const license = std::get_if<trust::License>(&read);
    return license == nullptr ? std::nullopt : std::move(license->lock);
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
    house.node = std::make_shared<const trust::Node>(trust::Node::open(state, house.identifiers));
    return house;
}

Comparison compare(const House& house, const ledger::Ledger& ledger)
{
    Comparison comparison;
    for (const trust::Identifier& identifier : house.identifiers) {
        const bool found = !identifier.value.empty();
        comparison.identifiers.push_back({identifier.name, found, found});
    }
    for (const ledger::Entitlement& license : ledger.entitlements()) {
        const auto lock = lock_of(license);
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
    premises->node_id = short_name_of(*house.node);
    premises->node_text = text_of(*house.node);
    premises->identifiers = comparison.identifiers;
    premises->identifiers_needed = comparison.identifiers_needed;
    return premises;
}

} // namespace usher::daemon
