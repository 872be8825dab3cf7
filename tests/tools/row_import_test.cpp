#include "protocol/limits.hpp"
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
            auto all = kept;
            for (const auto& row : some.rows())
                all.push_back(row.of().product() + "/" + row.of().consumer());
            for (std::size_t i = some.more() ? kept.size() : 0; i < all.size(); ++i)
                if (!products.contains(all[i].substr(0, all[i].find('/'))))
                    return RowRefusal{i + 1 - (some.more() ? kept.size() : 0), "UNKNOWN_PRODUCT",
                                      "UNKNOWN_PRODUCT: there is none"};
            kept = std::move(all);
            if (!some.more())
                for (const std::string& each : std::exchange(kept, {}))
                    have.insert(each);
            return std::nullopt;
        };
    }

    std::vector<std::string> kept;
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

/// A table on its way: judged, and kept as far as it is good.
struct Sent {
    Checked checked;
    std::vector<std::uint64_t> kept;
};

Sent sent(Listener& daemon, const std::string& text)
{
    Sheet first(text);
    const RequirementRows rows(by_device, first.reader.header());
    Sent all{check_rows(first.reader, rows), {}};
    Sheet second(text);
    all.kept = keep_rows(second.reader, rows, all.checked, daemon.asker());
    return all;
}

Checked check(Listener& daemon, const std::string& text)
{
    return sent(daemon, text).checked;
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
    BOOST_TEST(why(",D1,1") == "column product: \"\" is no name: empty");
    BOOST_TEST(why("V16,,1") == "column device: \"\" is no name: empty");
    BOOST_TEST(why("V16, D1,1") == "column device: \" D1\" is no name: begins with a space");
    BOOST_TEST(why("V16,\"D\n1\",1") ==
               "column device: \"D\\x0a1\" is no name: holds a control character");
    BOOST_TEST(why("V16,D\xe4,1") == "column device: \"D\\xe4\" is no name: not UTF-8");
    BOOST_TEST(
        why("V16," + std::string(257, 'D') + ",1").ends_with("is no name: longer than 256 bytes"));
    for (const std::string number : {"0", "-1", "1000000000001", "99999999999999999999", "", "1.5",
                                     " 1", "1 ", "+1", "one", "0x1"})
        BOOST_TEST(why("V16,D1," + number) ==
                   "column number: \"" + number + "\" is not 1 to 1000000000000");
    BOOST_TEST(why("V16,D1") == "has 2 fields, and the header has 3");
    BOOST_TEST(why("V17,D1,1") == "column product: UNKNOWN_PRODUCT: there is none");
}

BOOST_AUTO_TEST_CASE(a_consumer_of_whom_a_second_row_says_otherwise_is_told_by_its_first_line)
{
    Listener daemon;
    const Checked checked = check(daemon, std::string(head) + "V16,D1,1\nV15,D1,1\nV16,D1,2\n");
    BOOST_TEST(checked.rows == 2U);
    BOOST_TEST(checked.bad.told().at(4) == "V16/device:D1: line 2 says otherwise of it");
}

