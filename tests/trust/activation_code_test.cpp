#include "daemon/trust/activation_code.hpp"

#include <boost/test/unit_test.hpp>
#include <set>

using namespace usher::trust;

namespace {

constexpr std::array<std::uint8_t, 16> secret{0,   17,  34,  51,  68,  85,  102, 119,
                                              136, 153, 170, 187, 204, 221, 238, 255};
const std::string code = activation_code_text("015.120.064.022", secret);

std::string said_of(const std::string& text)
{
    const auto read = activation_code_from(text);
    const auto* error = std::get_if<DocumentError>(&read);
    return error ? error->what : "accepted";
}

PublicKey key_of(const std::string& text)
{
    return std::get<ActivationCode>(activation_code_from(text)).key.public_key();
}

} // namespace

BOOST_AUTO_TEST_SUITE(activation_code)

BOOST_AUTO_TEST_CASE(a_code_names_its_license_and_is_a_key)
{
    const auto read = activation_code_from(code);
    BOOST_TEST(std::get<ActivationCode>(read).license == "015.120.064.022");
    // As Python's hashlib and base64 make it, with another alphabet.
    BOOST_TEST(code == "015.120.064.022/008J-4CT4-ANK7-F24S-NAXW-SQFE-ZWPY-TDEF");
}

BOOST_AUTO_TEST_CASE(its_key_is_the_digest_that_the_readme_says)
{
    std::string text = "usher activation code v1\n015.120.064.022\n";
    text.append(secret.begin(), secret.end());
    BOOST_TEST((key_of(code) == SigningKey::from_seed(sha256(text)).public_key()));
}

BOOST_AUTO_TEST_CASE(each_is_another)
{
    std::set<std::string> codes;
    for (int i = 0; i < 100; ++i)
        codes.insert(new_activation_code("1"));
    BOOST_TEST(codes.size() == 100U);
}

BOOST_AUTO_TEST_CASE(people_may_write_it_as_they_like)
{
    std::string small = code;
    for (char& letter : small)
        letter = static_cast<char>(std::tolower(letter));
    std::string plain = code;
    std::erase(plain, '-');
    std::string like = code;
    like.replace(like.find('/') + 1, 2, "Oo");
    for (const std::string& text : {small, plain, like, " " + code + "\n"})
        BOOST_TEST((key_of(text) == key_of(code)), text);
}

BOOST_AUTO_TEST_CASE(a_license_number_may_have_a_slash)
{
    const std::string text = activation_code_text("a/b", secret);
    BOOST_TEST(std::get<ActivationCode>(activation_code_from(text)).license == "a/b");
}

BOOST_AUTO_TEST_CASE(every_mistaken_letter_is_found)
{
    for (std::size_t at = code.find('/') + 1; at < code.size(); ++at)
        for (const char letter : std::string_view("0123456789ABCDEFGHJKMNPQRSTVWXYZ")) {
            std::string typed = code;
            typed[at] = letter;
            if (typed != code)
                BOOST_TEST(said_of(typed) != "accepted", typed);
        }
}

BOOST_AUTO_TEST_CASE(every_exchange_of_neighbors_is_found)
{
    for (std::size_t at = code.find('/') + 1; at + 1 < code.size(); ++at) {
        std::string typed = code;
        std::swap(typed[at], typed[at + 1]);
        if (typed[at] != typed[at + 1] && typed[at] != '-' && typed[at + 1] != '-')
            BOOST_TEST(said_of(typed) ==
                           "a character of it is mistaken, or it is of another license",
                       typed);
    }
}

BOOST_AUTO_TEST_CASE(a_mistaken_license_number_is_found)
{
    BOOST_TEST(said_of("015.120.064.021" + code.substr(15)) ==
               "a character of it is mistaken, or it is of another license");
}

BOOST_AUTO_TEST_CASE(what_is_no_code_is_said_to_be_none)
{
    BOOST_TEST(said_of("") == "it has no slash after the license number");
    BOOST_TEST(said_of("015.120.064.022") == "it has no slash after the license number");
    BOOST_TEST(said_of("/0123") == "what stands before its last slash is no license number");
    BOOST_TEST(said_of("1/") == "it has 0 characters after the license number, not 32");
    BOOST_TEST(said_of(code + "0") == "it has 33 characters after the license number, not 32");
    BOOST_TEST(said_of(code.substr(0, code.size() - 1) + "U") ==
               "one of its characters is neither a digit nor a letter of a code");
    BOOST_TEST(said_of("1/" + std::string(100'000, 'A')) ==
               "it has 100000 characters after the license number, not 32");
}

BOOST_AUTO_TEST_SUITE_END()
