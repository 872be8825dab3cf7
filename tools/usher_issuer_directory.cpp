#include "tools/usher_issuer_directory.hpp"

#include <CLI/CLI.hpp>
#include <cstdlib>

namespace usher::tools {

std::filesystem::path default_issuer_directory()
{
    const char* const home = std::getenv("HOME");
    return std::filesystem::path(home == nullptr ? "" : home) / ".usher-issuer";
}

void add_issuer_directory(CLI::App& options, std::filesystem::path& directory)
{
    options
        .add_option("--directory", directory,
                    "Where the vendor's key is; $USHER_ISSUER_DIRECTORY, else ~/.usher-issuer")
        ->envname("USHER_ISSUER_DIRECTORY")
        ->type_name("DIR");
}

} // namespace usher::tools
