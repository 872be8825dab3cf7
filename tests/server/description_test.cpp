#include "daemon/server/description.hpp"

#include "daemon/ledger/refusal.hpp"
#include "protocol/limits.hpp"

#include <boost/test/unit_test.hpp>
#include <string>
#include <utility>
#include <vector>

using namespace usher;
using namespace usher::server;

namespace {

const std::string whole = R"({
  "format": 1,
  "written": {"by": "usherd 1.0.0", "at": "2030-01-15T12:00:00Z", "host": "hostA",
              "node": "0123456789abcdef"},
  "policy": {"term": "25s", "grace": "1500ms"},
  "licenses": [
    {"number": "015.120.055.014", "product": "Client", "vendor": "acme", "metric": "user_device",
     "quantity": 10, "nodelock": "machine", "activated": true, "users": ["daisy", "donald"]},
    {"number": "1.2.3.4", "product": "Extra", "vendor": "acme", "metric": "lease",
     "quantity": "unlimited", "nodelock": "none", "activated": false, "users": null}
  ],
  "profiles": [
    {"name": "Client", "pools": ["1.2.3.4", "015.120.055.014"], "default": true, "capacity": 4},
    {"name": "Extra", "pools": ["1.2.3.4"], "default": false, "capacity": null}
  ]
}
)";

/// `whole` with the first `from` replaced.
std::string with(const std::string& from, const std::string& to)
{
    std::string text = whole;
    const std::size_t at = text.find(from);
    BOOST_REQUIRE(at != std::string::npos);
    return text.replace(at, from.size(), to);
}

std::string objection(const std::string& text)
{
    const auto opened = open_description(text);
    const auto* refusal = std::get_if<ledger::Refusal>(&opened);
    if (!refusal)
        return "";
    BOOST_TEST((refusal->code == ledger::Code::document_invalid));
    return refusal->detail;
}

} // namespace

BOOST_AUTO_TEST_SUITE(description)

BOOST_AUTO_TEST_CASE(a_description_becomes_what_it_says_in_its_order)
{
    const auto opened = open_description(whole);
    BOOST_REQUIRE(std::holds_alternative<ledger::Import>(opened));
    const auto& import = std::get<ledger::Import>(opened);
    BOOST_TEST((import.term == std::chrono::seconds(25)));
    BOOST_TEST((import.grace == std::chrono::milliseconds(1500)));
    BOOST_TEST(!import.dry_run);

    BOOST_REQUIRE(import.licenses.size() == 2U);
    const ledger::Import::License& client = import.licenses[0];
    BOOST_TEST(client.license.id.text == "015.120.055.014");
    BOOST_TEST(client.license.root.text == "015.120.055.014");
    BOOST_TEST(client.license.product.name.text == "Client");
    BOOST_TEST(client.license.product.vendor.text == "acme");
    BOOST_TEST(client.license.quantity.value() == 10);
    BOOST_TEST((client.license.lock == ledger::NodeLock::machine));
    BOOST_TEST(client.license.activated);
    BOOST_TEST((client.metric == ledger::Metric::user_device));
    BOOST_TEST((client.users == std::set<ledger::UserName>{{"daisy"}, {"donald"}}));
    const ledger::Import::License& extra = import.licenses[1];
    BOOST_TEST(!extra.license.quantity.has_value());
    BOOST_TEST(!extra.license.activated);
    BOOST_TEST(!extra.users.has_value());

    BOOST_REQUIRE(import.profiles.size() == 2U);
    const ledger::Profile mixed{{"Client"}, {{"1.2.3.4"}, {"015.120.055.014"}}, true, 4};
    BOOST_TEST((import.profiles[0] == mixed));
    BOOST_TEST(!import.profiles[1].capacity.has_value());
}

/// `whole` with pools and parties.
std::string with_pools(const std::string& from, const std::string& to)
{
    std::string text =
        with("\"users\": null", "\"users\": null, \"pool\": \"Extra\", \"scheme\": \"companies\"");
    text.replace(text.find("[\"1.2.3.4\"]"), 11, "[\"Extra/acme\"]");
    text.replace(text.find("[\"1.2.3.4\", "), 10, "[\"Extra\"");
    text.replace(text.find("\"profiles\""), 0, R"("pools": [
    {"name": "Extra/acme", "root": "Extra", "owner": "acme"},
    {"name": "key-1", "root": "Extra", "owner": null}],
  "parties": [
    {"name": "acme", "kind": "company", "source": "pool"},
    {"name": "ada", "kind": "user", "source": "personal", "company": "acme"},
    {"name": "room", "kind": "instance", "source": "pool", "pool": "key-1"}],
  )");
    const std::size_t at = text.find(from);
    BOOST_REQUIRE(at != std::string::npos);
    return text.replace(at, from.size(), to);
}

