#include "tests/journal/spoiled.hpp"

using namespace usher;
using namespace usher::journal::test;
using journal::read_record;
using journal::RecordWriter;
using journal::Unreadable;

BOOST_AUTO_TEST_SUITE(records)

BOOST_AUTO_TEST_CASE(every_lasting_fact_comes_back_as_it_was)
{
    const std::uint64_t seed = any_seed();
    BOOST_TEST_INFO_SCOPE("USHER_SEED=" << seed);
    AnyFact any(seed);
    RecordWriter writer;
    std::vector<ledger::Fact> back;
    for (int round = 0; round < 200; ++round)
        for (std::size_t kind = 0; kind < kinds; ++kind) {
            const ledger::Fact fact = any.of_kind(kind);
            if (!ledger::is_lasting(fact))
                continue;
            const auto wrong = read_record(writer.write({&fact, 1}), back);
            BOOST_TEST_INFO_SCOPE("kind " << kind << (wrong ? ": " + wrong->why : ""));
            BOOST_REQUIRE(!wrong);
            BOOST_REQUIRE(back.size() == 1U);
            BOOST_REQUIRE(is_same(back[0], fact));
        }
}

BOOST_AUTO_TEST_CASE(a_turn_keeps_the_order_of_its_lasting_facts_and_forgets_the_fleeting_ones)
{
    const std::uint64_t seed = any_seed();
    BOOST_TEST_INFO_SCOPE("USHER_SEED=" << seed);
    AnyFact any(seed);
    std::vector<ledger::Fact> facts;
    std::vector<ledger::Fact> lasting;
    for (int i = 0; i < 1000; ++i) {
        facts.push_back(any.of_any_kind());
        if (ledger::is_lasting(facts.back()))
            lasting.push_back(facts.back());
    }
    BOOST_REQUIRE(lasting.size() < facts.size());
    RecordWriter writer;
    std::vector<ledger::Fact> back;
    BOOST_REQUIRE(!read_record(writer.write(facts), back));
    BOOST_TEST(is_same(back, lasting));
}

BOOST_AUTO_TEST_CASE(a_writer_leaves_nothing_of_one_turn_in_the_next)
{
    AnyFact any(1);
    RecordWriter used;
    RecordWriter fresh;
    static_cast<void>(used.write({{any.of_kind(1), any.of_kind(14), any.of_kind(21)}}));
    const ledger::Fact fact = any.of_kind(4);
    BOOST_TEST(used.write({&fact, 1}) == fresh.write({&fact, 1}));
}

BOOST_AUTO_TEST_CASE(deadlines_and_connections_are_not_written_down)
{
    AnyFact any(1);
    auto granted = any.of<ledger::LeaseGranted>();
    RecordWriter writer;
    const std::string without(writer.write({{granted}}));
    granted.connection = {12};
    granted.deadline = ledger::SteadyInstant(std::chrono::seconds(3));
    BOOST_TEST(writer.write({{granted}}) == without);
}

BOOST_AUTO_TEST_CASE(a_record_of_a_newer_format_says_which_one_it_needs)
{
    record::Record record;
    record.set_needs(journal::record_format + 1);
    BOOST_TEST(unreadable(record).needs == journal::record_format + 1);
    BOOST_TEST(unreadable(record).why ==
               "it needs format " + std::to_string(journal::record_format + 1));
}

BOOST_AUTO_TEST_CASE(a_record_needs_no_newer_format_than_what_stands_in_it)
{
    ledger::Waiter waiter{.lease = {.profile = {"P"}}, .ways = {{{"A"}, {"P"}}, {{"B"}, {"P"}}}};
    const auto needs = [&waiter] {
        RecordWriter writer;
        record::Record record;
        record.ParseFromString(std::string(writer.write({{ledger::Queued{waiter}}})));
        return record.needs();
    };
    BOOST_TEST(needs() == 1U);
    waiter.ways.back().profile = {"Q"}; // A reader of format 1 would take it for P.
    BOOST_TEST(needs() == 2U);
}

