#include <boost/test/unit_test.hpp>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size);

BOOST_AUTO_TEST_SUITE(license_corpus)

// The target itself ends the program where a claim of its own does not hold.
BOOST_AUTO_TEST_CASE(what_a_fuzzer_has_found_stays_harmless)
{
    std::size_t count = 0;
    const std::filesystem::path corpus = USHER_SOURCE_DIR "/tests/fuzz/corpus/license";
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

BOOST_AUTO_TEST_SUITE_END()
