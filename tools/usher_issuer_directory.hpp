#pragma once

#include <filesystem>

namespace CLI {
class App;
}

namespace usher::tools {

/// `$HOME/.usher-issuer`; where there is no home, `.usher-issuer` here.
[[nodiscard]] std::filesystem::path default_issuer_directory();

/// --directory, USHER_ISSUER_DIRECTORY.
void add_issuer_directory(CLI::App& options, std::filesystem::path& directory);

} // namespace usher::tools
