#pragma once

#include "daemon/ledger/requirement.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <vector>

/// A requirement, a license on paper and a product, each with everything that refers to it.
/// Private to this folder.
namespace usher::ledger {

/// A license whose rights are counted on paper, as far as reconciling asks.
struct PaperPool {
    PoolId id;
    std::uint64_t number = 0; ///< In the order in which licenses came.
    ProductId product;
    Model model = Model::device;
    bool unlimited = false;
    Units units = 0; ///< That count now.
    std::set<ProductId> downgrades_to;
    bool changes_models = true; ///< Whether a device's requirement may become its user's for it.

    friend bool operator==(const PaperPool&, const PaperPool&) = default;
};

struct PaperRecord;
struct ProductBook;
struct RequirementRecord;

/// Where one stands in a list: the oldest first, and no two in one place.
struct Place {
    std::uint64_t order = 0;
    std::uint64_t number = 0; ///< Of the record.

    friend auto operator<=>(const Place&, const Place&) = default;
};
using InOrder = std::map<Place, RequirementRecord*>;
using ByNumber = std::map<std::uint64_t, RequirementRecord*>;
using PapersInOrder = std::map<std::uint64_t, PaperRecord*>;

/// A license with what it covers, each in the order of those who need it.
struct PaperRecord {
    PaperPool pool;
    Units granted = 0;  ///< Σ over all.
    Units directly = 0; ///< Σ over `direct`.
    // A requirement that is covered by one license for two reasons stands in two of these.
    InOrder direct;     ///< Of the license's own product and model.
    InOrder downgraded; ///< Of a product that it may be downgraded to, and of its model.
    InOrder changed;    ///< Of users, with devices behind them whose model was changed for it.
    InOrder wanting;    ///< Of `changed`, or to be: those that have less than they need.
    /// Users behind whom devices could stand, by this license and no other.
    InOrder courts;
    ByNumber users; ///< All whom it covers, or was the trigger of.

    [[nodiscard]] Units free() const;        ///< Below 0: more is granted than there is.
    [[nodiscard]] Units free_direct() const; ///< Of what is not granted directly.
};

struct GrantRecord {
    PaperRecord* paper = nullptr;
    Units units = 0;
};

/// What the foundations of a requirement ask for, with those of others that stand behind it from
/// the start.
struct Demand {
    Model model = Model::device;
    Units need = 0;          ///< 0: nothing.
    std::uint64_t order = 0; ///< Of the oldest of them.
    bool counts = false;     ///< It stands behind no other.

    friend bool operator==(const Demand&, const Demand&) = default;
};

/// How a requirement stands to that of a user.
enum class Tie : std::uint8_t {
    none,
    candidate, ///< It could stand behind it, if its model were changed. Of a user: his own.
    changed,   ///< It does, and was changed for it.
    ordinary,  ///< It does, and asked for a user's right from the start.
};

/// A requirement with everything that refers to it. Where it is only a user that others could
/// stand behind, nothing is required.
struct RequirementRecord {
    RequirementId id;
    std::uint64_t number = 0; ///< In the order in which records came.
    ProductBook* book = nullptr;
    std::vector<Foundation> foundations; ///< In their order.
    std::vector<GrantRecord> grants;     ///< In the order of the licenses.
    PaperRecord* trigger = nullptr;
    UserName into; ///< See `Coverage`.

    // Derived.
    Demand demand;
    RequirementRecord* behind = nullptr; ///< By a consolidation that is not by consumer.
    Tie tie = Tie::none;
    RequirementRecord* user = nullptr;           ///< To whom `tie` is.
    std::uint64_t tie_order = 0;                 ///< By which it stands there.
    Units tie_need = 0;                          ///< With which it does.
    std::map<Units, std::size_t> needs;          ///< Of `changed`: so many need so much.
    std::map<Units, std::size_t> ordinary_needs; ///< The same of `ordinary`.
    InOrder candidates, changed, ordinary;       ///< Those who are tied to it.

