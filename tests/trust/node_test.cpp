#include "daemon/trust/node.hpp"

#include "daemon/trust/fault.hpp"
#include "daemon/trust/jws.hpp"
#include "tests/support/scratch.hpp"

#include <boost/test/unit_test.hpp>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <sys/stat.h>

using namespace usher;
using namespace usher::trust;

namespace {

std::vector<Identifier> three_identifiers()
{
    return {{"machine_id", "m-1", ""}, {"root_disk", "d-1", ""}, {"mac", "02:00", ""}};
}

/// A state directory in which nothing is yet.
struct FirstStart {
    tests::Scratch scratch;
    std::filesystem::path file = scratch.path() / "node.json";

    Node open(std::vector<Identifier> identifiers = three_identifiers())
    {
        return Node::open(scratch.path(), std::move(identifiers));
    }

    std::string fault()
    {
        try {
            (void)open();
        } catch (const Fault& fault) {
            BOOST_TEST(!fault.hint().empty());
            return fault.what();
        }
        return "";
    }

    std::string text()
    {
        std::ifstream stream(file);
        return {std::istreambuf_iterator<char>(stream), {}};
    }

    void write(const std::string& text) { std::ofstream(file, std::ios::trunc) << text; }
};

/// A node and a lock that names it.
struct Locked : FirstStart {
    Node node = open();
    NodeLockTerms lock = lock_from(node.text(), "machine", 2).value();

