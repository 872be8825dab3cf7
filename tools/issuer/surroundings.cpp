#include "tools/issuer/surroundings.hpp"

#include <chrono>

namespace usher::issuer {

Surroundings of_this_machine()
{
    return {
        .now =
            [] { return std::chrono::floor<Instant::duration>(std::chrono::system_clock::now()); },
        .open_record =
            [](const std::filesystem::path& directory) {
                return std::make_unique<Record>(directory);
            }};
}

} // namespace usher::issuer
