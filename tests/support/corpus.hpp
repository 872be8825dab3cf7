#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace usher::tests {

/// A file that a fuzzer starts from. Unit tests try them all, too.
struct Sample {
    std::string name;
    std::string bytes;
};

/// Those in `tests/fuzz/corpus/folder`, in the order of their names.
inline std::vector<Sample> corpus_of(const std::string& folder)
{
    std::vector<Sample> samples;
    for (const auto& entry :
         std::filesystem::directory_iterator(std::filesystem::path(USHER_CORPUS) / folder)) {
        std::ifstream in(entry.path(), std::ios::binary);
        samples.push_back(
            {entry.path().filename(), std::string(std::istreambuf_iterator<char>(in), {})});
    }
    std::ranges::sort(samples, {}, &Sample::name);
    return samples;
}

} // namespace usher::tests
