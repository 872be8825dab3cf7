#pragma once

#include "protocol/requirement.pb.h"

#include <optional>
#include <string>
#include <string_view>

/// How people name a requirement: `PRODUCT/device:NAME` or `PRODUCT/user:NAME`. Pure.
namespace usher::tools {

/// The first `/device:` or `/user:` separates; whether the names are such is the daemon's to judge.
/// None: there is neither.
[[nodiscard]] std::optional<v1::RequirementName> requirement_from(std::string_view text);

/// The same backwards, not yet fit for a terminal.
[[nodiscard]] std::string to_text(const v1::RequirementName& name);

} // namespace usher::tools