BOOST_AUTO_TEST_CASE(a_row_that_says_the_same_again_is_not_bad_and_goes_once)
{
    Listener daemon;
    const Sent table =
        sent(daemon, std::string(head) + "V16,D1,1\nV16,D1,1\nV15,D1,1\n\"V16\",D1,1\n");
    BOOST_TEST(table.checked.bad.count() == 0U);
    BOOST_TEST(table.checked.rows == 2U);
    BOOST_TEST(table.checked.repeated == (std::vector<std::uint64_t>{3, 5}));
    BOOST_TEST(table.kept == (std::vector<std::uint64_t>{2, 4}));
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
    BOOST_TEST(checked.bad.told().at(2) == "column product: UNKNOWN_PRODUCT: there is none");
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
    BOOST_TEST(daemon.kept.size() == 24'995U);
    BOOST_TEST(daemon.parts.size() < 60U);
}

BOOST_AUTO_TEST_CASE(long_names_make_short_parts)
{
    std::size_t longest = 0;
    std::string text = head;
    for (int i = 0; i < 5'000; ++i)
        text += std::string(250, 'P') + "," + std::string(250, 'D') + std::to_string(i) + ",1\n";
    const auto ask = [&](const v1::RequirementAdd& some) -> std::optional<RowRefusal> {
        longest = std::max(longest, some.ByteSizeLong());
        return std::nullopt;
    };
    Sheet first(text);
    const RequirementRows rows(by_device, first.reader.header());
    Checked checked = check_rows(first.reader, rows);
    Sheet second(text);
    BOOST_TEST(keep_rows<RequirementRows>(second.reader, rows, checked, ask).size() == 5'000U);
    BOOST_TEST(checked.rows == 5'000U);
    BOOST_TEST(longest > 900'000U);
    BOOST_TEST(longest < (1U << 20) - 1024);
}

BOOST_AUTO_TEST_CASE(nothing_is_there_before_all_was_kept_and_then_all_that_was_good)
{
    std::string text = head;
    for (int i = 0; i < 12'000; ++i)
        text += (i % 1'000 == 3   ? "V99,D"
                 : i % 1'000 == 5 ? ",D"
                                  : "V16,D") +
                std::to_string(i) + ",1\n";
    Listener daemon;
    const Sent table = sent(daemon, text);
    BOOST_TEST(table.kept.size() == 11'976U);
    BOOST_TEST(std::ranges::is_sorted(table.kept));
    BOOST_TEST(daemon.have.empty());
    put_rows(v1::RequirementAdd(), table.kept, daemon.asker());
    BOOST_TEST(daemon.have.size() == 11'976U);
    BOOST_TEST(daemon.parts.back() == 0);
}

BOOST_AUTO_TEST_CASE(what_is_refused_after_all_is_told_with_its_line)
{
    std::string text = head;
    for (int i = 0; i < 10'002; ++i)
        text += (i == 7 ? "V99,D" : i < 10'000 ? "V16,D" : "V15,D") + std::to_string(i) + ",1\n";
    Listener daemon;
    const Sent table = sent(daemon, text);
    BOOST_TEST(table.checked.bad.count() == 1U);
    daemon.products.erase("V15");
    BOOST_TEST(gives_up_with([&] { put_rows(v1::RequirementAdd(), table.kept, daemon.asker()); },
                             "line 10002 was refused after all: UNKNOWN_PRODUCT: there is none"));
    BOOST_TEST(daemon.have.empty());
}

BOOST_AUTO_TEST_CASE(where_the_way_breaks_at_the_end_it_is_told_that_it_is_all_or_nothing)
{
    const auto ask = [](const v1::RequirementAdd&) -> std::optional<RowRefusal> {
        throw Fault("the connection to the server broke", {"see its log"});
    };
    try {
        put_rows(v1::RequirementAdd(), {2}, ask);
        BOOST_FAIL("it went through");
    } catch (const Fault& fault) {
        BOOST_TEST(fault.what() == "the connection to the server broke");
        BOOST_TEST(fault.hints().front() == "all of the table is imported, or nothing");
    }
}

BOOST_AUTO_TEST_CASE(a_table_is_refused_above_its_bound_before_it_is_read_to_its_end_or_sent)
{
    std::string text = head;
    for (std::size_t i = 0; i <= protocol::table_rows_max; ++i)
        text += "V16,D" + std::to_string(i) + ",1\nV16,D" + std::to_string(i) + ",1\n";
    const std::string more = text + "V16,\"never closed";
    Sheet table(more);
    const RequirementRows rows(by_device, table.reader.header());
    BOOST_TEST(gives_up_with([&] { (void)check_rows(table.reader, rows); },
                             "the table has more than 300000 rows"));
    BOOST_TEST(!table.reader.is_lost());
    // What is repeated takes no place.
    Sheet fits(text.substr(0, text.rfind("V16", text.rfind("V16") - 1)));
    BOOST_TEST(check_rows(fits.reader, rows).rows == protocol::table_rows_max);
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
    const std::string text = "user,device\nann,D1\n,D2\nbob,D1\nann,D1\n";
    Sheet table(text);
    std::vector<std::string> asked;
    const auto ask = [&](const v1::PartyPrincipal& some) -> std::optional<RowRefusal> {
        for (const auto& row : some.rows())
            asked.push_back(row.device() + "=" + row.user());
        return std::nullopt;
    };
    const PrincipalRows rows({"device", "user"}, table.reader.header());
    Checked checked = check_rows(table.reader, rows);
    Sheet again(text);
    BOOST_TEST(keep_rows<PrincipalRows>(again.reader, rows, checked, ask).size() == 1U);
    BOOST_TEST(asked == (std::vector<std::string>{"D1=ann"}));
    BOOST_TEST(checked.bad.told().at(3) == "column user: \"\" is no name: empty");
    BOOST_TEST(checked.bad.told().at(4) == "device:D1: line 2 says otherwise of it");
    BOOST_TEST(checked.repeated == (std::vector<std::uint64_t>{5}));
}

BOOST_AUTO_TEST_SUITE_END()