BOOST_AUTO_TEST_CASE(pools_and_parties_are_read_where_there_are_any)
{
    const auto opened = open_description(with_pools("acme", "acme"));
    BOOST_REQUIRE(std::holds_alternative<ledger::Import>(opened));
    const auto& import = std::get<ledger::Import>(opened);
    BOOST_TEST(import.licenses.at(0).license.root.text == "015.120.055.014");
    BOOST_TEST(import.licenses.at(0).scheme == "server");
    BOOST_TEST(import.licenses.at(1).license.root.text == "Extra");
    BOOST_TEST(import.licenses.at(1).scheme == "companies");
    BOOST_REQUIRE(import.pools.size() == 2U);
    BOOST_TEST(import.pools[0].pool.text == "Extra/acme");
    BOOST_TEST(import.pools[0].root.text == "Extra");
    BOOST_TEST(import.pools[0].owner.text == "acme");
    BOOST_TEST(import.pools[1].owner.text == "");
    const ledger::Party ada{.id = {"ada"},
                            .kind = ledger::Party::Kind::user,
                            .company = {"acme"},
                            .source = ledger::Source::personal};
    BOOST_REQUIRE(import.parties.size() == 3U);
    BOOST_TEST((import.parties[1] == ada));
    BOOST_TEST(import.parties[2].pool.text == "key-1");
}

BOOST_AUTO_TEST_CASE(each_mistake_about_pools_and_parties_is_named_with_its_place)
{
    const std::vector<std::pair<std::string, std::string>> mistakes{
        {with_pools("\"root\": \"Extra\"", "\"root\": \"Other\""),
         "pools[0].root: is fed by no license of this description"},
        {with_pools("\"name\": \"key-1\"", "\"name\": \"Extra/acme\""),
         "pools[1].name: stands twice"},
        {with_pools("\"name\": \"key-1\"", "\"name\": \"Extra\""),
         "pools[1].name: is that of a pool that a license feeds"},
        {with_pools(", \"owner\": null", ""), "pools[1].owner: is missing"},
        {with_pools("\"kind\": \"company\"", "\"kind\": \"crowd\""),
         "parties[0].kind: is none of company, user, instance"},
        {with_pools("\"source\": \"personal\"", "\"source\": \"luck\""),
         "parties[1].source: is none of root, pool, personal, delegate"},
        {with_pools(", \"company\": \"acme\"", ""), "parties[1].company: is missing"},
        {with_pools("\"name\": \"ada\"", "\"name\": \"acme\""), "parties[1].name: stands twice"},
        {with_pools("\"source\": \"pool\", \"pool\": \"key-1\"", "\"source\": \"pool\""),
         "parties[2].pool: is missing"},
        {with_pools("\"scheme\": \"companies\"", "\"scheme\": 1"), "licenses[1].scheme: "},
    };
    for (const auto& [text, said] : mistakes) {
        const std::string objected = objection(text);
        BOOST_TEST_CONTEXT(said << " / " << objected)
        {
            BOOST_TEST(objected.find(said) != std::string::npos);
        }
    }
}

