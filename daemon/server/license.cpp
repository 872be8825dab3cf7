#include "daemon/server/license.hpp"

#include "daemon/server/fields.hpp"
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

Refusal refusal_of(const trust::DocumentError& error)
{
    if (error.kind == trust::DocumentError::Kind::unknown_vendor)
        return {.code = Code::unknown_vendor, .detail = error.what};
    return invalid(error.what);
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
    fields.remark("type", license.type);
    if (!fields.refusal())
        return std::nullopt;
    const Refusal& found = *fields.refusal();
    return invalid((found.subject.empty() ? "" : found.subject + ": ") + found.detail);
}

} // namespace

std::variant<ledger::Install, Refusal> open_install(const std::string& document,
                                                    const Premises& premises)
{
    if (document.size() > protocol::license_bytes_max)
        return invalid("it is longer than 16 KiB");
    const auto opened = trust::open_license(document, premises.vendors);
    if (const auto* error = std::get_if<trust::DocumentError>(&opened))
        return refusal_of(*error);
    return install_of(std::get<trust::License>(opened), document, premises);
}

std::variant<ledger::Install, Refusal>
install_of(const trust::License& license, const std::string& document, const Premises& premises)
{
    if (auto objection = objection_to_names(license))
        return *std::move(objection);
    const auto metric = metric_of(license.metric);
    const auto lock = lock_of(license);
    if (!metric || !lock)
        return invalid(metric ? "nodelock: an unknown kind" : "metric: an unknown word");

    ledger::Install install;
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
    install.metric = *metric;
    if (!license.requires_product.empty())
        install.requires_product = ledger::ProductName{license.requires_product};
    return install;
}

} // namespace usher::server
