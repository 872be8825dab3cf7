#include "daemon/server/license.hpp"

#include "daemon/server/activation.hpp"
#include "daemon/server/documents.hpp"
#include "daemon/server/fields.hpp"
#include "daemon/trust/activation.hpp"
#include "daemon/trust/license_file.hpp"
#include "daemon/trust/node.hpp"
#include "protocol/limits.hpp"

#include <memory>
#include <optional>
#include <utility>

namespace usher::server {
namespace {

using ledger::Code;
using ledger::Refusal;

Refusal invalid(std::string what)
{
    return {.code = Code::license_invalid, .detail = std::move(what)};
}

Refusal license_refusal_of(const trust::DocumentError& error)
{
    Refusal refusal = refusal_of(error);
    if (refusal.code == Code::document_invalid)
        refusal.code = Code::license_invalid;
    return refusal;
}

std::optional<ledger::Metric> metric_of(std::string_view word)
{
    using ledger::Metric;
    for (const Metric metric : {Metric::lease, Metric::device, Metric::user, Metric::user_device})
        if (ledger::word(metric) == word)
            return metric;
    return std::nullopt;
}

std::optional<ledger::NodeLock> lock_of(const trust::License& license)
{
    using ledger::NodeLock;
    if (!license.lock)
        return NodeLock::none;
    for (const NodeLock lock : {NodeLock::machine, NodeLock::personal})
        if (ledger::word(lock) == license.lock->kind)
            return lock;
    return std::nullopt;
}

/// A vendor's signature says who wrote the names, not that they are fit to be shown to anybody.
std::optional<Refusal> objection_to_names(const trust::License& license)
{
    Fields fields;
    fields.name("license", license.number);
    fields.name("product", license.product);
    fields.name("vendor", license.vendor);
    fields.name_or_none("requires", license.requires_product);
    for (const std::string& product : license.downgrades_to)
        fields.name("downgrades_to", product);
    fields.remark("type", license.type);
    if (!fields.refusal())
        return std::nullopt;
    const Refusal& found = *fields.refusal();
    return invalid((found.subject.empty() ? "" : found.subject + ": ") + found.detail);
}

} // namespace

std::variant<ledger::Install, Refusal> open_install(const std::string& document,
                                                    const Premises& premises, ledger::Install asked)
{
    if (document.size() > protocol::license_bytes_max)
        return invalid("it is longer than 16 KiB");
    const auto opened = trust::open_license(document, premises.vendors);
    if (const auto* error = std::get_if<trust::DocumentError>(&opened))
        return license_refusal_of(*error);
    return install_of(std::get<trust::License>(opened), document, premises, std::move(asked));
}

std::variant<ledger::Install, Refusal> install_of(const trust::License& license,
                                                  const std::string& document,
                                                  const Premises& premises, ledger::Install asked)
{
    if (auto objection = objection_to_names(license))
        return *std::move(objection);
    const auto metric = metric_of(license.metric);
    const auto lock = lock_of(license);
    if (!metric || !lock)
        return invalid(metric ? "nodelock: an unknown kind" : "metric: an unknown word");

    ledger::Install install = std::move(asked);
    install.entitlement = {
        .id = {license.number},
        .root = {license.number},
        .product = {{license.vendor}, {license.product}},
        .type = license.type,
        .quantity = license.quantity,
        .from = license.from,
        .to = license.to,
        .maintenance_until = license.maintenance_until,
        .lock = *lock,
        .on_this_node = !license.lock || premises.node->compare(*license.lock).holds,
        .document = std::make_shared<const std::string>(document),
    };
    for (const std::string& product : license.downgrades_to)
        install.entitlement.downgrades_to.insert({product});
    install.metric = *metric;
    if (!license.requires_product.empty())
        install.requires_product = ledger::ProductName{license.requires_product};
    return install;
}

std::variant<ledger::Entitlement, Refusal> entitlement_in(const std::string& document,
                                                          const Premises& premises)
{
    std::uint64_t number = 0;
    std::variant<ledger::Install, Refusal> install;
    if (is_activation(document)) {
        const auto opened = trust::open_activation(document, premises.vendors);
        if (const auto* error = std::get_if<trust::DocumentError>(&opened))
            return refusal_of(*error);
        const auto& activation = std::get<trust::Activation>(opened);
        number = activation.number;
        install = install_of(activation.license, document, premises);
    } else {
        install = open_install(document, premises);
    }
    if (auto* refusal = std::get_if<Refusal>(&install))
        return std::move(*refusal);
    ledger::Entitlement entitlement = std::get<ledger::Install>(std::move(install)).entitlement;
    entitlement.activation = number;
    return entitlement;
}

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

} // namespace usher::server
