#include "tools/lease_text.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

using namespace usher::tools;

BOOST_AUTO_TEST_SUITE(lease_ids_as_they_are_typed)

BOOST_AUTO_TEST_CASE(an_id_comes_back_from_its_text)
{
    std::string id;
    for (int byte = 0; byte < 256; byte += 17)
        id += static_cast<char>(byte);

    BOOST_TEST(lease_text(id) == "00112233445566778899aabbccddeeff");
    BOOST_TEST((lease_from(lease_text(id)) == id));
}

BOOST_AUTO_TEST_CASE(anything_else_is_none)
{
    for (const char* const text :
         {"", "00", "00112233445566778899aabbccddeef", "00112233445566778899aabbccddeeff0",
          "00112233445566778899AABBCCDDEEFF", "00112233445566778899aabbccddeefg",
          "0x112233445566778899aabbccddeeff", "0011223344556677 899aabbccddeeff"})
        BOOST_TEST(!lease_from(text).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