BOOST_AUTO_TEST_CASE(what_is_of_pools_and_parties_needs_format_5_and_nothing_else_does)
{
    AnyFact any(3);
    const auto needs = [](const ledger::Fact& fact) {
        RecordWriter writer;
        record::Record record;
        record.ParseFromString(std::string(writer.write({&fact, 1})));
        return record.needs();
    };
    auto scheme = any.of<ledger::SchemeSet>();
    scheme.scheme.use = ledger::Use::served;
    scheme.scheme.changes_models = false;
    BOOST_TEST(needs(scheme) == 5U);
    BOOST_TEST(needs(any.of<ledger::PoolOpened>()) == 5U);
    BOOST_TEST(needs(any.of<ledger::PartySet>()) == 5U);
    BOOST_TEST(needs(any.of<ledger::LeaseMoved>()) == 5U);
    BOOST_TEST(needs(any.of<ledger::PoolRemoved>()) == 1U);
    BOOST_TEST(needs(any.of<ledger::LeaseGranted>()) == 1U);
    BOOST_TEST(needs(any.of<ledger::CounterAnchored>()) == 4U);
    ledger::Denied denied{.refusal = {.code = ledger::Code::no_free_seat}};
    BOOST_TEST(needs(denied) == 1U);
    denied.refusal.redirect = "signed";
    BOOST_TEST(needs(denied) == 3U);
    denied.refusal.row = 7;
    BOOST_TEST(needs(denied) == 5U);
    for (const auto code : {ledger::Code::pool_closed, ledger::Code::not_home_pool})
        BOOST_TEST(needs(ledger::Denied{.refusal = {.code = code}}) == 5U);
}

BOOST_AUTO_TEST_CASE(a_pool_of_format_4_was_of_the_scheme_that_every_server_had)
{
    const std::vector<ledger::Fact> facts{ledger::PoolOpened{
        {.id = {"1"}, .parent = {}, .product = {{"acme"}, {"Pro"}}, .allow = {}}}};
    RecordWriter writer;
    record::Record record;
    BOOST_REQUIRE(record.ParseFromString(std::string(writer.write(facts))));
    record.set_needs(4);
    record.mutable_facts(0)->mutable_pool_opened()->clear_scheme();
    std::vector<ledger::Fact> read;
    BOOST_REQUIRE(!read_record(record.SerializeAsString(), read));
    BOOST_TEST((read == facts));
}

BOOST_AUTO_TEST_CASE(what_format_1_did_not_say_of_a_vendor_is_taken_from_the_license)
{
    const ledger::ProductId product{{"acme"}, {"Pro"}};
    ledger::Entitlement license{.id = {"1"}, .root = {"1"}, .product = product};
    license.document = std::make_shared<const std::string>("signed");
    const std::vector<ledger::Fact> facts{
        ledger::ProductDefined{{product, ledger::ProductName{"Base"}}},
        ledger::PoolOpened{{.id = {"1"}, .parent = {}, .product = product, .allow = {}}},
        ledger::EntitlementInstalled{license, {}}};
    RecordWriter writer;
    record::Record record;
    BOOST_REQUIRE(record.ParseFromString(std::string(writer.write(facts))));
    BOOST_TEST(record.needs() == 5U);
    record.set_needs(1);
    record.mutable_facts(0)->mutable_product_defined()->clear_vendor();
    record.mutable_facts(1)->mutable_pool_opened()->clear_vendor();
    std::vector<ledger::Fact> read;
    BOOST_REQUIRE(!read_record(record.SerializeAsString(), read));
    BOOST_TEST((read == facts));
}

BOOST_AUTO_TEST_CASE(bytes_that_are_no_record_are_called_so)
{
    std::vector<ledger::Fact> facts;
    for (const std::string_view bytes : {"", "\xff", "hello", "\x0a\x7f", "\x08"})
        BOOST_TEST(read_record(bytes, facts)->why == "it is no record");
    BOOST_TEST(unreadable(record::Record()).why == "it is no record");
}

BOOST_AUTO_TEST_CASE(a_fact_that_is_not_known_is_named_by_its_place)
{
    record::Record record;
    record.set_needs(1);
    record.add_facts()->mutable_time_seen();
    record.add_facts();
    BOOST_TEST(unreadable(record).why == "fact 2: it is none that this usherd knows");
}

