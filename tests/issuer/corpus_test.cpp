#include "daemon/trust/activation_request.hpp"
#include "daemon/trust/move_mark.hpp"
#include "daemon/trust/redirect.hpp"
#include "daemon/trust/showing.hpp"
#include "daemon/trust/transfer_request.hpp"
#include "tests/support/fuzzed.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

BOOST_AUTO_TEST_SUITE(document_corpus)

BOOST_AUTO_TEST_CASE(what_a_fuzzer_has_found_stays_harmless)
{
    usher::tests::try_corpus("document");
}

// They were made without a line of this code.
BOOST_AUTO_TEST_CASE(the_good_files_are_accepted_as_what_they_are)
{
    using namespace usher::trust;
    const SigningKey vendor = SigningKey::from_seed(std::array<std::uint8_t, 32>{1});
    const std::vector<VendorKey> trusted{{"acme", vendor.public_key()}};
    std::size_t count = 0;
    for (const auto& [name, text] : usher::tests::corpus_of("document")) {
        if (name.ends_with(".payload") || name == "code")
            continue;
        const bool is_accepted[] = {open_activation_request(text).index() == 0,
                                    open_activation(text, trusted).index() == 0,
                                    open_transfer_request(text).index() == 0,
                                    open_receipt(text).index() == 0,
                                    open_showing(text).index() == 0,
                                    open_issuer_answer(text, trusted).index() == 0,
                                    open_redirect(text).index() == 0,
                                    open_move_mark(text).index() == 0};
        BOOST_TEST(std::ranges::count(is_accepted, true) == 1, name);
        ++count;
    }
    BOOST_TEST(count == 11U);
}

BOOST_AUTO_TEST_SUITE_END()
