#include "daemon/server/translate_requirements.hpp"

#include "daemon/ledger/limits.hpp"
#include "daemon/server/fields.hpp"
#include "protocol/limits.hpp"

#include <array>
#include <utility>

namespace usher::server {
namespace {

using ledger::Consolidating;
using ledger::Model;
using ledger::Refusal;
using ledger::RequirementStatus;

static_assert(protocol::rows_max == ledger::rows_max);
static_assert(protocol::table_rows_max == ledger::kept_rows_max);

constexpr std::array models{Model::device, Model::user};
constexpr std::array by_hand{Consolidating::manual, Consolidating::remote};
constexpr std::array by_product{Consolidating::suite, Consolidating::version};
constexpr std::array statuses{RequirementStatus::unconfirmed, RequirementStatus::consolidated,
                              RequirementStatus::license_required,
                              RequirementStatus::partially_licensed, RequirementStatus::licensed};

/// Of whoever says so without a name: a person, not a program that finds installations.
constexpr std::string_view usual_source = "manual";

ledger::ProductCall product(Fields& fields, const std::string& name, const std::string& vendor)
{
    return {.name = {fields.name("product", name)},
            .vendor = {fields.name_or_none("vendor", vendor)}};
}

ledger::RequirementCall call(Fields& fields, std::string_view field,
                             const v1::RequirementName& asked)
{
    const std::string of = std::string(field) + ".";
    ledger::RequirementCall call{
        .product = {.name = {fields.name(of + "product", asked.product())},
                    .vendor = {fields.name_or_none(of + "vendor", asked.vendor())}},
        .consumer = {}};
    call.consumer.kind = fields.one_of(of + "kind", asked.kind(), models);
    call.consumer.name = fields.name(of + "consumer", asked.consumer());
    return call;
}

/// A line: who says so need not be a name, but people read it. Empty: the caller says what of.
std::string source(Fields& fields, const std::string& text)
{
    fields.require(text.size() <= protocol::source_bytes_max, "source", "longer than 64 bytes");
    return fields.remark("source", text);
}

std::string source_or_usual(Fields& fields, const std::string& text)
{
    return text.empty() ? std::string(usual_source) : source(fields, text);
}

ledger::PutFoundations::Row row_of(Fields& fields, const v1::RequirementAdd::Row& asked)
{
    ledger::PutFoundations::Row row{
        .of = call(fields, "of", asked.of()),
        .source = source_or_usual(fields, asked.source()),
        .model = {},
        .number = asked.has_units() ? asked.units() : 1, // The ledger says which are none.
        .confirmed = !asked.unconfirmed()};
    if (!asked.model().empty())
        row.model = fields.one_of("model", asked.model(), models);
    return row;
}

ledger::SetPrincipals::Row row_of(Fields& fields, const v1::PartyPrincipal::Row& asked)
{
    return {.device = {fields.name("device", asked.device())},
            .user = {fields.name_or_none("user", asked.user())}};
}

/// The rows of a message as those of a command; the first that is wrong refuses them all.
template <class Command, class Message>
Translation of_rows(const Message& asked, const Caller& caller)
{
    Fields fields;
    fields.require(std::cmp_less_equal(asked.rows_size(), protocol::rows_max), "rows",
                   "more than 10000");
    if (fields.refusal())
        return *fields.refusal();
    Command command{.by = caller.identity,
                    .rows = {},
                    .dry_run = asked.dry_run(),
                    .part = {.connection = caller.connection, .more = asked.more()}};
    command.rows.reserve(static_cast<std::size_t>(asked.rows_size()));
    for (const auto& row : asked.rows()) {
        command.rows.push_back(row_of(fields, row));
        if (!fields.refusal())
            continue;
        Refusal refusal = *fields.refusal();
        refusal.row = static_cast<ledger::Units>(command.rows.size());
        return refusal;
    }
    return Asked{std::move(command), operated()};
}

// Each verb as a command; where a field is wrong, `fields` says so.

ledger::DefineProduct command_of(Fields& fields, const v1::ProductAdd& asked, const Caller& caller)
{
    ledger::DefineProduct command{.by = caller.identity,
                                  .product = product(fields, asked.product(), asked.vendor())};
    if (!asked.model().empty())
        command.model = fields.one_of("model", asked.model(), models);
    return command;
}

ledger::ForgetProduct command_of(Fields& fields, const v1::ProductRemove& asked,
                                 const Caller& caller)
{
    return {.by = caller.identity, .product = product(fields, asked.product(), asked.vendor())};
}

ledger::ConsolidateProducts command_of(Fields& fields, const v1::ProductConsolidate& asked,
                                       const Caller& caller)
{
    ledger::ConsolidateProducts command{.by = caller.identity,
                                        .product = product(fields, asked.product(), asked.vendor()),
                                        .behind = {},
                                        .ended = asked.undo()};
    if (!asked.kind().empty())
        command.kind = fields.one_of("kind", asked.kind(), by_product);
    if (!asked.undo())
        command.behind = {.name = {fields.name("behind", asked.behind())},
                          .vendor = {fields.name_or_none("behind_vendor", asked.behind_vendor())}};
    return command;
}

ledger::RemoveFoundation command_of(Fields& fields, const v1::RequirementRemove& asked,
                                    const Caller& caller)
{
    return {.by = caller.identity,
            .of = call(fields, "of", asked.of()),
            .source = source(fields, asked.source())};
}

/// All that one source says.
ledger::RemoveSource source_of(Fields& fields, const v1::RequirementRemove& asked,
                               const Caller& caller)
{
    fields.require(!asked.source().empty(), "source", "neither it nor a requirement is named");
    return {.by = caller.identity,
            .source = source(fields, asked.source()),
            .product = {.name = {fields.name_or_none("product", asked.product())},
                        .vendor = {fields.name_or_none("vendor", asked.vendor())}}};
}

ledger::ConfirmFoundation command_of(Fields& fields, const v1::RequirementConfirm& asked,
                                     const Caller& caller)
{
    return {.by = caller.identity,
            .of = call(fields, "of", asked.of()),
            .source = source(fields, asked.source()),
            .confirmed = !asked.undo()};
}

ledger::Consolidate command_of(Fields& fields, const v1::RequirementConsolidate& asked,
                               const Caller& caller)
{
    ledger::Consolidate command{.by = caller.identity,
                                .requirement = call(fields, "requirement", asked.requirement()),
                                .behind = {},
                                .ended = asked.undo()};
    if (!asked.kind().empty())
        command.kind = fields.one_of("kind", asked.kind(), by_hand);
    if (!asked.undo())
        command.behind = call(fields, "behind", asked.behind());
    return command;
}

ledger::Entitle command_of(Fields& fields, const v1::RequirementEntitle& asked,
                           const Caller& caller)
{
    return {.by = caller.identity,
            .requirement = call(fields, "requirement", asked.requirement()),
            .license = {fields.name("license", asked.license())}};
}

ledger::ChangeModel command_of(Fields& fields, const v1::RequirementChange& asked,
                               const Caller& caller)
{
    return {.by = caller.identity,
            .requirement = call(fields, "requirement", asked.requirement()),
            .license = {fields.name("license", asked.license())}};
}

ledger::ListRequirements command_of(Fields& fields, const v1::RequirementListAsk& asked,
                                    const Caller&)
{
    ledger::ListRequirements command{
        .product = {.name = {fields.name_or_none("product", asked.product())},
                    .vendor = {fields.name_or_none("vendor", asked.vendor())}},
        .status = {},
        .after = {}};
    if (!asked.status().empty())
        command.status = fields.one_of("status", asked.status(), statuses);
    if (asked.has_after()) {
        const ledger::RequirementCall after = call(fields, "after", asked.after());
        // Who goes on says where by the whole name that it was told.
        fields.require(!after.product.vendor.empty(), "after.vendor", "none given");
        command.after =
            ledger::RequirementId{{after.product.vendor, after.product.name}, after.consumer};
    }
    return command;
}

ledger::ListPrincipals command_of(Fields& fields, const v1::PrincipalListAsk& asked, const Caller&)
{
    ledger::ListPrincipals command;
    if (!asked.after().empty())
        command.after = ledger::DeviceName{fields.name("after", asked.after())};
    return command;
}

ledger::ExplainRequirement command_of(Fields& fields, const v1::RequirementExplain& asked,
                                      const Caller&)
{
    return {.requirement = call(fields, "requirement", asked.requirement())};
}

template <class Message>
Translation operators(const Message& asked, const Caller& caller)
{
    Fields fields;
    auto command = command_of(fields, asked, caller);
    if (fields.refusal())
        return *fields.refusal();
    return Asked{std::move(command), operated()};
}

} // namespace

Translation translate_requirements(const v1::ProductAdd& asked, const Caller& caller)
{
    return operators(asked, caller);
}

Translation translate_requirements(const v1::ProductRemove& asked, const Caller& caller)
{
    return operators(asked, caller);
}

Translation translate_requirements(const v1::ProductConsolidate& asked, const Caller& caller)
{
    return operators(asked, caller);
}

Translation translate_requirements(const v1::RequirementAdd& asked, const Caller& caller)
{
    return of_rows<ledger::PutFoundations>(asked, caller);
}

Translation translate_requirements(const v1::RequirementRemove& asked, const Caller& caller)
{
    if (asked.has_of())
        return operators(asked, caller);
    Fields fields;
    auto command = source_of(fields, asked, caller);
    if (fields.refusal())
        return *fields.refusal();
    return Asked{std::move(command), operated()};
}

Translation translate_requirements(const v1::RequirementConfirm& asked, const Caller& caller)
{
    return operators(asked, caller);
}

Translation translate_requirements(const v1::RequirementConsolidate& asked, const Caller& caller)
{
    return operators(asked, caller);
}

Translation translate_requirements(const v1::RequirementEntitle& asked, const Caller& caller)
{
    return operators(asked, caller);
}

Translation translate_requirements(const v1::RequirementChange& asked, const Caller& caller)
{
    return operators(asked, caller);
}

Translation translate_requirements(const v1::PartyPrincipal& asked, const Caller& caller)
{
    return of_rows<ledger::SetPrincipals>(asked, caller);
}

Translation translate_requirements(const v1::Reconcile& asked, const Caller& caller)
{
    return Asked{ledger::Reconcile{.by = caller.identity, .dry_run = asked.dry_run()}, operated()};
}

Translation translate_requirements(const v1::RequirementListAsk& asked, const Caller& caller)
{
    return operators(asked, caller);
}

Translation translate_requirements(const v1::PrincipalListAsk& asked, const Caller& caller)
{
    return operators(asked, caller);
}

Translation translate_requirements(const v1::RequirementExplain& asked, const Caller& caller)
{
    return operators(asked, caller);
}

Translation translate_requirements(const v1::ComplianceAsk&, const Caller&)
{
    return Asked{ledger::ReportCompliance{}, operated()};
}

} // namespace usher::server
