#include "daemon/trust/tpm_counter.hpp"

#include "daemon/trust/fault.hpp"
#include "daemon/trust/tpm.hpp"
#include "tests/support/swtpm.hpp"

#include <boost/test/unit_test.hpp>

using namespace usher;
using namespace usher::trust;

namespace {

constexpr std::uint32_t place = 0x01814750;

struct Equipped {
    tests::Swtpm tpm;
    TpmCounter counter{tpm.way(), place};
};

template <class Deed>
std::string fault_of(const Deed& deed)
{
    try {
        deed();
    } catch (const Fault& fault) {
        BOOST_TEST(!fault.hint().empty());
        return fault.what();
    }
    return "";
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(tpm_counters, Equipped)

BOOST_AUTO_TEST_CASE(the_first_reading_makes_it_and_each_raise_is_one_higher)
{
    const Counter::Reading first = counter.read();
    BOOST_TEST(first.is_new);
    BOOST_TEST(first.name.size() == 68U); // An algorithm and a SHA-256.
    for (std::uint64_t times = 1; times <= 5; ++times) {
        const Counter::Reading raised = counter.raise();
        BOOST_TEST(raised.value == first.value + times);
        BOOST_TEST(raised.name == first.name);
    }
    const Counter::Reading again = counter.read();
    BOOST_TEST(!again.is_new);
    BOOST_TEST(again.name == first.name);
    BOOST_TEST(again.value == first.value + 5);
}

BOOST_AUTO_TEST_CASE(it_survives_that_the_host_is_switched_off)
{
    const Counter::Reading before = counter.read();
    static_cast<void>(counter.raise());
    tpm.reboot();
    const Counter::Reading after = TpmCounter(tpm.way(), place).read();
    BOOST_TEST(after.value == before.value + 1);
    BOOST_TEST(after.name == before.name);
}

BOOST_AUTO_TEST_CASE(whoever_takes_it_away_gets_another_one_that_begins_higher)
{
    static_cast<void>(counter.read());
    const Counter::Reading last = counter.raise();
    {
        Tpm bare(tpm.way(), place);
        BOOST_REQUIRE(bare.look());
        bare.undefine();
    }
    const Counter::Reading next = counter.read();
    BOOST_TEST(next.is_new);
    BOOST_TEST(next.value > last.value);
    BOOST_TEST(next.name != last.name);
}

BOOST_AUTO_TEST_CASE(one_that_is_replaced_has_another_name_and_begins_no_lower)
{
    const Counter::Reading before = counter.read();
    const Counter::Reading after = counter.replace();
    BOOST_TEST(after.value > before.value);
    BOOST_TEST(after.name != before.name);
    BOOST_TEST(counter.read().name == after.name);
}

BOOST_AUTO_TEST_CASE(one_that_was_defined_and_never_raised_is_new)
{
    Tpm(tpm.way(), place).define_counter();
    BOOST_TEST(counter.read().is_new);
    BOOST_TEST(!counter.read().is_new);
}

BOOST_AUTO_TEST_CASE(one_that_is_gone_is_not_raised)
{
    BOOST_TEST(fault_of([&] { static_cast<void>(counter.raise()); }) ==
               "index 0x01814750 of the TPM at " + tpm.way() + " is gone, and with it the counter");
}

BOOST_AUTO_TEST_CASE(a_tpm_that_is_not_there_is_named_with_what_was_tried)
{
    const std::string way = tpm.way();
    tpm.switch_off();
    const std::string fault = fault_of([&] { static_cast<void>(counter.read()); });
    BOOST_TEST_INFO_SCOPE(fault);
    BOOST_TEST(fault.starts_with("cannot open index 0x01814750 of the TPM at " + way + ": "));
    BOOST_TEST(fault_of([] {
                   TpmCounter("device:/dev/null/tpm", place).read();
               }).starts_with("cannot open index 0x01814750 of the TPM at device:/dev/null/tpm"));
}

/// A TPM has room for few things at a time, so whatever is opened must be closed again.
BOOST_AUTO_TEST_CASE(nothing_is_left_in_the_tpm_but_the_counter)
{
    for (int times = 0; times < 20; ++times) {
        static_cast<void>(counter.read());
        static_cast<void>(counter.raise());
    }
    BOOST_TEST(!counter.read().is_new);
}

BOOST_AUTO_TEST_SUITE_END()
