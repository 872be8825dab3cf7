#include "daemon/trust/activation_request.hpp"
#include "daemon/trust/redirect.hpp"
#include "daemon/trust/showing.hpp"
#include "daemon/trust/transfer_request.hpp"

#include <algorithm>
#include <array>
#include <boost/test/unit_test.hpp>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size);

namespace {
const std::filesystem::path corpus = USHER_SOURCE_DIR "/tests/fuzz/corpus/document";
} // namespace

BOOST_AUTO_TEST_SUITE(document_corpus)

// The target itself ends the program where a claim of its own does not hold.
BOOST_AUTO_TEST_CASE(what_a_fuzzer_has_found_stays_harmless)
{
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(corpus)) {
        std::ifstream stream(entry.path(), std::ios::binary);
        const std::string text{std::istreambuf_iterator<char>(stream), {}};
        BOOST_TEST_CONTEXT(entry.path())
        BOOST_TEST(LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(text.data()),
                                          text.size()) == 0);
        ++count;
    }
    BOOST_TEST(count >= 10U);
}

// They were made without a line of this code.
BOOST_AUTO_TEST_CASE(the_good_files_are_accepted_as_what_they_are)
{
    using namespace usher::trust;
    const SigningKey vendor = SigningKey::from_seed(std::array<std::uint8_t, 32>{1});
    const std::vector<VendorKey> trusted{{"acme", vendor.public_key()}};
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(corpus)) {
        if (entry.path().has_extension() || entry.path().filename() == "code")
            continue;
        std::ifstream stream(entry.path(), std::ios::binary);
        const std::string text{std::istreambuf_iterator<char>(stream), {}};
        const bool is_accepted[] = {open_activation_request(text).index() == 0,
                                    open_activation(text, trusted).index() == 0,
                                    open_transfer_request(text).index() == 0,
                                    open_receipt(text).index() == 0,
                                    open_showing(text).index() == 0,
                                    open_issuer_answer(text, trusted).index() == 0,
                                    open_redirect(text).index() == 0};
        BOOST_TEST(std::ranges::count(is_accepted, true) == 1, entry.path());
        ++count;
    }
    BOOST_TEST(count == 10U);
}

BOOST_AUTO_TEST_SUITE_END()
