#pragma once

#include "daemon/ledger/requirement.hpp"
#include "daemon/ledger/rules.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

/// Who needs what, and which license covers it: the facts, the result of reconciling, and the
/// indexes by which the next step of it is found without looking at what it does not touch.
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

/// The oldest first.
using InOrder = std::map<std::uint64_t, RequirementRecord*>;
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
    RequirementRecord* user = nullptr;     ///< To whom `tie` is.
    std::uint64_t tie_order = 0;           ///< By which it stands there.
    Units tie_need = 0;                    ///< With which it does.
    std::map<Units, std::size_t> needs;    ///< Of `changed`: so many need so much.
    InOrder candidates, changed, ordinary; ///< Those who are tied to it.

    // Where it is listed, to be taken out again.
    struct Listing {
        InOrder* list = nullptr;
        std::uint64_t order = 0;
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

class Requirements {
  public:
    explicit Requirements(Rules rules = {}) : rules_(rules) {}
    Requirements(const Requirements&) = delete; // Records point at each other.
    Requirements& operator=(const Requirements&) = delete;
    Requirements(Requirements&&) = default; // They stay where they are.
    Requirements& operator=(Requirements&&) = default;
    ~Requirements() = default;

    // What has happened.
    void put(const Foundation& foundation);
    void remove(const RequirementId& id, const std::string& source);
    void set_principal(const DeviceName& device, const UserName& user);
    void set(const Consolidation& consolidation);
    void end(const Consolidation& consolidation);
    void set(const ProductConsolidation& consolidation);
    void end(const ProductConsolidation& consolidation);
    void put(const PaperPool& pool);
    void forget(const PoolId& pool);
    void cover(const Coverage& coverage);

    /// The next step of reconciling: one or more facts that belong together; empty: there is
    /// nothing to be done. What cannot be done is looked at once.
    [[nodiscard]] std::vector<Coverage> step();

    /// Looks at everything again, as if nothing had been looked at.
    void look_at_all();

    /// The same, made of its facts alone.
    [[nodiscard]] std::unique_ptr<Requirements> made_again() const;

    // What is so. Null: there is none.
    [[nodiscard]] const RequirementRecord* find(const RequirementId& id) const;
    [[nodiscard]] const PaperRecord* find(const PoolId& pool) const;
    [[nodiscard]] const ProductBook* find(const ProductId& product) const;
    [[nodiscard]] const std::map<ProductId, ProductBook>& books() const { return books_; }
    [[nodiscard]] const std::map<PoolId, PaperRecord>& papers() const { return papers_; }
    [[nodiscard]] const std::map<RequirementId, Consolidation>& consolidations() const
    {
        return consolidations_;
    }
    [[nodiscard]] const std::map<std::string, UserName>& principals() const { return principals_; }
    [[nodiscard]] UserName principal_of(const DeviceName& device) const;
    [[nodiscard]] std::uint64_t last_seq() const { return last_seq_; }
    [[nodiscard]] std::size_t foundations() const { return foundations_; }
    [[nodiscard]] const Rules& rules() const { return rules_; }

  private:
    ProductBook& book(const ProductId& id);
    RequirementRecord& record(const RequirementId& id);
    RequirementRecord* find_mutable(const RequirementId& id);
    [[nodiscard]] RequirementRecord* other_of(const RequirementRecord& one) const;
    void look_again(RequirementRecord& one);
    void look_at(ProductBook& its);
    void look_at_those_before(const RequirementRecord& one);
    void tie(RequirementRecord& one);
    void untie(RequirementRecord& one);
    void list(RequirementRecord& one);
    void list_grant(RequirementRecord& one, const GrantRecord& grant);
    void list_court(RequirementRecord& one);
    void unlist(RequirementRecord& one);
    void drop_if_empty(RequirementRecord& one);
    void put_in_books(PaperRecord& paper);
    void take_from_books(PaperRecord& paper);
    void look_at_covered_by(PaperRecord& paper);

    enum Phase : std::uint8_t { over_direct, direct, over, top_up, cover_rest, change, phases };
    void wake(PaperRecord& paper);
    void wake_all(const PapersInOrder& papers, Phase phase);

    // Steps.
    using Step = std::vector<Coverage>;
    [[nodiscard]] Step mend(const RequirementRecord& one) const;
    [[nodiscard]] Step shrink_direct(const PaperRecord& paper) const;
    [[nodiscard]] Step shrink(const PaperRecord& paper) const;
    [[nodiscard]] Step grant_directly(const PaperRecord& paper) const;
    [[nodiscard]] Step top(const PaperRecord& paper) const;
    [[nodiscard]] Step grant_by_downgrade(const PaperRecord& paper) const;
    [[nodiscard]] Step change_model(const PaperRecord& paper) const;
    [[nodiscard]] bool is_allowed(const RequirementRecord& one, const PaperRecord& paper) const;

    Rules rules_;
    std::map<ProductId, ProductBook> books_;
    std::map<PoolId, PaperRecord> papers_;
    std::map<std::string, UserName> principals_;
    std::map<std::string, InOrder> of_device_; ///< By their numbers.
    std::map<RequirementId, Consolidation> consolidations_;
    std::map<RequirementId, std::set<RequirementId>> behind_; ///< The same, from the other side.
    std::uint64_t last_seq_ = 0;
    std::uint64_t records_numbered_ = 0;
    std::size_t foundations_ = 0;

    // What to look at.
    InOrder unsettled_;                     ///< By number: those that may not stand as they must.
    InOrder starved_;                       ///< By number: changed, and with nothing.
    std::array<PapersInOrder, phases> due_; ///< Licenses that may have something to give.
};

// What is asked of a record.

/// The license by which others, or itself, were changed into what it is; null: none.
[[nodiscard]] PaperRecord* bound(const RequirementRecord& one);
/// What it needs, with those that were changed to stand behind it.
[[nodiscard]] Units full_need(const RequirementRecord& one);
[[nodiscard]] std::uint64_t full_order(const RequirementRecord& one);
[[nodiscard]] Units granted(const RequirementRecord& one);
[[nodiscard]] Units granted_directly(const RequirementRecord& one);
[[nodiscard]] bool is_direct(const RequirementRecord& one, const PaperRecord& paper);
[[nodiscard]] bool may_downgrade(const PaperRecord& paper, const RequirementRecord& one);
[[nodiscard]] RequirementStatus status_of(const RequirementRecord& one);
/// Whether anything is required: not only what could be.
[[nodiscard]] bool exists(const RequirementRecord& one);
[[nodiscard]] Coverage coverage_of(const RequirementRecord& one);

/// The requirement becomes that of `user` for the license: of a device his principal's, of a user
/// his own.
[[nodiscard]] std::vector<Coverage> change_of_model(const RequirementRecord& one,
                                                    const RequirementRecord& user,
                                                    const PaperRecord& paper);

} // namespace usher::ledger
