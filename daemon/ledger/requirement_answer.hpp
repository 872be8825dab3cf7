#pragma once

#include "daemon/ledger/requirement.hpp"

#include <optional>
#include <string>
#include <vector>

/// What is told of requirements.
namespace usher::ledger {

/// A requirement as people see it.
struct RequirementView {
    struct Cover {
        PoolId pool;
        ProductId product; ///< The license's own.
        Units units = 0;
        bool is_downgrade = false;
    };

    RequirementId id;
    RequirementStatus status = RequirementStatus::unconfirmed;
    std::optional<Model> model; ///< As its foundations ask for it; none: it has none of its own.
    Units need = 0;             ///< With those that were changed to stand behind it.
    Units has = 0;
    std::vector<Cover> covers;
    std::optional<PoolId> trigger; ///< The license for which its model was changed.
    std::optional<RequirementId> behind;
    std::string because = {}; ///< Of `behind`: manual, remote, suite, version, user.
    std::string note = {};    ///< `no eligible consumer`, where nobody's it is.
    std::vector<Foundation> foundations;
    std::size_t members = 0; ///< Devices that stand behind it.
};

struct RequirementList {
    std::vector<RequirementView> requirements;
    std::optional<RequirementId> after; ///< To ask for what follows; none: nothing does.
};

struct PrincipalList {
    struct Row {
        DeviceName device;
        UserName user;
    };

    std::vector<Row> rows;
    std::optional<DeviceName> after; ///< As of RequirementList.
};

/// Why a requirement is covered as it is, for people.
struct Explanation {
    RequirementView requirement;
    std::vector<std::string> because;   ///< Each with the rule by which it is so.
    std::vector<std::string> obstacles; ///< What stands in the way of covering it whole.
    std::vector<std::string> what_if;   ///< What another license more, or one less, would change.
};

/// What is owned, used and missing of a product.
struct ComplianceRow {
    ProductId product;
    Model model = Model::device; ///< The rows of one product are one for each.
    Units owned = 0;
    bool unlimited = false;
    Units used = 0; ///< Of its own licenses, by whatever they cover.
    Units free = 0;
    Units needed = 0;             ///< By requirements that count.
    Units shortfall = 0;          ///< Of these, what nothing covers.
    Units downgrades = 0;         ///< Rights of other products' licenses that cover it.
    std::size_t changes = 0;      ///< Devices whose requirement became their user's.
    std::size_t requirements = 0; ///< That count.
    std::size_t unconfirmed = 0;
};

struct Compliance {
    std::vector<ComplianceRow> rows;
};

} // namespace usher::ledger
