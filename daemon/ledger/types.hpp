#pragma once

#include <array>
#include <chrono>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

/// The words of the domain as types that cannot be confused with each other.
/// All of them are plain values: any thread may copy them.
namespace usher::ledger {

/// A count of what is sold and lent. Never fractional; at most `units_max` in any one place,
/// so that sums over everything a daemon can hold stay far from overflow.
using Units = std::int64_t;
inline constexpr Units units_max = 1'000'000'000'000;

using Duration = std::chrono::microseconds;

/// UTC as people write it: for what was bought until when. The desk never lets it run backwards.
using CalendarInstant = std::chrono::sys_time<Duration>;

/// Time since an arbitrary start of this daemon: for leases. Moving the wall clock does not move
/// it.
struct SteadyTime {
    using rep = Duration::rep;
    using period = Duration::period;
    using duration = Duration;
    using time_point = std::chrono::time_point<SteadyTime>;
    static constexpr bool is_steady = true;
};
using SteadyInstant = SteadyTime::time_point;

/// The one reading of both clocks that a turn is given.
struct Now {
    CalendarInstant calendar;
    SteadyInstant steady;
};

/// A name of one kind of thing. Two kinds do not compare, so a user cannot be passed as a device.
template <class Kind>
struct Name {
    std::string text;

    bool empty() const { return text.empty(); }
    friend auto operator<=>(const Name&, const Name&) = default;
};

using EntitlementId = Name<struct EntitlementKind>; ///< The license number, `015.120.064.022`.
using ProductName = Name<struct ProductKind>;
using PoolId = Name<struct PoolKind>; ///< In the `server` scheme: the number of its license.
using ProfileName = Name<struct ProfileKind>; ///< What applications ask for.
using PartyId = Name<struct PartyKind>;
using UserName = Name<struct UserKind>;
using DeviceName = Name<struct DeviceKind>;
using VendorName = Name<struct VendorKind>;

/// What a vendor sells. Two vendors may call theirs alike: each name means something to its own
/// vendor only. People are shown the name.
struct ProductId {
    VendorName vendor;
    ProductName name;

    friend auto operator<=>(const ProductId&, const ProductId&) = default;
};

/// Who a connection proved to be: `cert:NAME`, `key:NAME`, `local:USER`, or `anonymous`.
/// A lease belongs to the identity that took it.
using Identity = Name<struct IdentityKind>;
/// Of whoever proves nothing: all of them are one.
inline constexpr std::string_view anonymous = "anonymous";

/// 128 random bits that the client picked: retry key and lease id in one. Where clients are
/// anonymous it is the only proof of who holds the seat, so it is never shown to anybody else.
struct LeaseId {
    std::array<std::uint8_t, 16> bytes{};

    friend auto operator<=>(const LeaseId&, const LeaseId&) = default;
};

/// A short digest of a lease id, fit to be shown: it names the lease and proves nothing.
struct LeaseTag {
    std::uint64_t bits = 0;

    friend auto operator<=>(const LeaseTag&, const LeaseTag&) = default;
};

/// A connection of this run of the daemon; 0 is none. Never journaled, never used twice.
struct ConnectionId {
    std::uint64_t number = 0;

    explicit operator bool() const { return number != 0; }
    friend auto operator<=>(const ConnectionId&, const ConnectionId&) = default;
};

/// Names a key or certificate by SHA-256, so that the ledger need not keep any secret.
struct CredentialDigest {
    std::array<std::uint8_t, 32> bytes{};

    friend auto operator<=>(const CredentialDigest&, const CredentialDigest&) = default;
};

/// How a pool turns leases into seats: leases with one seat key take the seat's units once.
enum class Metric : std::uint8_t { lease, device, user, user_device };

/// How a lease ends by itself: floating with its holder's silence, fixed at an instant,
/// persistent never.
enum class LeaseKind : std::uint8_t { floating, fixed, persistent };

/// Random bytes that tie an answer to its question: an answer to another one is of no use.
struct Nonce {
    std::array<std::uint8_t, 16> bytes{};

    friend auto operator<=>(const Nonce&, const Nonce&) = default;
};

/// A stream of facts from one server to another; as random as a nonce, so no two are alike.
struct StreamId {
    std::array<std::uint8_t, 16> bytes{};

    friend auto operator<=>(const StreamId&, const StreamId&) = default;
};

/// Another host, by the public key of its node.
struct NodeKey {
    std::array<std::uint8_t, 32> bytes{};

    friend auto operator<=>(const NodeKey&, const NodeKey&) = default;
};

enum class NodeLock : std::uint8_t { none, machine, personal };
enum class Mode : std::uint8_t {
    serving,
    maintenance,
    arriving, ///< It takes over from another server.
    departed, ///< Another server has taken over from it.
};

/// Whether what is here belongs to a move, so that no clock and no queue changes any of it.
[[nodiscard]] constexpr bool stands_still(Mode mode)
{
    return mode >= Mode::arriving;
}

/// What a credential may do; each role may do all that the ones before it may.
enum class Role : std::uint8_t { application, viewer, operator_, admin };

/// The stable word for each, as it stands on the wire, in JSON and on the command line.
std::string_view word(Metric metric);
std::string_view word(LeaseKind kind);
std::string_view word(NodeLock lock);
std::string_view word(Mode mode);
std::string_view word(Role role);

/// Hashes that an attacker who picks the names or ids cannot steer, given a secret seed: clients
/// choose lease ids, and a table that they could fill into one bucket would stop the desk.
struct SeededHash {
    std::uint64_t seed = 0;

    std::size_t operator()(const LeaseId& id) const;
    std::size_t operator()(LeaseTag tag) const;
    std::size_t operator()(std::string_view text) const;
    template <class Kind>
    std::size_t operator()(const Name<Kind>& name) const
    {
        return (*this)(std::string_view(name.text));
    }
};

} // namespace usher::ledger
