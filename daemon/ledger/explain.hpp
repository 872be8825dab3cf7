#pragma once

#include "daemon/ledger/requirement_answer.hpp"
#include "daemon/ledger/requirements.hpp"

#include <string>
#include <vector>

/// What people are told of a requirement. Private to this folder.
namespace usher::ledger {

/// Of one that is there.
[[nodiscard]] Explanation explain(const Requirements& requirements,
                                  const RequirementRecord& record);

/// What another license more, or one less, would change: nothing that would not be so. It is
/// derived and not tried, for a copy of everything would hold up the desk; where others come into
/// play it is told which, and no more.
[[nodiscard]] std::vector<std::string> what_if(const Requirements& requirements,
                                               const RequirementRecord& record);

/// For a sentence: `1 right`, `2 rights`.
[[nodiscard]] std::string rights(Units units);
[[nodiscard]] std::string per(Model model);
/// `license L19 (V19 per user)`
[[nodiscard]] std::string license_text(const PaperRecord& paper);

} // namespace usher::ledger
