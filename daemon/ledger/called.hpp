#pragma once

#include "daemon/ledger/decide.hpp"

#include <optional>
#include <variant>

/// What people mean by the names that they give.
namespace usher::ledger {

/// UNKNOWN_PRODUCT, also where several vendors have one of this name.
[[nodiscard]] std::variant<ProductId, Refusal> called(const State& state, const ProductCall& call);
/// The same; none: it has no name, and all are meant.
[[nodiscard]] std::variant<std::optional<ProductId>, Refusal>
called_or_all(const State& state, const ProductCall& call);
/// The product is known; whether anything is required is not looked at.
[[nodiscard]] std::variant<RequirementId, Refusal> called(const State& state,
                                                          const RequirementCall& call);
/// One that is there; else UNKNOWN_REQUIREMENT.
[[nodiscard]] std::variant<const RequirementRecord*, Refusal> required(const State& state,
                                                                       const RequirementCall& call);

/// The products in their order; of many the first and the last ones.
[[nodiscard]] std::string way_text(const std::vector<ProductName>& way, const std::string& between);

/// `v16/device:D1`.
[[nodiscard]] std::string name_of(const RequirementId& id);

[[nodiscard]] Refusal unknown_requirement(const RequirementId& id);

} // namespace usher::ledger
