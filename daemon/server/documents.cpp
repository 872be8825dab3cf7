#include "daemon/server/documents.hpp"

#include "daemon/server/clock.hpp"
#include "daemon/trust/activation.hpp"
#include "protocol/limits.hpp"

#include <algorithm>
#include <utility>

namespace usher::server {

using ledger::Code;
using ledger::Refusal;

Refusal invalid_document(std::string what)
{
    return {.code = Code::document_invalid, .detail = std::move(what)};
}

Refusal refusal_of(const trust::DocumentError& error)
{
    if (error.kind == trust::DocumentError::Kind::unknown_vendor)
        return {.code = Code::unknown_vendor, .detail = error.what};
    return invalid_document(error.what);
}

std::optional<Refusal> objection_to_length(const std::string& document)
{
    if (document.size() <= protocol::license_bytes_max)
        return std::nullopt;
    return invalid_document("it is longer than 16 KiB");
}

trust::Instant now_by(const Premises& premises)
{
    const SystemClock machine;
    const Clock& clock = premises.clock ? *premises.clock : machine;
    const trust::Instant now = std::chrono::floor<std::chrono::seconds>(clock.now().calendar);
    return std::max(now, premises.started);
}

std::shared_ptr<const std::string> shared(std::string document)
{
    return std::make_shared<const std::string>(std::move(document));
}

std::uint64_t number_of(Fields& fields, std::uint64_t number)
{
    fields.require(number >= 1 && number <= trust::activation_number_max, "number",
                   "no number of an activation");
    return number;
}

std::string kind_of(Fields& fields, const std::string& kind)
{
    fields.require(kind.empty() || kind == "machine" || kind == "personal", "kind",
                   "neither machine nor personal");
    return kind.empty() ? "machine" : kind;
}

std::optional<ledger::Check> check_of(const trust::Activation& activation)
{
    if (!activation.check)
        return std::nullopt;
    return ledger::Check{std::chrono::days(activation.check->every_days),
                         std::chrono::days(activation.check->grace_days)};
}

} // namespace usher::server