    /// What another start, which finds other identifiers, says about the lock.
    Node::Agreement later(std::vector<Identifier> identifiers)
    {
        return open(std::move(identifiers)).compare(lock);
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(node_file, FirstStart)

BOOST_AUTO_TEST_CASE(the_first_start_makes_a_key_that_later_ones_find)
{
    const Node first = open();
    struct stat found {};
    BOOST_TEST(::stat(file.c_str(), &found) == 0);
    BOOST_TEST((found.st_mode & 07777U) == 0600U);
    const std::string made = text();
    const Node second = open();
    BOOST_TEST((second.key() == first.key()));
    BOOST_TEST(second.text() == first.text());
    BOOST_TEST(text() == made);
    BOOST_TEST(std::distance(std::filesystem::directory_iterator(scratch.path()), {}) == 1);
}

BOOST_AUTO_TEST_CASE(two_nodes_have_nothing_in_common)
{
    FirstStart elsewhere;
    const auto here = lock_from(open().text(), "machine", 2).value();
    const auto there = lock_from(elsewhere.open().text(), "machine", 2).value();
    BOOST_TEST((here.node != there.node));
    BOOST_TEST((here.salt != there.salt));
    BOOST_TEST((here.identifiers.at("mac") != there.identifiers.at("mac")));
}

BOOST_AUTO_TEST_CASE(a_key_that_others_may_read_is_refused)
{
    (void)open();
    for (const mode_t mode : {0640U, 0604U, 0620U, 0602U}) {
        ::chmod(file.c_str(), mode);
        BOOST_TEST(fault() == file.string() +
                                  " can be read by others, so what it holds is no secret any more");
    }
    ::chmod(file.c_str(), 0600);
    BOOST_TEST(fault() == "");
}

BOOST_AUTO_TEST_CASE(a_link_is_not_followed)
{
    (void)open();
    const auto moved = scratch.path() / "elsewhere";
    std::filesystem::rename(file, moved);
    std::filesystem::create_symlink(moved, file);
    BOOST_TEST(fault() == "cannot read " + file.string() + ": it is a symbolic link");
    std::filesystem::remove(moved); // Nor is one that leads nowhere taken for a first start.
    BOOST_TEST(fault() == "cannot read " + file.string() + ": it is a symbolic link");
}

BOOST_AUTO_TEST_CASE(what_is_no_file_is_refused)
{
    std::filesystem::create_directory(file);
    ::chmod(file.c_str(), 0700);
    BOOST_TEST(fault() == file.string() + " is not a regular file");
}

BOOST_AUTO_TEST_CASE(a_directory_that_is_missing_is_named)
{
    const auto missing = scratch.path() / "missing";
    BOOST_CHECK_EXCEPTION((void)Node::open(missing, three_identifiers()), Fault,
                          [&](const Fault& f) {
                              return std::string(f.what()).find((missing / "node.json").string()) !=
                                     std::string::npos;
                          });
}

BOOST_AUTO_TEST_CASE(a_damaged_key_is_never_replaced)
{
    (void)open();
    const std::string good = text();
    const std::string garbage[] = {"",
                                   "\n",
                                   "garbage\n",
                                   good.substr(0, good.size() - 1),
                                   good.substr(0, good.size() / 2),
                                   good + good,
                                   good + "\n",
                                   "{}\n",
                                   R"({"format":2,"salt":"","seed":""})"
                                   "\n",
                                   R"({"format":1,"salt":"AA","seed":"AA"})"
                                   "\n"};
    for (const std::string& bad : garbage) {
        write(bad);
        BOOST_TEST(fault().starts_with(file.string() + " is damaged: "), bad);
        BOOST_TEST(text() == bad);
    }
    write(good);
    BOOST_TEST(fault() == "");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(node_text, FirstStart)

BOOST_AUTO_TEST_CASE(a_node_tells_a_vendor_its_key_and_hashes_only)
{
    const Node node = open({{"machine_id", "m-1", ""}, {"mac", "02:00", ""}, {"cpu", "", "gone"}});
    const std::string text = node.text();
    BOOST_TEST(text.starts_with("usher-node:"));
    BOOST_TEST(text.find('\n') == std::string::npos);
    const NodeLockTerms lock = lock_from(" " + text + "\n", "personal", 1).value();
    BOOST_TEST(lock.kind == "personal");
    BOOST_TEST(lock.need == 1U);
    BOOST_TEST((lock.node == node.key()));
    BOOST_REQUIRE(lock.identifiers.size() == 2U);
    BOOST_TEST((lock.identifiers.at("mac") == sha256(lock.salt + "02:00")));
    BOOST_TEST(split_jws(text.substr(11)).payload.find("02:00") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_text_that_another_program_wrote_is_read)
{
    std::ifstream stream(USHER_SOURCE_DIR "/tests/vectors/good.node");
    const std::string written{std::istreambuf_iterator<char>(stream), {}};
    const NodeLockTerms lock = lock_from(written, "machine", 3).value();
    BOOST_TEST(lock.salt == "0123456789abcdef");
    BOOST_TEST((lock.identifiers.at("mac") == sha256("mac")));
}

BOOST_AUTO_TEST_CASE(one_identifier_is_too_few_to_be_known_by)
{
    const Node node =
        open({{"machine_id", "m-1", ""}, {"mac", "", "no card"}, {"disk", "", "none"}});
    BOOST_CHECK_EXCEPTION((void)node.text(), Fault, [](const Fault& fault) {
        BOOST_TEST(fault.what() == "this host shows 1 stable identifiers, and a license can be "
                                   "locked to 2 or more only");
        BOOST_TEST(fault.hint() == "mac: no card; disk: none");
        return true;
    });
}

BOOST_AUTO_TEST_CASE(a_changed_text_is_nobodys)
{
    const std::string text = open().text();
    for (std::size_t at = 0; at < text.size(); ++at) {
        std::string changed = text;
        changed[at] = static_cast<char>(changed[at] ^ 1);
        BOOST_TEST(!lock_from(changed, "machine", 2).has_value(), "byte " << at);
    }
    for (const std::string& bad : {std::string(), std::string("usher-node:"), text.substr(1),
                                   text + ".", text + text, std::string(20000, 'A')})
        BOOST_TEST(!lock_from(bad, "machine", 2).has_value());
}

BOOST_AUTO_TEST_CASE(a_lock_asks_for_no_more_than_the_node_has)
{
    const std::string text = open().text();
    BOOST_TEST(!lock_from(text, "machine", 0).has_value());
    BOOST_TEST(lock_from(text, "machine", 1).has_value());
    BOOST_TEST(lock_from(text, "machine", 3).has_value());
    BOOST_TEST(!lock_from(text, "machine", 4).has_value());
    BOOST_TEST(!lock_from(text, "planet", 2).has_value());
}

BOOST_AUTO_TEST_CASE(a_text_that_a_node_would_not_write_is_refused)
{
    using nlohmann::json;
    const SigningKey key = SigningKey::generate();
    const json header = {{"alg", "EdDSA"}, {"jwk", jwk(key.public_key())}, {"typ", "usher-node"}};
    const json payload = {
        {"format", 1},
        {"identifiers", {{"mac", base64url(sha256("a"))}, {"cpu", base64url(sha256("b"))}}},
        {"salt", base64url(std::array<std::uint8_t, 16>{})}};
    const auto accepted = [&](const json& first, const json& second) {
        const std::string text = "usher-node:" + sign_jws(first.dump(), second.dump(), key);
        return lock_from(text, "machine", 2).has_value();
    };
    const auto with = [](json object, const char* name, const json& value) {
        object[name] = value;
        return object;
    };
    BOOST_TEST(accepted(header, payload));
    BOOST_TEST(!accepted(with(header, "alg", "none"), payload));
    BOOST_TEST(!accepted(with(header, "typ", "usher-license"), payload));
    BOOST_TEST(!accepted(with(header, "kid", "x"), payload));
    BOOST_TEST(!accepted(with(header, "jwk", jwk(SigningKey::generate().public_key())), payload));
    BOOST_TEST(!accepted(header, with(payload, "format", 2)));
    BOOST_TEST(!accepted(header, with(payload, "host", "a")));
    BOOST_TEST(!accepted(header, with(payload, "salt", "AA")));
    BOOST_TEST(!accepted(header, with(payload, "identifiers", {{"MAC", "x"}})));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(node_lock, Locked)

BOOST_AUTO_TEST_CASE(the_same_host_agrees_with_every_line)
{
    const Node::Agreement agreement = node.compare(lock);
    BOOST_TEST(agreement.holds);
    BOOST_TEST(agreement.same_key);
    BOOST_TEST(agreement.need == 2U);
    BOOST_REQUIRE(agreement.lines.size() == 3U);
    for (const auto& line : agreement.lines)
        BOOST_TEST((line.found && line.matches), line.name);
}

BOOST_AUTO_TEST_CASE(one_of_three_may_change_or_be_gone)
{
    const auto changed =
        later({{"machine_id", "m-1", ""}, {"root_disk", "d-1", ""}, {"mac", "x", ""}});
    BOOST_TEST(changed.holds);
    BOOST_TEST(changed.lines.front().name == "mac");
    BOOST_TEST(changed.lines.front().found);
    BOOST_TEST(!changed.lines.front().matches);
    const auto gone =
        later({{"machine_id", "m-1", ""}, {"root_disk", "d-1", ""}, {"mac", "", "none"}});
    BOOST_TEST(gone.holds);
    BOOST_TEST(!gone.lines.front().found);
}

BOOST_AUTO_TEST_CASE(two_of_three_may_not)
{
    BOOST_TEST(!later({{"machine_id", "m-1", ""}, {"root_disk", "x", ""}, {"mac", "x", ""}}).holds);
    BOOST_TEST(!later({{"machine_id", "m-1", ""}}).holds);
    BOOST_TEST(!later({}).holds);
}

BOOST_AUTO_TEST_CASE(a_value_under_another_name_is_not_that_identifier)
{
    BOOST_TEST(
        !later({{"machine_id", "02:00", ""}, {"root_disk", "m-1", ""}, {"mac", "d-1", ""}}).holds);
}

BOOST_AUTO_TEST_CASE(an_identifier_that_the_lock_does_not_name_counts_nothing)
{
    const auto agreement = later({{"machine_id", "m-1", ""}, {"board_serial", "m-1", ""}});
    BOOST_TEST(!agreement.holds);
    BOOST_TEST(agreement.lines.size() == 3U);
}

BOOST_AUTO_TEST_CASE(all_identifiers_without_the_key_are_another_node)
{
    FirstStart elsewhere;
    const auto agreement = elsewhere.open().compare(lock);
    BOOST_TEST(!agreement.holds);
    BOOST_TEST(!agreement.same_key);
    BOOST_TEST(agreement.lines.front().matches);
}

BOOST_AUTO_TEST_CASE(a_node_proves_itself_on_one_connection)
{
    const std::string exporter(32, 'x');
    const Signature proof = node.prove(exporter);
    BOOST_TEST(proves(node.key(), exporter, proof));
    BOOST_TEST(proves(lock.node, exporter, proof));
    BOOST_TEST(!proves(node.key(), std::string(32, 'y'), proof));
    BOOST_TEST(!proves(node.key(), exporter.substr(1), proof));
    BOOST_TEST(!proves(node.key(), "", proof));
    BOOST_TEST(!proves(SigningKey::generate().public_key(), exporter, proof));
    BOOST_TEST(verify(node.key(), "usher node proof v1\n" + exporter, proof));
}

BOOST_AUTO_TEST_SUITE_END()
