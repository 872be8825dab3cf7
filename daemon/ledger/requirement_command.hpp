#pragma once

#include "daemon/ledger/requirement.hpp"

#include <optional>
#include <string>
#include <variant>
#include <vector>

/// What can be asked of requirements and of what covers them.
namespace usher::ledger {

/// A product as people call it.
struct ProductCall {
    ProductName name;
    VendorName vendor = {}; ///< Empty: of the only vendor who has such a product.

    friend auto operator<=>(const ProductCall&, const ProductCall&) = default;
};

struct RequirementCall {
    ProductCall product;
    Consumer consumer;

    friend auto operator<=>(const RequirementCall&, const RequirementCall&) = default;
};

/// What the rows of a request are of the table that comes on its connection in several of them.
struct TablePart {
    ConnectionId connection = {}; ///< None: the request's rows are the table.
    bool more = false;            ///< Its rows are only kept, for the first request without `more`.
};

/// Says that there is such a product, and for whom its rights are counted unless a foundation says
/// otherwise. Refused: BAD_REQUEST where it names no vendor and not exactly one is known;
/// LIMIT_REACHED beyond `products_max`.
struct DefineProduct {
    Identity by;
    ProductCall product; ///< Its vendor: the only one whose products are known, unless named.
    std::optional<Model> model; ///< None: as it is; of a new one per device.
};

/// Refused: UNKNOWN_PRODUCT; IN_USE while something is asked of it or stands behind something of it
/// by hand, or a license is of it.
struct ForgetProduct {
    Identity by;
    ProductCall product;
};

/// Foundations, all or nothing, with those that were kept before them. Of one that is there already
/// the new words take the place; a row that says the same again says nothing. Refused, with the row
/// (from the first one that was kept on): UNKNOWN_PRODUCT; BAD_QUANTITY; BAD_REQUEST where two rows
/// are of one source and consumer, and differ; LIMIT_REACHED beyond `foundations_each_max`. Without
/// a row: BAD_REQUEST without any; LIMIT_REACHED beyond `rows_max`, `kept_rows_max` or
/// `foundations_max`. A no changes nothing: what was kept stays so.
struct PutFoundations {
    struct Row {
        RequirementCall of;
        std::string source;         ///< One foundation each; 1 to 64 bytes on one line.
        std::optional<Model> model; ///< None: the product's.
        Units number = 1;           ///< 1 to `units_max`.
        bool confirmed = true;

        friend bool operator==(const Row&, const Row&) = default;
    };

    Identity by;
    std::vector<Row> rows; ///< At most `rows_max`; none: those that were kept.
    bool dry_run = false;  ///< Only says what would be refused, and how many would be new or other.
    TablePart part = {};
};

/// Refused: UNKNOWN_PRODUCT, UNKNOWN_REQUIREMENT.
struct RemoveFoundation {
    Identity by;
    RequirementCall of;
    std::string source; ///< Empty: all.
};

/// Every foundation of a source. Refused: UNKNOWN_PRODUCT; UNKNOWN_REQUIREMENT where there is none;
/// LIMIT_REACHED beyond `kept_rows_max`, as of a table.
struct RemoveSource {
    Identity by;
    std::string source;
    ProductCall product = {}; ///< An empty name: of all.
};

/// Refused: UNKNOWN_PRODUCT, UNKNOWN_REQUIREMENT.
struct ConfirmFoundation {
    Identity by;
    RequirementCall of;
    std::string source; ///< Empty: all.
    bool confirmed = true;
};

/// Whose devices are, all or nothing; a table as of PutFoundations. Refused: BAD_REQUEST where two
/// rows are of one device, and differ, with the row; LIMIT_REACHED beyond `rows_max`,
/// `kept_rows_max` or `principals_max`.
struct SetPrincipals {
    struct Row {
        DeviceName device;
        UserName user; ///< Empty: nobody's.

        friend bool operator==(const Row&, const Row&) = default;
    };

    Identity by;
    std::vector<Row> rows; ///< As of PutFoundations.
    bool dry_run = false;
    TablePart part = {};
};

/// Rows of one table that were kept and not put yet.
using KeptRows = std::variant<std::vector<PutFoundations::Row>, std::vector<SetPrincipals::Row>>;

/// One requirement stands behind another, which alone is counted: `manual` or `remote`. Refused:
/// UNKNOWN_PRODUCT, UNKNOWN_REQUIREMENT; CONSOLIDATION_NOT_ALLOWED where its model was changed
/// (M-R3), where only others ask for it, in a circle, or where one that ends is none;
/// LIMIT_REACHED beyond `foundations_max`.
struct Consolidate {
    Identity by;
    RequirementCall requirement;
    RequirementCall behind; ///< Not looked at where it ends.
    Consolidating kind = Consolidating::manual;
    bool ended = false;
};

/// Wherever one consumer needs both products: `suite` or `version`. Refused: UNKNOWN_PRODUCT;
/// CONSOLIDATION_NOT_ALLOWED in a circle, or where one that ends is none.
struct ConsolidateProducts {
    Identity by;
    ProductCall product;
    ProductCall behind; ///< Not looked at where it ends.
    Consolidating kind = Consolidating::version;
    bool ended = false;
};

/// Covers a requirement by this license, as far as it may and has rights left. Refused:
/// UNKNOWN_PRODUCT; UNKNOWN_REQUIREMENT; NEEDS_NO_LICENSE, with its status; UNKNOWN_LICENSE;
/// NOT_IN_SCHEME where the license is lent; ONLY_TRIGGER_LICENCE (M-R7); PRODUCT_MISMATCH where the
/// license covers nothing like it, or one of its own comes first; INSUFFICIENT_UNITS.
struct Entitle {
    Identity by;
    RequirementCall requirement;
    EntitlementId license;
};

/// Changes a device's requirement into its user's for this license (M-R4). Refused as `Entitle` is,
/// but for PRODUCT_MISMATCH; MODEL_CHANGE_NOT_ALLOWED, with the status (M-R1).
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

/// Asks for requirements, by product, then by consumer; at most `page_max` are looked at. Refused:
/// UNKNOWN_PRODUCT.
struct ListRequirements {
    ProductCall product;                     ///< An empty name: all.
    std::optional<RequirementStatus> status; ///< None: all.
    std::optional<RequirementId> after;      ///< Where the part before ended.
};

/// Asks whose devices are, by their names; `page_max` at a time.
struct ListPrincipals {
    std::optional<DeviceName> after; ///< Where the part before ended.
};

/// Asks why a requirement is covered as it is. Refused: UNKNOWN_PRODUCT, UNKNOWN_REQUIREMENT.
struct ExplainRequirement {
    RequirementCall requirement;
};

/// Asks for what is owned, used and missing of each product.
struct ReportCompliance {};

} // namespace usher::ledger
