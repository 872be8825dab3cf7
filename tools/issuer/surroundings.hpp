#pragma once

#include "tools/issuer/record.hpp"

#include <filesystem>
#include <functional>
#include <memory>

namespace usher::issuer {

/// Where time comes from, and how the record is opened. The released program has the machine's
/// clock; a test brings its own of both.
struct Surroundings {
    std::function<Instant()> now;
    std::function<std::unique_ptr<Record>(const std::filesystem::path& directory)> open_record;
};

[[nodiscard]] Surroundings of_this_machine();

} // namespace usher::issuer