BOOST_AUTO_TEST_CASE(each_field_of_a_lease_that_cannot_be_is_refused_by_its_name)
{
    has(spoiled(Fact::kLeaseGranted,
                [](Fact& f) { f.mutable_lease_granted()->mutable_lease()->set_id("short"); }),
        "id has the wrong length");
    has(spoiled(Fact::kLeaseGranted,
                [](Fact& f) { f.mutable_lease_granted()->mutable_lease()->set_kind("fast"); }),
        "kind is no word");
    for (const std::int64_t units : {std::int64_t{0}, std::int64_t{-1}, ledger::units_max + 1})
        has(spoiled(Fact::kQueued,
                    [&](Fact& f) { f.mutable_queued()->mutable_lease()->set_units(units); }),
            "units is out of its range");
    has(spoiled(Fact::kLeaseEnded, [](Fact& f) { f.mutable_lease_ended()->set_reason("bored"); }),
        "reason is no word");
    has(spoiled(Fact::kLeaseEnded, [](Fact& f) { f.mutable_lease_ended()->set_id(""); }), "id");
    has(spoiled(Fact::kUnqueued,
                [](Fact& f) { f.mutable_unqueued()->set_id("12345678901234567"); }),
        "id");
}

BOOST_AUTO_TEST_CASE(each_field_of_another_fact_that_cannot_be_is_refused_by_its_name)
{
    has(spoiled(Fact::kPosted, [](Fact& f) { f.mutable_posted()->set_units(0); }), "units");
    has(spoiled(Fact::kPosted,
                [](Fact& f) {
                    f.mutable_posted()->clear_from();
                    f.mutable_posted()->clear_to();
                }),
        "from and to are both missing");
    has(spoiled(Fact::kPoolOpened, [](Fact& f) { f.mutable_pool_opened()->set_metric("weight"); }),
        "metric");
    has(spoiled(Fact::kEntitlementInstalled,
                [](Fact& f) { f.mutable_entitlement_installed()->set_lock("gpu"); }),
        "lock");
    has(spoiled(Fact::kEntitlementInstalled,
                [](Fact& f) { f.mutable_entitlement_installed()->set_quantity(-1); }),
        "quantity");
    has(spoiled(Fact::kEntitlementCounted,
                [](Fact& f) { f.mutable_entitlement_counted()->set_units(-1); }),
        "units");
    has(spoiled(Fact::kProfileSet, [](Fact& f) { f.mutable_profile_set()->set_capacity(-1); }),
        "capacity");
    has(spoiled(Fact::kModeSet, [](Fact& f) { f.mutable_mode_set()->set_mode("party"); }), "mode");
    has(spoiled(Fact::kCredentialIssued,
                [](Fact& f) { f.mutable_credential_issued()->set_digest("abc"); }),
        "digest");
    has(spoiled(Fact::kCredentialIssued,
                [](Fact& f) { f.mutable_credential_issued()->set_kind("smile"); }),
        "kind");
    has(spoiled(Fact::kCredentialIssued,
                [](Fact& f) { f.mutable_credential_issued()->set_role("god"); }),
        "role");
    has(spoiled(Fact::kDenied,
                [](Fact& f) { f.mutable_denied()->mutable_refusal()->set_code("NO_MOOD"); }),
        "code");
    has(spoiled(Fact::kDenied,
                [](Fact& f) { f.mutable_denied()->mutable_refusal()->set_because("NO_MOOD"); }),
        "because");
    has(spoiled(Fact::kActivationRequested,
                [](Fact& f) { f.mutable_activation_requested()->set_nonce("short"); }),
        "nonce");
    has(spoiled(Fact::kActivationRequested,
                [](Fact& f) { f.mutable_activation_requested()->set_kind("gpu"); }),
        "kind");
    has(spoiled(Fact::kActivated, [](Fact& f) { f.mutable_activated()->set_kind("gpu"); }), "kind");
    has(spoiled(Fact::kActivated,
                [](Fact& f) {
                    f.mutable_activated()->set_check_every_us(1);
                    f.mutable_activated()->clear_check_grace_us();
                }),
        "check is given by half");
    has(spoiled(Fact::kActivationEnded,
                [](Fact& f) { f.mutable_activation_ended()->set_digest(""); }),
        "digest");
    has(spoiled(Fact::kShowingMade, [](Fact& f) { f.mutable_showing_made()->clear_nonce(); }),
        "nonce");
    has(spoiled(
            Fact::kDenied,
            [](Fact& f) { f.mutable_denied()->mutable_refusal()->add_holders()->set_units(0); }),
        "units");
}

