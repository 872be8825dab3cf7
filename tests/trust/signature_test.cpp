#include "daemon/trust/signature.hpp"

#include <algorithm>
#include <array>
#include <boost/test/unit_test.hpp>
#include <set>
#include <span>
#include <utility>

using namespace usher::trust;

namespace {

std::string from_hex(std::string_view digits)
{
    std::string bytes;
    for (std::size_t i = 0; i + 1 < digits.size(); i += 2)
        bytes += static_cast<char>(std::stoi(std::string(digits.substr(i, 2)), nullptr, 16));
    return bytes;
}

template <std::size_t count>
std::array<std::uint8_t, count> array_of(std::string_view digits)
{
    std::array<std::uint8_t, count> out{};
    std::ranges::copy(from_hex(digits), out.begin());
    return out;
}

std::span<const std::uint8_t> bytes_of(std::string_view text)
{
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

/// RFC 8032, 7.1.
struct Vector {
    const char* seed;
    const char* key;
    const char* message;
    const char* signature;
};
constexpr Vector vectors[] = {
    {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
     "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b"
     "4"
     "6bd25bf5f0595bbe24655141438e7a100b"},
    {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
     "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11"
     "d"
     "8c387b2eaeb4302aeeb00d291612bb0c00"},
    {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
     "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc"
     "6"
     "594a7c15e9716ed28dc027beceea1ec40a"},
};

} // namespace

BOOST_AUTO_TEST_SUITE(signature)

BOOST_AUTO_TEST_CASE(signatures_are_those_of_rfc_8032)
{
    for (const Vector& vector : vectors) {
        const SigningKey key = SigningKey::from_seed(array_of<32>(vector.seed));
        const std::string message = from_hex(vector.message);
        BOOST_TEST(hex(key.public_key()) == vector.key);
        BOOST_TEST(hex(key.sign(message)) == vector.signature);
        BOOST_TEST(verify(key.public_key(), message, array_of<64>(vector.signature)));
    }
}

BOOST_AUTO_TEST_CASE(one_bit_changed_in_message_signature_or_key_is_noticed)
{
    const SigningKey key = SigningKey::generate();
    const std::string message = "eight seats";
    const Signature signature = key.sign(message);
    for (std::size_t i = 0; i < message.size(); ++i) {
        std::string other = message;
        other[i] = static_cast<char>(other[i] ^ 1);
        BOOST_TEST(!verify(key.public_key(), other, signature));
    }
    for (std::size_t i = 0; i < signature.size(); ++i) {
        Signature other = signature;
        other[i] ^= 128;
        BOOST_TEST(!verify(key.public_key(), message, other));
    }
    for (std::size_t i = 0; i < key.public_key().size(); ++i) {
        PublicKey other = key.public_key();
        other[i] ^= 1;
        BOOST_TEST(!verify(other, message, signature));
    }
}

BOOST_AUTO_TEST_CASE(no_two_keys_are_generated_alike)
{
    std::set<PublicKey> keys;
    for (int i = 0; i < 16; ++i)
        keys.insert(SigningKey::generate().public_key());
    BOOST_TEST(keys.size() == 16U);
}

BOOST_AUTO_TEST_CASE(a_key_that_moved_on_leaves_no_secret_behind)
{
    constexpr std::array<std::uint8_t, 32> nothing{};
    SigningKey first = SigningKey::generate();
    const auto seed = first.seed();
    SigningKey second = std::move(first);
    BOOST_TEST((second.seed() == seed));
    BOOST_TEST((first.seed() == nothing)); // NOLINT: what is left is the claim.
    SigningKey third = SigningKey::generate();
    third = std::move(second);
    BOOST_TEST((third.seed() == seed));
    BOOST_TEST((second.seed() == nothing)); // NOLINT
}

BOOST_AUTO_TEST_CASE(sha256_is_that_of_fips_180)
{
    BOOST_TEST(hex(sha256("abc")) ==
               "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    BOOST_TEST(hex(sha256("")) ==
               "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(base64url_text)

BOOST_AUTO_TEST_CASE(it_is_that_of_rfc_4648_without_padding)
{
    const std::pair<std::string, std::string> known[] = {
        {"", ""},           {"f", "Zg"},          {"fo", "Zm8"},          {"foo", "Zm9v"},
        {"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"}, {"foobar", "Zm9vYmFy"}, {"\xfb\xff", "-_8"},
    };
    for (const auto& [bytes, text] : known) {
        BOOST_TEST(base64url(bytes_of(bytes)) == text);
        BOOST_TEST(from_base64url(text).value() == bytes);
    }
}

BOOST_AUTO_TEST_CASE(every_length_comes_back_as_it_was)
{
    std::string bytes;
    for (int length = 0; length < 100; ++length) {
        BOOST_TEST(from_base64url(base64url(bytes_of(bytes))).value() == bytes);
        bytes += static_cast<char>(length * 37);
    }
}

BOOST_AUTO_TEST_CASE(there_is_one_way_to_write_bytes)
{
    for (const char* text : {"Zg==", "Zg=", "Zh", "Zm9", "Z", "Zm9vY", "Zm 8", "Zm8\n", " Zm8",
                             "-+8", "/_8", "Zm9\xc3\xa4", "Zm9v."})
        BOOST_TEST(!from_base64url(text).has_value(), text);
    BOOST_TEST(!from_base64url(std::string_view("Zm\0v", 4)).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
