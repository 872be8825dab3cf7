#include "tools/printable.hpp"
#include "tools/verb.hpp"

#include <array>
#include <boost/test/unit_test.hpp>
#include <string>
#include <string_view>
#include <vector>

using namespace usher::tools;

namespace {

constexpr auto verbs = std::to_array<Verb>({
    {.word = "status", .arguments = "", .help = "Who holds what"},
    {.word = "revoke", .arguments = "LEASE", .help = "Take a seat away"},
    {.word = "profile add", .arguments = "NAME POOL...", .help = "A name"},
    {.word = "profile remove", .arguments = "NAME", .help = "Forget it"},
    {.word = "pool list", .arguments = "", .help = "Where units are"},
});

using Words = std::vector<std::string>;

std::string_view found(const Words& words)
{
    const Verb* const verb = find_verb(verbs, words);
    return verb == nullptr ? "" : verb->word;
}

std::string first_hint(const Words& words)
{
    return misspelling(verbs, words).hints.front();
}

} // namespace

BOOST_AUTO_TEST_SUITE(the_table_of_verbs)

BOOST_AUTO_TEST_CASE(a_verb_is_found_by_its_words_and_nothing_less)
{
    BOOST_TEST(found({"status"}) == "status");
    BOOST_TEST(found({"status", "--json"}) == "status");
    BOOST_TEST(found({"profile", "add", "Client", "1"}) == "profile add");
    BOOST_TEST(found({"profile"}) == "");
    BOOST_TEST(found({"profile", "rename"}) == "");
    BOOST_TEST(found({"stat"}) == "");
    BOOST_TEST(found({"Status"}) == "");
    BOOST_TEST(found({}) == "");
}

BOOST_AUTO_TEST_CASE(what_is_nearly_a_verb_is_answered_with_it)
{
    BOOST_TEST(first_hint({"statsu"}) == "did you mean: usher status");
    BOOST_TEST(first_hint({"staus", "--json"}) == "did you mean: usher status");
    BOOST_TEST(first_hint({"revok", "0123"}) == "did you mean: usher revoke LEASE");
    BOOST_TEST(first_hint({"profil", "add"}) == "did you mean: usher profile add NAME POOL...");
    BOOST_TEST(first_hint({"profile", "ad"}) == "did you mean: usher profile add NAME POOL...");
    BOOST_TEST(first_hint({"pools", "list"}) == "did you mean: usher pool list");
}

BOOST_AUTO_TEST_CASE(what_is_nothing_like_a_verb_is_answered_with_the_way_to_all_of_them)
{
    for (const Words& words : {Words{"frobnicate"}, Words{"x"}, Words{""}, Words{}}) {
        const Misspelling wrong = misspelling(verbs, words);
        BOOST_TEST(wrong.hints.size() == 1U);
        BOOST_TEST(wrong.hints.front() == "usher --help lists all verbs");
    }
}

BOOST_AUTO_TEST_CASE(a_noun_alone_is_answered_with_its_verbs)
{
    const Words expected{"usher profile add NAME POOL...", "usher profile remove NAME"};

    BOOST_TEST(misspelling(verbs, Words{"profile"}).hints == expected);
    BOOST_TEST(misspelling(verbs, Words{"profile", "--json"}).hints == expected);
    BOOST_TEST(misspelling(verbs, Words{"profile", "frobnicate"}).hints == expected);
}

BOOST_AUTO_TEST_CASE(a_misspelled_verb_can_neither_flood_nor_move_the_terminal)
{
    const std::string sentence =
        misspelling(verbs, Words{"\x1b[2J" + std::string(5000, 'x')}).sentence;

    BOOST_TEST(sentence.find('\x1b') == std::string::npos);
    BOOST_TEST(sentence.size() < 200U);
}

BOOST_AUTO_TEST_CASE(the_help_of_a_noun_names_its_verbs_and_no_other)
{
    const std::string help = noun_help_text(verbs, "profile");
    BOOST_TEST(help.starts_with("  usher profile add NAME POOL..."));
    BOOST_TEST(help.find("usher profile remove NAME") != std::string::npos);
    BOOST_TEST(help.find("usher pool") == std::string::npos);
    BOOST_TEST(noun_help_text(verbs, "prof").empty());
}

BOOST_AUTO_TEST_CASE(the_help_names_every_verb_with_its_arguments_in_one_column)
{
    const std::string help = help_text(verbs);

    for (const Verb& verb : verbs) {
        const std::string usage = "  usher " + std::string(verb.word);
        BOOST_TEST(help.find(usage) != std::string::npos);
        BOOST_TEST(help.find(verb.help) != std::string::npos);
    }
    BOOST_TEST(help.find("\n  usher status" + std::string(30, ' ') + "Who holds what\n") !=
               std::string::npos);
    BOOST_TEST(help.find("Exit codes: 0 done; 1 refused") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