BOOST_AUTO_TEST_CASE(each_field_of_a_pool_or_party_that_cannot_be_is_refused_by_its_name)
{
    has(spoiled(Fact::kSchemeSet, [](Fact& f) { f.mutable_scheme_set()->clear_name(); }),
        "name is missing");
    has(spoiled(Fact::kSchemeSet, [](Fact& f) { f.mutable_scheme_set()->set_root("tree"); }),
        "root is no word");
    has(spoiled(Fact::kSchemeSet, [](Fact& f) { f.mutable_scheme_set()->set_leases("fast"); }),
        "leases is no word");
    has(spoiled(Fact::kSchemeSet, [](Fact& f) { f.mutable_scheme_set()->set_rebind("carol"); }),
        "rebind is no word");
    has(spoiled(Fact::kSchemeSet, [](Fact& f) { f.mutable_scheme_set()->clear_close(); }),
        "close is no word");
    has(spoiled(Fact::kSchemeSet, [](Fact& f) { f.mutable_scheme_set()->set_lease_length_us(-1); }),
        "lease_length is out of its range");
    has(spoiled(Fact::kEntitlementAmended,
                [](Fact& f) { f.mutable_entitlement_amended()->set_quantity(-1); }),
        "quantity");
    has(spoiled(Fact::kLicenseForgotten,
                [](Fact& f) { f.mutable_license_forgotten()->clear_license(); }),
        "license is missing");
    has(spoiled(Fact::kPoolClosed, [](Fact& f) { f.mutable_pool_closed()->clear_pool(); }),
        "pool is missing");
    has(spoiled(Fact::kPoolRenamed, [](Fact& f) { f.mutable_pool_renamed()->clear_to(); }),
        "to is missing");
    has(spoiled(Fact::kPartySet, [](Fact& f) { f.mutable_party_set()->set_kind("crowd"); }),
        "kind is no word");
    has(spoiled(Fact::kPartySet, [](Fact& f) { f.mutable_party_set()->set_source("luck"); }),
        "source is no word");
    has(spoiled(Fact::kPartySet, [](Fact& f) { f.mutable_party_set()->clear_id(); }),
        "id is missing");
    has(spoiled(Fact::kPartyRemoved, [](Fact& f) { f.mutable_party_removed()->clear_party(); }),
        "party is missing");
    has(spoiled(Fact::kLeaseMoved, [](Fact& f) { f.mutable_lease_moved()->set_id("short"); }),
        "id has the wrong length");
    has(spoiled(Fact::kLeaseMoved, [](Fact& f) { f.mutable_lease_moved()->clear_to(); }),
        "to is missing");
    has(spoiled(Fact::kLeaseMoved, [](Fact& f) { f.mutable_lease_moved()->set_kind("fast"); }),
        "kind is no word");
}

BOOST_AUTO_TEST_CASE(no_byte_that_is_changed_in_a_record_breaks_the_reader)
{
    const std::string good = whole().SerializeAsString();
    std::vector<ledger::Fact> facts;
    RecordWriter writer;
    for (std::size_t i = 0; i < good.size(); ++i) {
        std::string bad = good;
        bad[i] = static_cast<char>(bad[i] ^ (1 << (i % 8)));
        if (!read_record(bad, facts)) {
            std::vector<ledger::Fact> again;
            BOOST_REQUIRE(!read_record(writer.write(facts), again));
            BOOST_REQUIRE(is_same(facts, again));
        }
        static_cast<void>(read_record(std::string_view(good).substr(0, i), facts));
    }
}

BOOST_AUTO_TEST_SUITE_END()