BOOST_AUTO_TEST_CASE(each_mistake_is_named_with_its_place)
{
    const std::vector<std::pair<std::string, std::string>> mistakes{
        {with("\"format\": 1", "\"format\": 2"), "format: is not 1, which is all"},
        {with("\"format\": 1,", ""), "format: is missing"},
        {with("\"host\": \"hostA\",", ""), "written.host: is missing"},
        {with("2030-01-15T", "2030-01-15 "), "written.at: is not an instant"},
        {with("hostA", "host\\u0007A"), "written.host: "},
        {with("25s", "25"), "policy.term: is not a duration like 25s"},
        {with("\"1500ms\"", "2"), "policy.grace: is not a text"},
        {with("\"grace\"", "\"more\": 1, \"grace\""), "policy.\"more\": is not known"},
        {with("\"licenses\": [", "\"licenses\": [1, "), "licenses[0]: is not an object"},
        {with("\"015.120.055.014\", \"product\"", "\"\", \"product\""),
         "licenses[0].number: is not a name"},
        {with("\"1.2.3.4\", \"product\"", "\"015.120.055.014\", \"product\""),
         "licenses[1].number: stands twice"},
        {with("user_device", "users"), "licenses[0].metric: is none of lease, device"},
        {with("\"quantity\": 10", "\"quantity\": 0"),
         "licenses[0].quantity: is not 1 to 1000000000000"},
        {with("\"quantity\": 10", "\"quantity\": 1000000000001"), "licenses[0].quantity: is not"},
        {with("\"quantity\": 10", "\"quantity\": 1.5"), "licenses[0].quantity: is not"},
        {with("\"unlimited\"", "\"endless\""), "licenses[1].quantity: is not"},
        {with("\"machine\"", "\"cloud\""), "licenses[0].nodelock: is none of none, machine"},
        {with("\"activated\": true", "\"activated\": 1"),
         "licenses[0].activated: is not true or false"},
        {with("\"donald\"", "\"daisy\""), "licenses[0].users[1]: stands twice"},
        {with("\"donald\"", "7"), "licenses[0].users[1]: is not a text"},
        {with("\"donald\"", "\"two\\nlines\""), "licenses[0].users[1]: is not a name"},
        {with("[\"daisy\", \"donald\"]", "\"daisy\""), "licenses[0].users: is not a list"},
        {with("\"profiles\": [", "\"more\": [], \"profiles\": ["), "\"more\": is not known"},
        {with("\"default\": true", "\"defaults\": true"), "profiles[0].default: is missing"},
        {with("\"name\": \"Extra\"", "\"name\": \"Client\""), "profiles[1].name: stands twice"},
        {with("[\"1.2.3.4\", ", "[\"9.9.9.9\", "),
         "profiles[0].pools[0]: names no license of this description"},
        {with("[\"1.2.3.4\", ", "[\"015.120.055.014\", "), "profiles[0].pools[1]: stands twice"},
        {with("[\"1.2.3.4\", \"015.120.055.014\"]", "[]"), "profiles[0].pools: is empty"},
        {with("\"capacity\": 4", "\"capacity\": 0"),
         "profiles[0].capacity: is not 1 to 1000000000000"},
        {with("\"format\": 1", "\"format\": 1, \"format\": 1"), "\"format\" stands twice"},
        {with("\"format\": 1", "\"format\": [[[[[[[[[1]]]]]]]]]"), "nested deeper"},
        {with("\"licenses\": [", "\"licenses\": [,"), "is not JSON from line 6, column 16"},
        {whole + "x", "is not JSON from line 17, column 1"},
        {"[]", "is not an object"},
        {"", "is not JSON"},
        {"{\"format\": 1, \"written\": \"\xff\"}", "is not JSON"},
    };
    for (const auto& [text, said] : mistakes) {
        const std::string objected = objection(text);
        BOOST_TEST_CONTEXT(said << " / " << objected)
        {
            BOOST_TEST(objected.find(said) != std::string::npos);
        }
    }
}

BOOST_AUTO_TEST_CASE(no_member_may_be_left_out)
{
    for (const char* const member :
         {"format",   "by",     "at",       "host",     "node",      "written",
          "policy",   "term",   "grace",    "licenses", "number",    "product",
          "vendor",   "metric", "quantity", "nodelock", "activated", "users",
          "profiles", "name",   "pools",    "default",  "capacity"}) {
        const std::string name = std::string("\"") + member + "\":";
        const std::string objected = objection(with(name, "\"" + std::string(member) + "_\":"));
        BOOST_TEST_CONTEXT(objected)
        {
            BOOST_TEST(objected.find(std::string(member) + ": is missing") != std::string::npos);
        }
    }
}

BOOST_AUTO_TEST_CASE(it_is_as_long_as_the_limit_and_no_longer)
{
    std::string longest = whole;
    longest.append(protocol::description_bytes_max - whole.size(), ' ');
    BOOST_TEST(objection(longest) == "");
    BOOST_TEST(objection(longest + " ") == "it is longer than 768 KiB");
}

BOOST_AUTO_TEST_CASE(a_profile_has_no_more_pools_than_any)
{
    std::string pools = "\"1.2.3.4\"";
    for (std::size_t i = 0; i < ledger::pools_per_profile_max; ++i)
        pools += ", \"" + std::to_string(i) + "\"";
    BOOST_TEST(objection(with("\"1.2.3.4\", \"015.120.055.014\"", pools)) ==
               "profiles[0].pools: has more than 64 entries");
}

BOOST_AUTO_TEST_SUITE_END()
