#pragma once

#include "daemon/ledger/requirement_record.hpp"
#include "daemon/ledger/rules.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

/// Who needs what, and which license covers it: the facts, the result of reconciling, and the
/// indexes by which the next step of it is found without looking at what it does not touch.
/// Private to this folder.
namespace usher::ledger {

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

    /// Whether there may be a step to take.
    [[nodiscard]] bool is_unsettled() const { return is_unsettled_; }

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
    /// Behind which it would stand if it were not changed, nor others for it; null: behind none.
    [[nodiscard]] RequirementRecord* other_of(const RequirementRecord& one) const;
    [[nodiscard]] std::uint64_t last_seq() const { return last_seq_; }
    [[nodiscard]] std::size_t foundations() const { return foundations_; }
    [[nodiscard]] const Rules& rules() const { return rules_; }

  private:
    ProductBook& book(const ProductId& id);
    RequirementRecord& record(const RequirementId& id);
    RequirementRecord* find_mutable(const RequirementId& id);
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
    [[nodiscard]] const RequirementRecord* mended_before(const RequirementRecord& one) const;
    [[nodiscard]] Step mend(const RequirementRecord& one) const;
    [[nodiscard]] Step shrink_direct(const PaperRecord& paper) const;
    [[nodiscard]] Step shrink(const PaperRecord& paper) const;
    [[nodiscard]] Step grant_directly(const PaperRecord& paper) const;
    [[nodiscard]] Step top(const PaperRecord& paper) const;
    [[nodiscard]] Step grant_by_downgrade(const PaperRecord& paper) const;
    [[nodiscard]] Step change_model(const PaperRecord& paper) const;
    [[nodiscard]] bool is_own(const RequirementRecord& one, const PaperRecord& paper) const;
    [[nodiscard]] Units owned(const RequirementRecord& one) const;
    [[nodiscard]] bool is_allowed(const RequirementRecord& one, const PaperRecord& paper) const;

    Rules rules_;
    std::map<ProductId, ProductBook> books_;
    std::map<PoolId, PaperRecord> papers_;
    std::map<std::string, UserName> principals_;
    std::map<std::string, ByNumber> of_device_; ///< By their numbers.
    std::map<RequirementId, Consolidation> consolidations_;
    std::map<RequirementId, std::set<RequirementId>> behind_; ///< The same, from the other side.
    std::uint64_t last_seq_ = 0;
    std::uint64_t records_numbered_ = 0;
    std::size_t foundations_ = 0;

    // What to look at.
    bool is_unsettled_ = false;             ///< Something of it.
    ByNumber unsettled_;                    ///< By number: those that may not stand as they must.
    ByNumber starved_;                      ///< By number: changed, and with nothing.
    std::array<PapersInOrder, phases> due_; ///< Licenses that may have something to give.
};

} // namespace usher::ledger
