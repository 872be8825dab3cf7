#include "tools/fault.hpp"
#include "tools/row_import.hpp"

#include <boost/test/unit_test.hpp>
#include <set>
#include <sstream>

using namespace usher;
using namespace usher::tools;

namespace {

/// A daemon that knows some products, and what it was asked.
struct Listener {
    std::set<std::string> products{"V15", "V16"};
    std::vector<int> parts;
    std::set<std::string> have;

    AskForRows<v1::RequirementAdd> asker()
    {
        return [this](const v1::RequirementAdd& some) -> std::optional<RowRefusal> {
            parts.push_back(some.rows_size());
            for (int i = 0; i < some.rows_size(); ++i)
                if (!products.contains(some.rows(i).of().product()))
                    return RowRefusal{static_cast<std::size_t>(i) + 1, "no such product"};
            for (const auto& row : some.rows())
                have.insert(row.of().product() + "/" + row.of().consumer());
            return std::nullopt;
        };
    }
};

constexpr char head[] = "product,device,number\n";
const RequirementWords by_device{.product_column = "product",
                                 .product = {},
                                 .vendor = {},
                                 .device_column = "device",
                                 .user_column = {},
                                 .number_column = "number",
                                 .model = "device",
                                 .source = "scan"};

struct Sheet {
    std::istringstream in;
    CsvReader reader;

    explicit Sheet(const std::string& text) : in(text), reader(in) {}
};

Checked check(Listener& daemon, const std::string& text, const RequirementWords& how = by_device)
{
    Sheet table(text);
    return check_rows(table.reader, RequirementRows(how, table.reader.header()), daemon.asker());
}

std::string why(const std::string& line)
{
    Listener daemon;
    const Checked checked = check(daemon, head + line + "\n");
    BOOST_REQUIRE(checked.bad.count() == 1U);
    BOOST_TEST(checked.bad.told().begin()->first == 2U);
    return checked.bad.told().begin()->second;
}

/// Whether it throws a fault that says so.
template <class Act>
bool gives_up_with(Act act, const std::string& sentence)
{
    try {
        act();
    } catch (const Fault& fault) {
        BOOST_TEST_INFO(fault.what());
        return std::string(fault.what()).find(sentence) != std::string::npos;
    }
    return false;
}

} // namespace

BOOST_AUTO_TEST_SUITE(row_import)

BOOST_AUTO_TEST_CASE(a_row_becomes_a_foundation)
{
    Sheet table("number;device;product\n3;D1;\"V16\"\n");
    const RequirementRows rows(by_device, table.reader.header());
    CsvRow row;
    BOOST_REQUIRE(table.reader.next(row));
    v1::RequirementAdd message;
    BOOST_REQUIRE(rows.add(row, message) == "");
    BOOST_TEST(message.rows(0).of().product() == "V16");
    BOOST_TEST(message.rows(0).of().kind() == "device");
    BOOST_TEST(message.rows(0).of().consumer() == "D1");
    BOOST_TEST(message.rows(0).units() == 3);
    BOOST_TEST(message.rows(0).model() == "device");
    BOOST_TEST(message.rows(0).source() == "scan");
    BOOST_TEST(!message.rows(0).unconfirmed());
}

BOOST_AUTO_TEST_CASE(a_product_can_be_the_same_of_all_and_consumers_users)
{
    Sheet table("who\nann\n");
    const RequirementRows rows({.product_column = {},
                                .product = "V16",
                                .vendor = "soft",
                                .device_column = {},
                                .user_column = "who",
                                .number_column = {},
                                .model = {},
                                .source = "group",
                                .is_unconfirmed = true},
                               table.reader.header());
    CsvRow row;
    BOOST_REQUIRE(table.reader.next(row));
    v1::RequirementAdd message;
    BOOST_REQUIRE(rows.add(row, message) == "");
    BOOST_TEST(message.rows(0).of().vendor() == "soft");
    BOOST_TEST(message.rows(0).of().kind() == "user");
    BOOST_TEST(message.rows(0).units() == 1);
    BOOST_TEST(message.rows(0).unconfirmed());
}

