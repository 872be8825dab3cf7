#pragma once

#include "tools/issuer/issuer.hpp"
#include "tools/issuer/surroundings.hpp"
#include "tools/vendor_secret.hpp"

#include <filesystem>
#include <memory>
#include <string>

namespace usher::tools {

/// The vendor's key and record, opened for one verb.
struct Office {
    VendorSecret vendor;
    std::unique_ptr<issuer::Record> record;
    issuer::Issuer issuer;
    issuer::Instant now{};
    std::string who; ///< `local:daisy`

    Office(const issuer::Surroundings& here, const std::filesystem::path& directory);
};

/// A no as people are told it: `CODE: sentence`, and its cures. Thrown.
[[noreturn]] void refuse(const issuer::Refusal& no);

/// What an issuer answered; a no is thrown.
[[nodiscard]] std::string expect(std::variant<std::string, issuer::Refusal> answer);

/// Throws a Fault unless `address` is one, or empty.
void expect_address(const std::string& address);
/// Puts it into the record, unless it is empty.
void keep_address(const issuer::Surroundings& here, const std::filesystem::path& directory,
                  const std::string& address);

} // namespace usher::tools
