#pragma once

#include "daemon/trust/license_file.hpp"

#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace usher::tools {

/// What is sold, as it was typed.
struct LicenseWords {
    std::string product;
    std::string number;
    std::string metric;
    std::string quantity;
    std::string type;
    // An empty word is not the same as none: a script whose variable is unset would sell for ever.
    std::optional<std::string> from;
    std::optional<std::string> to;
    std::optional<std::string> maintenance_until;
    std::optional<std::string> requires_product;
    std::vector<std::string> downgrades_to;
};

/// Adds the options. `may_be_known`: of a number that was sold before, the number is enough.
void add_license_words(CLI::App& options, LicenseWords& words, bool may_be_known);

/// The license, bound to no host. Throws a Fault that names the option.
[[nodiscard]] trust::License license_of(const LicenseWords& words, const std::string& vendor);

/// The parser of licenses names the field; the options are called like the fields.
[[nodiscard]] std::string in_options(std::string objection);

} // namespace usher::tools