BOOST_AUTO_TEST_CASE(each_bad_row_is_told_with_what_is_wrong)
{
    BOOST_TEST(why(",D1,1") == "product: is not a name: empty");
    BOOST_TEST(why("V16,,1") == "device: is not a name: empty");
    BOOST_TEST(why("V16, D1,1") == "device: is not a name: begins with a space");
    BOOST_TEST(why("V16,\"D\n1\",1") == "device: is not a name: holds a control character");
    BOOST_TEST(why("V16,D\xe4,1") == "device: is not a name: not UTF-8");
    BOOST_TEST(why("V16," + std::string(257, 'D') + ",1") ==
               "device: is not a name: longer than 256 bytes");
    for (const char* const number : {"0", "-1", "1000000000001", "99999999999999999999", "", "1.5",
                                     " 1", "1 ", "+1", "one", "0x1"})
        BOOST_TEST(why("V16,D1," + std::string(number)) == "number: is not 1 to 1000000000000",
                   number);
    BOOST_TEST(why("V16,D1") == "has 2 fields, and the header has 3");
    BOOST_TEST(why("V17,D1,1") == "no such product");
}

BOOST_AUTO_TEST_CASE(a_consumer_that_stands_there_twice_is_told_by_its_first_line)
{
    Listener daemon;
    const Checked checked = check(daemon, std::string(head) + "V16,D1,1\nV15,D1,1\nV16,D1,2\n");
    BOOST_TEST(checked.rows == 2U);
    BOOST_TEST(checked.bad.told().at(4) == "says the same as line 2, or otherwise");
}

BOOST_AUTO_TEST_CASE(the_first_twenty_bad_rows_are_told_and_all_are_counted)
{
    Listener daemon;
    std::string text = head;
    for (int i = 0; i < 100; ++i) // The daemon's no comes after ours.
        text += (i % 2 == 0 ? "V99,D" : "V16, ") + std::to_string(i) + ",1\n";
    const Checked checked = check(daemon, text);
    BOOST_TEST(checked.rows == 0U);
    BOOST_TEST(checked.bad.count() == 100U);
    BOOST_REQUIRE(checked.bad.told().size() == BadRows::told_max);
    BOOST_TEST(checked.bad.told().begin()->first == 2U);
    BOOST_TEST(checked.bad.told().rbegin()->first == 21U);
    BOOST_TEST(checked.bad.told().at(2) == "no such product");
    BOOST_TEST(checked.bad.lines().size() == 100U);
    BOOST_TEST(checked.bad.lines().back() == 101U);
}

