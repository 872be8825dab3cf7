#include "daemon/trust/license_file.hpp"

#include "protocol/limits.hpp"
#include "tests/trust/vendor.hpp"

using namespace usher;
using namespace usher::trust;
using namespace usher::trust::test;

BOOST_FIXTURE_TEST_SUITE(license_file, Vendor)

BOOST_AUTO_TEST_CASE(a_license_comes_back_as_it_was_signed)
{
    const std::string text = sign_license(full, key);
    BOOST_TEST((std::get<License>(open_license(text, trusted)) == full));
    BOOST_TEST((std::get<License>(read_license_unverified(text)) == full));
    BOOST_TEST(key_id_in(text) == key_id(key.public_key()));
    BOOST_TEST(text.find('\n') == text.size() - 1);
}

BOOST_AUTO_TEST_CASE(a_license_that_says_the_least_comes_back_too)
{
    License least;
    least.vendor = "acme";
    least.number = "1";
    least.product = "P";
    least.metric = "lease";
    const std::string text = sign_license(least, key);
    BOOST_TEST((std::get<License>(open_license(text, trusted)) == least));
    BOOST_TEST(payload_of(least) ==
               R"({"format":1,"from":null,"maintenance_until":null,"metric":"lease",)"
               R"("nodelock":null,"number":"1","product":"P","quantity":"unlimited",)"
               R"("requires":null,"to":null,"type":"","vendor":"acme"})");
}

BOOST_AUTO_TEST_CASE(one_license_is_one_text)
{
    BOOST_TEST(sign_license(full, key) == sign_license(full, key));
}

BOOST_AUTO_TEST_CASE(white_space_around_the_text_is_that_of_a_file)
{
    const std::string text = sign_license(full, key);
    BOOST_TEST((std::get<License>(open_license("\r\n\t " + text + "\r\n", trusted)) == full));
    BOOST_TEST(error(text.substr(0, 9) + "\n" + text.substr(9)).what ==
               "header: is not base64url without padding");
}

BOOST_AUTO_TEST_CASE(every_changed_bit_is_noticed)
{
    const std::string text = sign_license(full, key);
    for (std::size_t at = 0; at + 1 < text.size(); ++at) {
        std::string changed = text;
        changed[at] = static_cast<char>(changed[at] ^ 1);
        BOOST_TEST_CONTEXT("byte " << at)
        BOOST_TEST(error(changed).what != "accepted");
    }
}

BOOST_AUTO_TEST_CASE(every_shorter_text_is_noticed)
{
    const std::string text = sign_license(full, key);
    for (std::size_t length = 0; length + 1 < text.size(); ++length)
        BOOST_TEST((error(text.substr(0, length)).kind == Kind::malformed), "of length " << length);
}

BOOST_AUTO_TEST_CASE(another_key_is_an_unknown_vendor)
{
    const SigningKey stranger = SigningKey::generate();
    const DocumentError found = error(sign_license(full, stranger));
    BOOST_TEST((found.kind == Kind::unknown_vendor));
    BOOST_TEST(found.what ==
               "its key " + key_id(stranger.public_key()) + " is none of a trusted vendor");
    BOOST_TEST((std::get<DocumentError>(open_license(sign_license(full, key), {})).kind ==
                Kind::unknown_vendor));
}

BOOST_AUTO_TEST_CASE(a_stranger_who_names_a_trusted_key_is_found_out)
{
    const SigningKey stranger = SigningKey::generate();
    const json header = {
        {"alg", "EdDSA"}, {"kid", key_id(key.public_key())}, {"typ", "usher-license"}};
    const DocumentError found = error(sign_jws(header.dump(), payload_of(full), stranger));
    BOOST_TEST((found.kind == Kind::bad_signature));
    BOOST_TEST(found.what == "it was changed after acme signed it");
}

BOOST_AUTO_TEST_CASE(a_vendor_speaks_for_himself_alone)
{
    full.vendor = "globex";
    trusted.push_back({"globex", SigningKey::generate().public_key()});
    const DocumentError found = error(sign_license(full, key));
    BOOST_TEST((found.kind == Kind::unknown_vendor));
    BOOST_TEST(found.what == "it speaks for globex, but acme signed it");
}

BOOST_AUTO_TEST_CASE(a_vendor_may_have_an_old_and_a_new_key)
{
    const SigningKey next = SigningKey::generate();
    trusted.push_back({"acme", next.public_key()});
    BOOST_TEST((std::get<License>(open_license(sign_license(full, key), trusted)) == full));
    BOOST_TEST((std::get<License>(open_license(sign_license(full, next), trusted)) == full));
}

