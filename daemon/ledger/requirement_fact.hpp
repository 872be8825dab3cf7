#pragma once

#include "daemon/ledger/requirement_command.hpp"

/// What has happened of requirements.
namespace usher::ledger {

/// Nothing is asked of the product any more, and no license is of it.
struct ProductForgotten {
    ProductId product;
    Identity by;

    friend bool operator==(const ProductForgotten&, const ProductForgotten&) = default;
};

/// A foundation came, or another one of its source takes its place.
struct FoundationPut {
    Foundation foundation;
    Identity by;

    friend bool operator==(const FoundationPut&, const FoundationPut&) = default;
};

struct FoundationRemoved {
    RequirementId of;
    std::string source;
    Identity by;

    friend bool operator==(const FoundationRemoved&, const FoundationRemoved&) = default;
};

/// Whose a device is from now on.
struct PrincipalSet {
    DeviceName device;
    UserName user; ///< Empty: nobody's.
    Identity by;

    friend bool operator==(const PrincipalSet&, const PrincipalSet&) = default;
};

/// A requirement stands behind another one from now on, or, `ended`, no more.
struct ConsolidationSet {
    Consolidation consolidation;
    bool ended = false;
    Identity by;

    friend bool operator==(const ConsolidationSet&, const ConsolidationSet&) = default;
};

/// So do all of a product.
struct ProductConsolidationSet {
    ProductConsolidation consolidation;
    bool ended = false;
    Identity by;

    friend bool operator==(const ProductConsolidationSet&,
                           const ProductConsolidationSet&) = default;
};

/// A requirement is covered otherwise than before.
struct Covered {
    Coverage coverage;

    friend bool operator==(const Covered&, const Covered&) = default;
};

// Fleeting.

/// More rows of the table of a connection were kept.
struct RowsKept {
    ConnectionId connection;
    KeptRows rows;

    friend bool operator==(const RowsKept&, const RowsKept&) = default;
};

/// The table of a connection was put, or its connection ended: none of its rows is kept any more.
struct TableEnded {
    ConnectionId connection;

    friend bool operator==(const TableEnded&, const TableEnded&) = default;
};

/// Everything is looked at again, as if nothing had been.
struct Reviewed {
    friend bool operator==(const Reviewed&, const Reviewed&) = default;
};

} // namespace usher::ledger