BOOST_AUTO_TEST_CASE(no_part_is_longer_than_a_request_and_a_no_costs_little)
{
    Listener daemon;
    std::string text = head;
    for (int i = 0; i < 25'000; ++i)
        text += (i % 5'000 == 7 ? "V99,D" : "V16,D") + std::to_string(i) + ",1\n";
    const Checked checked = check(daemon, text);
    BOOST_TEST(checked.rows == 24'995U);
    BOOST_TEST(checked.bad.count() == 5U);
    BOOST_TEST(*std::ranges::max_element(daemon.parts) == 10'000);
    BOOST_TEST(daemon.have.size() == 24'995U);
    BOOST_TEST(daemon.parts.size() < 60U);
}

BOOST_AUTO_TEST_CASE(long_names_make_short_parts)
{
    std::size_t longest = 0;
    std::string text = head;
    for (int i = 0; i < 5'000; ++i)
        text += std::string(250, 'P') + "," + std::string(250, 'D') + std::to_string(i) + ",1\n";
    Sheet table(text);
    const auto ask = [&](const v1::RequirementAdd& some) -> std::optional<RowRefusal> {
        longest = std::max(longest, some.ByteSizeLong());
        return std::nullopt;
    };
    const Checked checked =
        check_rows<RequirementRows>(table.reader, {by_device, table.reader.header()}, ask);
    BOOST_TEST(checked.rows == 5'000U);
    BOOST_TEST(longest > 900'000U);
    BOOST_TEST(longest < (1U << 20) - 1024);
}

BOOST_AUTO_TEST_CASE(what_is_sent_is_what_was_good)
{
    std::string text = head;
    for (int i = 0; i < 12'000; ++i)
        text += (i % 1'000 == 3   ? "V99,D"
                 : i % 1'000 == 5 ? ",D"
                                  : "V16,D") +
                std::to_string(i) + ",1\n";
    Listener daemon;
    const Checked checked = check(daemon, text);
    Listener other;
    Sheet again(text);
    send_rows(again.reader, RequirementRows(by_device, again.reader.header()), checked.bad,
              other.asker());
    BOOST_TEST(other.have == daemon.have);
    BOOST_TEST(other.have.size() == 11'976U);
    BOOST_TEST(other.parts == (std::vector<int>{10'000, 1'976}));
}

BOOST_AUTO_TEST_CASE(what_is_refused_after_all_is_told_with_its_line_and_what_is_there)
{
    std::string text = head;
    for (int i = 0; i < 10'001; ++i)
        text += (i < 10'000 ? "V16,D" : "V15,D") + std::to_string(i) + ",1\n";
    Listener daemon;
    const Checked checked = check(daemon, text);
    BOOST_TEST(checked.bad.count() == 0U);
    daemon.products.erase("V15");
    Sheet again(text);
    BOOST_TEST(gives_up_with(
        [&] {
            send_rows(again.reader, RequirementRows(by_device, again.reader.header()), checked.bad,
                      daemon.asker());
        },
        "line 10002 was refused after all: no such product"));
}

BOOST_AUTO_TEST_CASE(where_the_way_breaks_it_is_told_how_far_it_came)
{
    std::string text = head;
    for (int i = 0; i < 25'000; ++i)
        text += "V16,D" + std::to_string(i) + ",1\n";
    Sheet table(text);
    int parts = 0;
    const auto ask = [&](const v1::RequirementAdd&) -> std::optional<RowRefusal> {
        if (++parts == 3)
            throw Fault("the connection to the server broke", {"see its log"});
        return std::nullopt;
    };
    try {
        send_rows<RequirementRows>(table.reader, {by_device, table.reader.header()}, {}, ask);
        BOOST_FAIL("it went through");
    } catch (const Fault& fault) {
        BOOST_TEST(fault.what() == "the connection to the server broke");
        BOOST_TEST(fault.hints().front().starts_with("20000 rows are imported for sure"));
    }
}

BOOST_AUTO_TEST_CASE(a_table_that_is_lost_in_a_quote_is_not_whole)
{
    Listener daemon;
    BOOST_TEST(!check(daemon, std::string(head) + "V16,D1,1\n\"V16,D2,1\n").is_whole);
    BOOST_TEST(check(daemon, std::string(head) + "V16,D1,1\n").is_whole);
    BOOST_TEST(check(daemon, head).rows == 0U);
}

BOOST_AUTO_TEST_CASE(a_column_must_be_there_once)
{
    Listener daemon;
    BOOST_TEST(gives_up_with([&] { (void)check(daemon, "product,Device,number\n"); },
                             "--device-column: there is no column device"));
    BOOST_TEST(gives_up_with([&] { (void)check(daemon, "product,device,device,number\n"); },
                             "--device-column: there are two with the name column device"));
    Sheet table("device\n");
    BOOST_TEST(gives_up_with(
        [&] {
            PrincipalRows({"device", "a\x1b[1m"}, table.reader.header());
        },
        "--user-column: there is no column a\\x1b[1m"));
}

BOOST_AUTO_TEST_CASE(a_principal_is_a_device_and_its_user)
{
    Sheet table("user,device\nann,D1\n,D2\nbob,D1\n");
    std::vector<std::string> asked;
    const auto ask = [&](const v1::PartyPrincipal& some) -> std::optional<RowRefusal> {
        for (const auto& row : some.rows())
            asked.push_back(row.device() + "=" + row.user());
        return std::nullopt;
    };
    const Checked checked =
        check_rows<PrincipalRows>(table.reader, {{"device", "user"}, table.reader.header()}, ask);
    BOOST_TEST(asked == (std::vector<std::string>{"D1=ann"}));
    BOOST_TEST(checked.bad.told().at(3) == "user: is not a name: empty");
    BOOST_TEST(checked.bad.told().at(4) == "says the same as line 2, or otherwise");
}

BOOST_AUTO_TEST_SUITE_END()
