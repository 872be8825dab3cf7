#pragma once

#include "daemon/ledger/types.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What must be covered, by licenses that are counted on paper and lent to nobody.
namespace usher::ledger {

/// For whom a right is counted: what a license is sold per, and what a requirement asks for.
enum class Model : std::uint8_t { device, user };

/// Who needs something.
struct Consumer {
    Model kind = Model::device;
    std::string name;

    friend auto operator<=>(const Consumer&, const Consumer&) = default;
};

/// At most one requirement a product and consumer.
struct RequirementId {
    ProductId product;
    Consumer consumer;

    friend auto operator<=>(const RequirementId&, const RequirementId&) = default;
};

/// A fact that asks for rights: an installation that was found, the membership of a group, a word
/// of the operator.
struct Foundation {
    RequirementId of;   ///< The consumer is the technical one: where it was found.
    std::string source; ///< Who says so; one foundation each.
    Model model = Model::device;
    Units number = 1;      ///< 1 to `units_max`.
    bool confirmed = true; ///< Asks for nothing before it is.
    std::uint64_t seq = 0; ///< The order in which foundations came; only grows.

    friend bool operator==(const Foundation&, const Foundation&) = default;
};

/// Why a requirement stands behind another one, which alone is counted.
enum class Consolidating : std::uint8_t {
    manual,
    remote,  ///< Used from afar, where the other one is.
    suite,   ///< A part of the other product.
    version, ///< An older version beside the other product.
};

/// One requirement behind another: `manual` or `remote`.
struct Consolidation {
    RequirementId requirement;
    RequirementId behind;
    Consolidating kind = Consolidating::manual;

    friend bool operator==(const Consolidation&, const Consolidation&) = default;
};

/// Wherever one consumer needs both products, the first one's requirement stands behind the
/// other's: `suite` or `version`.
struct ProductConsolidation {
    ProductId product;
    ProductId behind;
    Consolidating kind = Consolidating::version;

    friend bool operator==(const ProductConsolidation&, const ProductConsolidation&) = default;
};

/// So many rights of a license cover a requirement.
struct Grant {
    PoolId pool; ///< The license's root.
    Units units = 0;

    friend bool operator==(const Grant&, const Grant&) = default;
};

/// How a requirement is covered: what reconciling has found, and remembers.
struct Coverage {
    RequirementId requirement;
    std::vector<Grant> grants; ///< In the order in which their licenses came.
    std::optional<PoolId>
        trigger;        ///< The license for which its model was changed; none: it was not.
    UserName into = {}; ///< Of a changed device's: the user behind whose it stands.

    friend bool operator==(const Coverage&, const Coverage&) = default;
};

/// What becomes of a requirement.
enum class RequirementStatus : std::uint8_t {
    unconfirmed,
    consolidated,
    license_required,
    partially_licensed,
    licensed,
};

/// The stable word for each.
std::string_view word(Model model);
std::string_view word(Consolidating kind);
std::string_view word(RequirementStatus status);

} // namespace usher::ledger