BOOST_AUTO_TEST_CASE(one_key_may_speak_under_each_name_that_it_is_trusted_by)
{
    trusted = {{"acme", key.public_key()}, {"globex", key.public_key()}};
    BOOST_TEST((std::get<License>(open_license(sign_license(full, key), trusted)) == full));
}

BOOST_AUTO_TEST_CASE(the_header_is_what_it_is_and_nothing_more)
{
    const std::string payload = payload_of(full);
    const auto says = [&](const json& header) {
        return error(sign_jws(header.dump(), payload, key)).what;
    };
    const std::string id = key_id(key.public_key());
    BOOST_TEST(says({{"alg", "EdDSA"}, {"kid", id}, {"typ", "usher-license"}}) == "accepted");
    BOOST_TEST(says({{"alg", "none"}, {"kid", id}, {"typ", "usher-license"}}) ==
               "header.alg: is not EdDSA");
    BOOST_TEST(says({{"alg", "EdDSA"}, {"kid", id}, {"typ", "usher-node"}}) ==
               "header.typ: is not usher-license");
    BOOST_TEST(says({{"alg", "EdDSA"}, {"kid", "x"}, {"typ", "usher-license"}}) ==
               "header.kid: is not 32 bytes in base64url");
    BOOST_TEST(says({{"alg", "EdDSA"}, {"typ", "usher-license"}}) == "header.kid: is missing");
    BOOST_TEST(says({{"alg", "EdDSA"}, {"crit", {"b64"}}, {"kid", id}, {"typ", "usher-license"}}) ==
               R"(header."crit": is not known)");
    BOOST_TEST(error(sign_jws("[]", payload, key)).what == "header: is not an object");
}

BOOST_AUTO_TEST_CASE(the_longest_text_is_read_and_a_longer_one_is_not)
{
    std::string text = sign_license(full, key);
    text.append(protocol::license_bytes_max - text.size(), '\n');
    BOOST_TEST((std::get<License>(open_license(text, trusted)) == full));
    BOOST_TEST(error(text + "\n").what == "it is longer than 16 KiB");
}

BOOST_AUTO_TEST_CASE(the_largest_license_fits_in_a_file)
{
    full.vendor.assign(vendor_name_bytes_max, 'v');
    full.number.assign(protocol::name_bytes_max, '"');
    full.product.assign(protocol::name_bytes_max, '\\');
    full.requires_product.assign(protocol::name_bytes_max, '"');
    full.type.assign(protocol::text_bytes_max, '"');
    full.downgrades_to.clear();
    for (std::size_t i = 0; i < downgrades_max; ++i)
        full.downgrades_to.insert(std::string(downgrades_bytes_max / downgrades_max - 1, '"') +
                                  static_cast<char>('?' + i));
    full.quantity = quantity_max;
    full.lock->identifiers.clear();
    for (std::size_t i = 0; i < identifiers_max; ++i)
        full.lock->identifiers[std::string(31, 'i') + static_cast<char>('a' + i)] = filled(1);
    full.lock->need = identifiers_max;
    trusted.front().vendor = full.vendor;
    BOOST_TEST((std::get<License>(open_license(sign_license(full, key), trusted)) == full));
}

BOOST_AUTO_TEST_CASE(a_text_that_is_no_license_has_no_key)
{
    BOOST_TEST(key_id_in("hello") == "");
    BOOST_TEST(key_id_in("e30.e30.AA") == "");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(vendor_key, Vendor)

BOOST_AUTO_TEST_CASE(a_vendor_key_is_one_line_of_text)
{
    const std::string text = to_text(trusted.front());
    BOOST_TEST(text == "usher-vendor:acme:" + base64url(key.public_key()));
    BOOST_TEST((vendor_key_from(text).value() == trusted.front()));
}

BOOST_AUTO_TEST_CASE(nothing_else_is_a_vendor_key)
{
    const std::string letters = base64url(key.public_key());
    for (const std::string& text :
         {std::string(), std::string("usher-vendor:"), "usher-vendor:" + letters,
          "usher-vendor::" + letters, "usher-vendor:a b:" + letters, "usher-vendor:a\n:" + letters,
          "usher-vendor:acme:" + letters + "=", "usher-vendor:acme:" + letters.substr(1),
          "usher-vendor:acme:" + letters + "\n", " usher-vendor:acme:" + letters,
          "Usher-vendor:acme:" + letters, "usher-vendor:acme:x:" + letters,
          "usher-node:acme:" + letters,
          "usher-vendor:" + std::string(vendor_name_bytes_max + 1, 'v') + ":" + letters})
        BOOST_TEST(!vendor_key_from(text).has_value(), text);
    BOOST_TEST(is_vendor_name(std::string(vendor_name_bytes_max, 'v')));
}

BOOST_AUTO_TEST_SUITE_END()
