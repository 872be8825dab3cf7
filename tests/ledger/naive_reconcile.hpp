#pragma once

#include "daemon/ledger/requirement.hpp"
#include "daemon/ledger/requirements.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

/// The model's Reconcile as it is written there, phase by phase, over everything, in plain tables
/// without an index: what the steps of the ledger must come to.
namespace usher::ledger::naive {

struct Facts {
    std::map<RequirementId, std::vector<Foundation>> foundations; ///< Each by seq.
    std::map<std::string, UserName> principals;
    std::map<RequirementId, Consolidation> consolidations;
    std::map<ProductId, ProductConsolidation> product_consolidations;
    std::map<std::uint64_t, PaperPool> licenses; ///< By their numbers.
};

struct Cover {
    std::map<std::uint64_t, Units> grants; ///< By the number of the license.
    std::optional<std::uint64_t> trigger;
    UserName into;

    friend bool operator==(const Cover&, const Cover&) = default;
};

/// Of those that are covered, or were changed.
using Result = std::map<RequirementId, Cover>;

[[nodiscard]] Result reconcile(const Facts& facts, const Result& previous);

} // namespace usher::ledger::naive
