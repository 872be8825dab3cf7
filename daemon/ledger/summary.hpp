#pragma once

#include "daemon/ledger/entities.hpp"
#include "daemon/ledger/party.hpp"
#include "daemon/ledger/refusal.hpp"

#include <optional>
#include <string>
#include <vector>

/// One picture of everything, for people and monitors: plain values that any thread may read.
namespace usher::ledger {

struct PoolPicture {
    Pool pool;
    PoolId root;
    LeaseKind leases = LeaseKind::floating; ///< What its leases are.
    bool unlimited = false;
    Units stock = 0; ///< Of no meaning where unlimited.
    Units held = 0;  ///< Counted once per seat.
    bool locked = false;
    /// Why it counts nothing, or what it stands on does not, or why it is locked: a refusal's code;
    /// empty: none of these.
    std::string reason;
    Units short_by = 0;
};

struct ProfilePicture {
    Profile profile;
    Units in_use = 0; ///< Units of the seats that were taken through it.
    std::optional<Units>
        re_use; ///< Leases that share another's seat; none where every lease is a seat.
    std::size_t clients_recently = 0; ///< Different user and device pairs of the last 30 days.
};

struct LeasePicture {
    Lease lease;
    std::string seat;                        ///< Leases with one seat key share a seat.
    std::optional<CalendarInstant> deadline; ///< None: persistent.
    bool connected = false;
    bool locked = false;
};

struct WaiterPicture {
    Waiter waiter;
    std::size_t position = 1; ///< From 1, among those who wait for the same first pool.
    CalendarInstant until{};
};

struct EntitlementPicture {
    Entitlement entitlement;
    bool counts = false;
    std::string reason; ///< Why it counts nothing: a refusal's code.
};

struct ActivationPicture {
    enum class State : std::uint8_t { none, pending, active, lapsed, doubted };

    EntitlementId license;
    Activation activation;
    std::optional<CalendarInstant> due; ///< When this host should show itself; none: it need not.
    State state = State::none;
};

/// `none`, `pending`, `active`, `lapsed`, `doubted`.
std::string_view word(ActivationPicture::State state);

struct PartyPicture {
    Party party;
    std::size_t users = 0;  ///< Of a company.
    std::size_t leases = 0; ///< That it holds.
    std::string lock;       ///< Why an instance's pool lends nothing: a code; empty: it may lend.
};

struct Summary {
    CalendarInstant at{};
    Mode mode = Mode::serving;
    std::string moved_to;           ///< Where it has departed: the address of the other server.
    std::optional<Arrival> arrival; ///< Where it takes over from another.
    std::optional<Anchor> anchor;   ///< Where the counter of this host stands at least.
    std::vector<EntitlementPicture> entitlements; ///< All in the order of their ids.
    std::vector<ActivationPicture> activations;   ///< Of licenses that are known or are not.
    std::vector<ExpectedLicense> expected;
    std::vector<Product> products;     ///< Likewise.
    std::vector<PoolPicture> pools;    ///< Likewise.
    std::vector<PartyPicture> parties; ///< Likewise.
    std::vector<ProfilePicture> profiles;
    std::vector<LeasePicture> leases; ///< In the order in which they started.
    std::vector<WaiterPicture> queue; ///< In the order in which they are served.
    std::vector<Credential> credentials;
};

} // namespace usher::ledger
