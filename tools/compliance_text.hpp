#pragma once

#include "protocol/requirement.pb.h"
#include "tools/status_json.hpp"

#include <string>

/// What is owned, used and missing of each product, for people, programs and spreadsheets. Pure.
/// Units count rights; the manual explains each column.
namespace usher::tools {

/// A table. Who has one vendor need not read of vendors.
[[nodiscard]] std::string compliance_text(const v1::Compliance& report, bool is_colored);

/// `{"products":[{"product","vendor","model","owned","used","free","needed","shortfall",
/// "downgrades","changes","requirements","unconfirmed"}]}`. Where a license has no end, `owned` and
/// `free` are null, and there is `"unlimited":true`.
[[nodiscard]] Json compliance_json(const v1::Compliance& report);

/// As RFC 4180 has it: a header line, and each line ends in CRLF. Where a license has no end,
/// `owned` and `free` are empty, and `unlimited` is `true`.
[[nodiscard]] std::string compliance_csv(const v1::Compliance& report);

} // namespace usher::tools
