#include "tests/journal/spoiled.hpp"

using namespace usher;
using namespace usher::journal::test;
using journal::RecordWriter;

BOOST_AUTO_TEST_SUITE(records_of_requirements)

BOOST_AUTO_TEST_CASE(what_is_of_requirements_needs_format_6_and_so_does_what_leads_to_them)
{
    AnyFact any(3);
    const auto needs = [](const ledger::Fact& fact) {
        RecordWriter writer;
        record::Record record;
        record.ParseFromString(std::string(writer.write({&fact, 1})));
        return record.needs();
    };
    BOOST_TEST(needs(any.of<ledger::ProductForgotten>()) == 6U);
    BOOST_TEST(needs(any.of<ledger::FoundationPut>()) == 6U);
    BOOST_TEST(needs(any.of<ledger::FoundationRemoved>()) == 6U);
    BOOST_TEST(needs(any.of<ledger::PrincipalSet>()) == 6U);
    BOOST_TEST(needs(any.of<ledger::ConsolidationSet>()) == 6U);
    BOOST_TEST(needs(any.of<ledger::ProductConsolidationSet>()) == 6U);
    BOOST_TEST(needs(any.of<ledger::Covered>()) == 6U);

    ledger::Scheme scheme{.name = "paper"};
    BOOST_TEST(needs(ledger::SchemeSet{scheme}) == 5U);
    scheme.use = ledger::Use::reconciled; // A reader of format 5 would lend what stands on paper.
    BOOST_TEST(needs(ledger::SchemeSet{scheme}) == 6U);

    auto installed = any.of<ledger::EntitlementInstalled>();
    installed.entitlement.activation = 0;
    installed.entitlement.downgrades_to.clear();
    BOOST_TEST(needs(installed) == 1U);
    installed.entitlement.downgrades_to = {{"Editor 16"}};
    BOOST_TEST(needs(installed) == 6U);
    BOOST_TEST(needs(ledger::EntitlementAmended{installed.entitlement, {}}) == 6U);

    auto defined = any.of<ledger::ProductDefined>();
    defined.product.model.reset();
    BOOST_TEST(needs(defined) == 2U);
    defined.product.model = ledger::Model::device;
    BOOST_TEST(needs(defined) == 6U);

    for (const auto code : {ledger::Code::unknown_product, ledger::Code::only_trigger_license})
        BOOST_TEST(needs(ledger::Denied{.refusal = {.code = code}}) == 6U);
}

BOOST_AUTO_TEST_CASE(each_field_of_a_requirement_that_cannot_be_is_refused_by_its_name)
{
    has(spoiled(Fact::kProductForgotten,
                [](Fact& f) { f.mutable_product_forgotten()->clear_product(); }),
        "product is missing");
    has(spoiled(Fact::kFoundationPut, [](Fact& f) { f.mutable_foundation_put()->clear_of(); }),
        "product is missing");
    has(spoiled(Fact::kFoundationPut,
                [](Fact& f) { f.mutable_foundation_put()->mutable_of()->clear_consumer(); }),
        "consumer is missing");
    has(spoiled(Fact::kFoundationPut,
                [](Fact& f) { f.mutable_foundation_put()->mutable_of()->set_kind("room"); }),
        "consumer's kind is no word");
    has(spoiled(Fact::kFoundationPut, [](Fact& f) { f.mutable_foundation_put()->clear_source(); }),
        "source is missing");
    has(spoiled(Fact::kFoundationPut,
                [](Fact& f) { f.mutable_foundation_put()->set_model("none"); }),
        "model is no word");
    for (const std::int64_t number : {std::int64_t{0}, std::int64_t{-1}, ledger::units_max + 1})
        has(spoiled(Fact::kFoundationPut,
                    [&](Fact& f) { f.mutable_foundation_put()->set_number(number); }),
            "number is out of its range");
    has(spoiled(Fact::kFoundationPut, [](Fact& f) { f.mutable_foundation_put()->set_seq(0); }),
        "seq is out of its range");
    has(spoiled(Fact::kFoundationRemoved,
                [](Fact& f) { f.mutable_foundation_removed()->clear_source(); }),
        "source is missing");
    has(spoiled(Fact::kPrincipalSet, [](Fact& f) { f.mutable_principal_set()->clear_device(); }),
        "device is missing");
}

BOOST_AUTO_TEST_CASE(each_field_of_what_covers_a_requirement_that_cannot_be_is_refused_by_its_name)
{
    has(spoiled(Fact::kConsolidationSet,
                [](Fact& f) { f.mutable_consolidation_set()->clear_behind(); }),
        "product is missing");
    has(spoiled(Fact::kConsolidationSet,
                [](Fact& f) { f.mutable_consolidation_set()->set_kind("mood"); }),
        "kind is no word");
    has(spoiled(Fact::kConsolidationSet,
                [](Fact& f) { f.mutable_consolidation_set()->set_kind("suite"); }),
        "kind is not one of what it consolidates");
    has(spoiled(Fact::kProductConsolidationSet,
                [](Fact& f) { f.mutable_product_consolidation_set()->set_kind("manual"); }),
        "kind is not one of what it consolidates");
    has(spoiled(Fact::kProductConsolidationSet,
                [](Fact& f) { f.mutable_product_consolidation_set()->clear_behind(); }),
        "behind is missing");
    has(spoiled(Fact::kCovered,
                [](Fact& f) {
                    auto& grant = *f.mutable_covered()->add_grants();
                    grant.set_pool("L19");
                    grant.set_units(0);
                }),
        "units is out of its range");
    has(spoiled(Fact::kCovered, [](Fact& f) { f.mutable_covered()->add_grants()->set_units(1); }),
        "pool is missing");
    has(spoiled(Fact::kCovered, [](Fact& f) { f.mutable_covered()->set_trigger(""); }),
        "trigger is missing");
    has(spoiled(Fact::kCovered,
                [](Fact& f) {
                    f.mutable_covered()->clear_trigger();
                    f.mutable_covered()->set_into("ann");
                }),
        "into does not go with the trigger");
    has(spoiled(Fact::kProductDefined,
                [](Fact& f) { f.mutable_product_defined()->set_model("room"); }),
        "model is no word");
    has(spoiled(Fact::kSchemeSet, [](Fact& f) { f.mutable_scheme_set()->set_use("eaten"); }),
        "use is no word");
    has(spoiled(Fact::kEntitlementInstalled,
                [](Fact& f) { f.mutable_entitlement_installed()->add_downgrades_to(""); }),
        "downgrades_to is missing");
}

BOOST_AUTO_TEST_SUITE_END()
