#pragma once

#include "daemon/ledger/requirement.hpp"

#include <optional>
#include <string>
#include <vector>

/// What can be asked of requirements and of what covers them.
namespace usher::ledger {

/// A product as people call it.
struct ProductCall {
    ProductName name;
    VendorName vendor = {}; ///< Empty: of the only vendor who has such a product.
};

struct RequirementCall {
    ProductCall product;
    Consumer consumer;
};

/// Says that there is such a product, and for whom its rights are counted unless a foundation says
/// otherwise. What licenses say of it stays.
struct DefineProduct {
    Identity by;
    ProductCall product; ///< Its vendor: the only one whose products are known, unless named.
    std::optional<Model> model; ///< None: as it is; of a new one per device.
};

/// Refused while something is asked of it, or a license is of it.
struct ForgetProduct {
    Identity by;
    ProductCall product;
};

/// Foundations, all or nothing. Of one that is there already the new words take the place.
struct PutFoundations {
    struct Row {
        RequirementCall of;
        std::string source;         ///< One foundation each.
        std::optional<Model> model; ///< None: the product's.
        Units number = 1;
        bool confirmed = true;
    };

    Identity by;
    std::vector<Row> rows; ///< 1 to `rows_max`.
    bool dry_run = false;  ///< Only says what would be refused.
};

struct RemoveFoundation {
    Identity by;
    RequirementCall of;
    std::string source; ///< Empty: all.
};

struct ConfirmFoundation {
    Identity by;
    RequirementCall of;
    std::string source; ///< Empty: all.
    bool confirmed = true;
};

/// Whose devices are, all or nothing.
struct SetPrincipals {
    struct Row {
        DeviceName device;
        UserName user; ///< Empty: nobody's.
    };

    Identity by;
    std::vector<Row> rows; ///< 1 to `rows_max`.
    bool dry_run = false;
};

/// One requirement stands behind another, which alone is counted: `manual` or `remote`.
struct Consolidate {
    Identity by;
    RequirementCall requirement;
    RequirementCall behind; ///< Not looked at where it ends.
    Consolidating kind = Consolidating::manual;
    bool ended = false;
};

/// Wherever one consumer needs both products: `suite` or `version`.
struct ConsolidateProducts {
    Identity by;
    ProductCall product;
    ProductCall behind; ///< Not looked at where it ends.
    Consolidating kind = Consolidating::version;
    bool ended = false;
};

/// Covers a requirement by this license, as far as it may and has rights left.
struct Entitle {
    Identity by;
    RequirementCall requirement;
    EntitlementId license;
};

/// Changes a device's requirement into its user's for this license (M-R4).
struct ChangeModel {
    Identity by;
    RequirementCall requirement;
    EntitlementId license;
};

/// Looks at everything again. What is remembered is the result of doing so after each fact, so
/// nothing becomes otherwise; it says so.
struct Reconcile {
    Identity by;
    bool dry_run = false;
};

/// Asks for requirements, by product, then by consumer.
struct ListRequirements {
    ProductCall product;                     ///< An empty name: all.
    std::optional<RequirementStatus> status; ///< None: all.
    std::optional<RequirementId> after;      ///< Where the part before ended.
};

/// Asks why a requirement is covered as it is.
struct ExplainRequirement {
    RequirementCall requirement;
};

/// Asks for what is owned, used and missing of each product.
struct ReportCompliance {};

} // namespace usher::ledger