    // Where it is listed, to be taken out again.
    struct Listing {
        InOrder* list = nullptr;
        Place place;
        PaperRecord* paper = nullptr; ///< That counts the units; null: none does.
        Units granted = 0;
        Units directly = 0;
    };
    std::vector<Listing> listings;
};

/// A product with everything that is asked of it.
struct ProductBook {
    ProductId id;
    std::map<Consumer, RequirementRecord> requirements;
    std::array<InOrder, 2> wanting; ///< By model: not covered by licenses of their own product.
    std::array<InOrder, 2> lacking; ///< By model: not covered, and not changed.
    InOrder courts;                 ///< Users behind whom devices could stand, by any license.
    PapersInOrder licenses;         ///< Of this product.
    PapersInOrder downgrades;       ///< Licenses of others that may be downgraded to it.
    std::optional<ProductConsolidation> behind;
    std::set<ProductId> before_us; ///< Products whose `behind` this is.
};

// What is asked of a record.

/// What the foundations ask for, and those who stand behind it from the start (M-Q4, M-Q11).
[[nodiscard]] Demand demand_of(const RequirementRecord& one);
/// Its own foundations ask for something, so that others may stand behind it.
[[nodiscard]] bool stands_alone(const RequirementRecord& one);
/// The license by which others, or itself, were changed into what it is; null: none.
[[nodiscard]] PaperRecord* bound(const RequirementRecord& one);
/// What it needs, with those that were changed to stand behind it.
[[nodiscard]] Units full_need(const RequirementRecord& one);
[[nodiscard]] std::uint64_t full_order(const RequirementRecord& one);
[[nodiscard]] Units granted(const RequirementRecord& one);
[[nodiscard]] Units granted_directly(const RequirementRecord& one);
/// Whether licenses may cover it as its foundations ask: it counts, and for whom it is counted is
/// whose it is.
[[nodiscard]] bool is_coverable(const RequirementRecord& one);
/// What it needs without those who were changed to stand behind it; 0 where it is not coverable.
[[nodiscard]] Units own_need(const RequirementRecord& one);
/// Whether a license of its own product and model has a right left for it.
[[nodiscard]] bool has_free_direct(const RequirementRecord& one);
[[nodiscard]] bool is_direct(const RequirementRecord& one, const PaperRecord& paper);
[[nodiscard]] bool may_downgrade(const PaperRecord& paper, const RequirementRecord& one);
[[nodiscard]] RequirementStatus status_of(const RequirementRecord& one);
/// Whether anything is required: not only what could be.
[[nodiscard]] bool exists(const RequirementRecord& one);
[[nodiscard]] Coverage coverage_of(const RequirementRecord& one);
/// The one of this source; null: none.
[[nodiscard]] const Foundation* foundation_by(const RequirementRecord& one,
                                              const std::string& source);

/// Whether devices may come to stand behind a user's requirement by a change of their model.
struct Court {
    enum class Shut : std::uint8_t {
        open,
        stands_behind,    ///< It is counted by another one itself.
        covered_directly, ///< Nothing joins it (M-R8, M-R10).
        mixed,            ///< It is covered by several licenses (M-Q15).
    };
    Shut shut = Shut::open;
    const PaperRecord* only =
        nullptr; ///< The license that may change them (M-R7, M-Q15); null: any.
};
/// `covered_directly`: whether that shuts it.
[[nodiscard]] Court court_of(const RequirementRecord& user, bool covered_directly = true);

/// What keeps a requirement from becoming its user's for a license, in the order in which it is
/// told.
struct NoChange {
    enum class Why : std::uint8_t {
        is_covered,    ///< It has a right, or needs none (M-R1).
        is_users,      ///< A user's becomes no device's (M-R4).
        per_device,    ///< The license is.
        other_product, ///< The license may not be downgraded to it.
        scheme,        ///< That of the license changes no model (M-R11).
        nobody,        ///< Is its principal user (M-Q7).
        court,         ///< That of its user is shut, or open to another license only.
        no_right,      ///< Is left of the license (M-R5).
    };
    Why why = Why::is_covered;
    Court::Shut shut = Court::Shut::open; ///< Of `court`.
    const PaperRecord* by = nullptr;      ///< Of an open or mixed one: the other license.
};
[[nodiscard]] std::optional<NoChange> why_no_change(const RequirementRecord& one,
                                                    const PaperRecord& paper);

/// The requirement becomes that of `user` for the license: of a device his principal's, of a user
/// his own.
[[nodiscard]] std::vector<Coverage> change_of_model(const RequirementRecord& one,
                                                    const RequirementRecord& user,
                                                    const PaperRecord& paper);

} // namespace usher::ledger
