#pragma once

#include "daemon/ledger/state.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

/// The state as it would be after facts that are not applied: what none of them has named is as it
/// is, and only what they name is kept. Of each thing as much as decides whether a fact can happen.
namespace usher::ledger {

/// One table of it.
template <class Key, class Value>
class OutlookTable {
  public:
    /// Null: there is none. `present` says what the state has.
    template <class Present>
    Value* find(const Key& key, Present present)
    {
        const auto [at, is_new] = seen_.try_emplace(key);
        if (is_new)
            at->second = present(key);
        return at->second ? &*at->second : nullptr;
    }
    void put(const Key& key, Value value) { seen_.insert_or_assign(key, std::move(value)); }
    void take(const Key& key) { seen_.insert_or_assign(key, std::nullopt); }

  private:
    std::map<Key, std::optional<Value>> seen_;
};

class Outlook {
  public:
    /// What refers to one refers to it by whatever name it has: a closed pool may get another.
    struct Pool {
        Units stock = 0;
        Pool* root = nullptr; ///< None: it is one.
        ProductId product;
        Metric metric = Metric::lease;
        std::string scheme;
        bool closed = false;
        /// Licenses, leases, places in its queue, pools under it and instances.
        std::size_t users = 0;
        std::size_t waiters = 0; ///< Of those the places.

        [[nodiscard]] bool is_root() const { return !root; }
        [[nodiscard]] const Pool* account() const { return root ? root : this; }
    };
    struct License {
        Pool* root = nullptr;
        ProductId product;
        bool counts = false;
    };
    /// A lease, or a place in the queue.
    struct Wish {
        LeaseTag tag;
        std::uint64_t place = 0;  ///< 0: a lease.
        std::vector<Pool*> pools; ///< Of a lease one.
    };
    struct Party {
        ledger::Party::Kind kind = ledger::Party::Kind::user;
        PartyId company;      ///< Of a user.
        Pool* pool = nullptr; ///< Of an instance.
        std::size_t users = 0;
    };

    explicit Outlook(const State& state) : last_seq(state.requirements.last_seq()), state_(state) {}
    Outlook(const Outlook&) = delete; // It points at what it holds.
    Outlook& operator=(const Outlook&) = delete;

    // Null: there is none.
    [[nodiscard]] Pool* pool(const PoolId& id);
    [[nodiscard]] License* license(const EntitlementId& id);
    [[nodiscard]] Party* party(const PartyId& id);
    [[nodiscard]] bool* scheme(const std::string& name); ///< Whether its pools are reconciled.
    /// Its place.
    [[nodiscard]] std::uint64_t* foundation(const std::pair<RequirementId, std::string>& id);
    [[nodiscard]] std::size_t& foundations_of(const RequirementId& id); ///< How many.
    [[nodiscard]] bool* principal(const DeviceName& device);            ///< Null: it has none.
    [[nodiscard]] bool* consolidation(const RequirementId& id);
    [[nodiscard]] bool* product_consolidation(const ProductId& id);
    [[nodiscard]] bool is_used(const std::string& scheme) const;
    [[nodiscard]] bool* profile(const ProfileName& name); ///< Whether it has a capacity.
    [[nodiscard]] Wish* wish(const LeaseId& id);
    [[nodiscard]] bool* tag(LeaseTag tag);
    [[nodiscard]] bool* place(std::uint64_t place);
    [[nodiscard]] CredentialDigest* credential(const std::string& name);
    [[nodiscard]] std::string* bearer(const CredentialDigest& digest); ///< Its name.

    void open(const ledger::Pool& pool, Pool* root);
    void rename(const PoolId& from, const PoolId& to);

    OutlookTable<PoolId, Pool*> pools;
    OutlookTable<EntitlementId, License> licenses;
    OutlookTable<PartyId, Party> parties;
    OutlookTable<std::string, bool> schemes;
    OutlookTable<std::pair<RequirementId, std::string>, std::uint64_t> foundations;
    OutlookTable<DeviceName, bool> principals;
    OutlookTable<RequirementId, bool> consolidations;
    OutlookTable<ProductId, bool> product_consolidations;
    OutlookTable<RequirementId, std::size_t> foundation_counts;
    std::uint64_t last_seq; ///< Of a foundation.
    OutlookTable<ProfileName, bool> profiles;
    OutlookTable<LeaseId, Wish> wishes;
    OutlookTable<LeaseTag, bool> tags;
    OutlookTable<std::uint64_t, bool> places;
    OutlookTable<std::string, CredentialDigest> credentials;
    OutlookTable<CredentialDigest, std::string> bearers;

  private:
    /// The one of the state, as it is after the facts.
    Pool* known(const PoolRecord* record);

    const State& state_;
    std::map<std::uint64_t, Pool> known_; ///< By their numbers in the state.
    std::deque<Pool> opened_;
};

} // namespace usher::ledger
