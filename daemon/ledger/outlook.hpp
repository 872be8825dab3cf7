#pragma once

#include "daemon/ledger/state.hpp"

#include <cstdint>
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
    struct Pool {
        Units stock = 0;
        std::optional<PoolId> parent;
        std::ptrdiff_t users_more = 0; ///< Than the state has; see `users_of`.
    };
    struct License {
        PoolId root;
        bool counts = false;
    };
    /// A lease, or a place in the queue.
    struct Wish {
        LeaseTag tag;
        std::uint64_t place = 0; ///< 0: a lease.
        std::vector<PoolId> pools;
    };

    explicit Outlook(const State& state) : state_(state) {}

    // Null: there is none.
    [[nodiscard]] Pool* pool(const PoolId& id);
    [[nodiscard]] License* license(const EntitlementId& id);
    [[nodiscard]] bool* profile(const ProfileName& name); ///< Whether it has a capacity.
    [[nodiscard]] Wish* wish(const LeaseId& id);
    [[nodiscard]] bool* tag(LeaseTag tag);
    [[nodiscard]] bool* place(std::uint64_t place);
    [[nodiscard]] CredentialDigest* credential(const std::string& name);
    [[nodiscard]] std::string* bearer(const CredentialDigest& digest); ///< Its name.

    /// How many licenses, leases, places in its queue and pools under it a pool has. Only where
    /// one goes, for it counts them.
    [[nodiscard]] std::ptrdiff_t users_of(const PoolId& id);
    void open(const PoolId& id, const std::optional<PoolId>& parent);

    OutlookTable<PoolId, Pool> pools;
    OutlookTable<EntitlementId, License> licenses;
    OutlookTable<ProfileName, bool> profiles;
    OutlookTable<LeaseId, Wish> wishes;
    OutlookTable<LeaseTag, bool> tags;
    OutlookTable<std::uint64_t, bool> places;
    OutlookTable<std::string, CredentialDigest> credentials;
    OutlookTable<CredentialDigest, std::string> bearers;

  private:
    [[nodiscard]] std::ptrdiff_t users_in_state(const PoolId& id) const;

    const State& state_;
};

} // namespace usher::ledger
