#include "daemon/journal/license_record.hpp"

#include <cassert>

namespace usher::journal {

using ledger::Fact;

namespace {

ledger::Entitlement entitlement(Fields& fields, const record::EntitlementInstalled& from)
{
    ledger::Entitlement to;
    to.id = {from.id()};
    to.root = {from.root()};
    to.product = {{from.vendor()}, {from.product()}};
    to.type = from.type();
    if (from.has_quantity())
        to.quantity = fields.units("quantity", from.quantity(), 0);
    if (from.has_from_us())
        to.from = instant(from.from_us());
    if (from.has_to_us())
        to.to = instant(from.to_us());
    if (from.has_maintenance_until_us())
        to.maintenance_until = instant(from.maintenance_until_us());
    to.lock = fields.word("lock", from.lock(), ledger::NodeLock::personal);
    to.on_this_node = from.on_this_node();
    to.document = std::make_shared<const std::string>(from.document());
    to.activation = from.activation();
    for (const std::string& product : from.downgrades_to())
        to.downgrades_to.insert(ledger::ProductName{fields.name("downgrades_to", product)});
    return to;
}

void fill(record::EntitlementInstalled& to, const ledger::Entitlement& entitlement,
          const ledger::Identity& by)
{
    assert(entitlement.document);
    to.set_id(entitlement.id.text);
    to.set_root(entitlement.root.text);
    to.set_product(entitlement.product.name.text);
    to.set_vendor(entitlement.product.vendor.text);
    to.set_type(entitlement.type);
    if (entitlement.quantity)
        to.set_quantity(*entitlement.quantity);
    if (entitlement.from)
        to.set_from_us(microseconds(*entitlement.from));
    if (entitlement.to)
        to.set_to_us(microseconds(*entitlement.to));
    if (entitlement.maintenance_until)
        to.set_maintenance_until_us(microseconds(*entitlement.maintenance_until));
    to.set_lock(text(word(entitlement.lock)));
    to.set_on_this_node(entitlement.on_this_node);
    to.set_document(*entitlement.document);
    to.set_by(by.text);
    to.set_activation(entitlement.activation);
    for (const ledger::ProductName& product : entitlement.downgrades_to)
        to.add_downgrades_to(product.text);
}

} // namespace

Fact fact_from(Fields& fields, const record::EntitlementInstalled& from)
{
    return ledger::EntitlementInstalled{entitlement(fields, from), {from.by()}};
}

Fact amended_from(Fields& fields, const record::EntitlementInstalled& from)
{
    return ledger::EntitlementAmended{entitlement(fields, from), {from.by()}};
}

Fact fact_from(Fields&, const record::EntitlementRemoved& from)
{
    return ledger::EntitlementRemoved{{from.id()}, {from.by()}};
}

Fact fact_from(Fields& fields, const record::LicenseExpected& from)
{
    ledger::ExpectedLicense to;
    to.id = {from.id()};
    to.root = {from.root()};
    to.product = {{from.vendor()}, {from.product()}};
    if (from.has_quantity())
        to.quantity = fields.units("quantity", from.quantity(), 0);
    to.lock = fields.word("lock", from.lock(), ledger::NodeLock::personal);
    to.activated = from.activated();
    return ledger::LicenseExpected{std::move(to), {from.by()}};
}

Fact fact_from(Fields& fields, const record::LicenseForgotten& from)
{
    return ledger::LicenseForgotten{{fields.name("license", from.license())}, {from.by()}};
}

void put(record::Fact& to, const ledger::EntitlementInstalled& fact)
{
    fill(*to.mutable_entitlement_installed(), fact.entitlement, fact.by);
}

void put(record::Fact& to, const ledger::EntitlementAmended& fact)
{
    fill(*to.mutable_entitlement_amended(), fact.entitlement, fact.by);
}

void put(record::Fact& to, const ledger::EntitlementRemoved& fact)
{
    record::EntitlementRemoved& one = *to.mutable_entitlement_removed();
    one.set_id(fact.id.text);
    one.set_by(fact.by.text);
}

void put(record::Fact& to, const ledger::LicenseExpected& fact)
{
    record::LicenseExpected& one = *to.mutable_license_expected();
    one.set_id(fact.license.id.text);
    one.set_root(fact.license.root.text);
    one.set_product(fact.license.product.name.text);
    one.set_vendor(fact.license.product.vendor.text);
    if (fact.license.quantity)
        one.set_quantity(*fact.license.quantity);
    one.set_lock(text(word(fact.license.lock)));
    one.set_activated(fact.license.activated);
    one.set_by(fact.by.text);
}

void put(record::Fact& to, const ledger::LicenseForgotten& fact)
{
    record::LicenseForgotten& one = *to.mutable_license_forgotten();
    one.set_license(fact.license.text);
    one.set_by(fact.by.text);
}

} // namespace usher::journal
