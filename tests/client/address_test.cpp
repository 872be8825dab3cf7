#include "client/address.hpp"

#include <boost/test/unit_test.hpp>

using namespace usher::client;

namespace {

const std::string digits = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
const std::string pin = "/?ca=sha256:" + digits;

std::string objection(const std::string& text)
{
    const auto read = address_from(text);
    if (read)
        return "";
    BOOST_TEST((read.error().step == Step::address));
    BOOST_TEST(!read.error().cure.empty());
    return read.error().text;
}

bool objects(const std::string& text, const char* to)
{
    return objection(text).find(to) != std::string::npos;
}

} // namespace

BOOST_AUTO_TEST_SUITE(address)

BOOST_AUTO_TEST_CASE(every_form_is_read_and_written_back)
{
    for (const std::string& text :
         {"usher://licenses.example:4750" + pin, "usher://10.0.0.5:1" + pin,
          "usher://[::1]:65535" + pin, std::string("unix:/run/usher/usherd.sock")}) {
        const auto read = address_from(text);
        BOOST_REQUIRE(read.has_value());
        BOOST_TEST(to_text(*read) == text);
    }
}

BOOST_AUTO_TEST_CASE(the_port_may_be_left_out)
{
    const auto read = address_from("usher://licenses.example" + pin);
    BOOST_REQUIRE(read.has_value());
    BOOST_TEST(std::get<TcpAddress>(*read).port == 4750);
    BOOST_TEST(place(*read) == "licenses.example:4750");
}

BOOST_AUTO_TEST_CASE(the_pin_is_the_digest_byte_for_byte)
{
    const auto read = address_from("usher://h" + pin);
    BOOST_REQUIRE(read.has_value());
    const auto& ca = std::get<TcpAddress>(*read).ca;
    BOOST_TEST(ca[0] == 0x00);
    BOOST_TEST(ca[1] == 0x11);
    BOOST_TEST(ca[31] == 0xff);
}

BOOST_AUTO_TEST_CASE(an_address_without_a_pin_is_refused)
{
    for (const char* text : {"usher://h", "usher://h:4750", "usher://h:4750/",
                             "usher://h/?ca=", "usher://h/?ca=sha1:00"})
        BOOST_TEST(objects(text, "does not name the server's certificate authority"), text);
}

BOOST_AUTO_TEST_CASE(a_pin_of_another_form_is_refused)
{
    std::string upper = pin;
    upper.replace(upper.find("aa"), 2, "AA");
    std::string sign = pin;
    sign.replace(sign.find("00"), 2, "+0");
    std::string longer = pin + "0";
    for (const std::string& bad : {upper, sign, longer, pin + "&x=1", pin.substr(0, 70)})
        BOOST_TEST(objects("usher://h" + bad, "exactly 64 hexadecimal digits"), bad);
}

BOOST_AUTO_TEST_CASE(a_port_that_is_none_is_refused)
{
    for (const char* port : {":", ":0", ":65536", ":04750", ":+1", ":-1", ":1x", ":99999999999"})
        BOOST_TEST(objects("usher://h" + (port + pin), "the port is not"), port);
}

BOOST_AUTO_TEST_CASE(a_host_that_is_none_is_refused)
{
    for (const std::string& host :
         {std::string(), std::string("-h"), std::string("a b"), std::string("h\n"),
          std::string("h?ca=sha256:00"), std::string("[::1"), std::string("[10.0.0.1]"),
          std::string("a@b"), std::string(254, 'h')})
        BOOST_TEST(objects("usher://" + host + pin, "a host name is needed"), host);
}

BOOST_AUTO_TEST_CASE(a_socket_needs_an_absolute_path_that_fits)
{
    BOOST_TEST(objects("unix:run/usherd.sock", "an absolute path"));
    BOOST_TEST(objects("unix:", "an absolute path"));
    BOOST_TEST(objection("unix:/" + std::string(106, 'p')) == "");
    BOOST_TEST(objects("unix:/" + std::string(107, 'p'), "at most 107 bytes"));
}

BOOST_AUTO_TEST_CASE(other_schemes_are_refused)
{
    BOOST_TEST(objects("", "it is empty"));
    for (const char* text : {"https://h", "USHER://h", " usher://h", "h:4750"})
        BOOST_TEST(objects(text, "it begins neither with usher:// nor with unix:"), text);
}

BOOST_AUTO_TEST_SUITE_END()
