#pragma once

#include "tests/support/corpus.hpp"

#include <boost/test/unit_test.hpp>
#include <cstddef>
#include <cstdint>

/// Of the fuzz target that is linked: it ends the program where a claim of its own does not hold.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size);

namespace usher::tests {

/// Tries all samples of a folder, as the fuzzer does first.
inline void try_corpus(const std::string& folder)
{
    const std::vector<Sample> samples = corpus_of(folder);
    BOOST_TEST(samples.size() >= 4U);
    for (const Sample& sample : samples) {
        BOOST_TEST_INFO_SCOPE(sample.name);
        BOOST_TEST(
            LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(sample.bytes.data()),
                                   sample.bytes.size()) == 0);
    }
}

} // namespace usher::tests
