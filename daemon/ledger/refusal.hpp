#pragma once

#include "daemon/ledger/types.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Every reason to say no. A refusal is a value and a normal answer; it carries the numbers
/// behind it, who holds the seats, and what would cure it, and every surface shows the same.
namespace usher::ledger {

/// In the order in which a checkout looks at them: why a pool counts nothing comes before how
/// full it is (A-Q14). The words are on the wire for ever; `word(Code)` gives them.
enum class Code : std::uint8_t {
    bad_request,        ///< The message cannot be understood; `detail` says what and where.
    bad_name,           ///< A name is empty, too long, not UTF-8, or holds characters no name has.
    bad_quantity,       ///< Zero, negative, or more than `units_max`.
    not_allowed,        ///< The asker's role is below the verb's.
    unknown_credential, ///< A key or certificate that this daemon does not know, or revoked.
    in_maintenance,
    not_in_maintenance,
    server_ending,
    server_departed, ///< What it had to lend is lent by another server now.
    server_arriving, ///< It is taking over from another server, and lends in a moment.
    unknown_profile,
    unknown_pool,
    unknown_license,
    unknown_party,
    unknown_scheme,
    unknown_product, ///< Or several vendors have one of this name.
    unknown_requirement,
    unknown_lease,   ///< Ended, never was, or another identity's: nobody learns which.
    lease_id_reused, ///< The id is another checkout's; ids are random, so this is a mistake.
    name_taken,
    wrong_kind,    ///< A party is not of the kind that this needs.
    not_in_scheme, ///< The scheme of the pool knows no such thing.
    other_root,    ///< Units stay under their root.
    root_pool,     ///< A root comes and goes with its licenses.
    not_home_pool, ///< Its party's units come from another pool.
    not_leasable,  ///< A root that only gives units to its pools (U-R21).
    pool_closed,
    list_full,
    not_registered_user,
    nodelock_mismatch,
    expired,
    not_yet_valid,
    not_active_here,
    activation_pending, ///< Asked for, and the response is not loaded yet.
    activation_lapsed,  ///< The host had to show itself to the issuer and did not, or was told no.
    state_in_doubt,     ///< What is remembered may be older than an end of this activation.
    pool_locked, ///< Over-committed: more is held than there is; `short_by` says by how much.
    no_free_seat,
    insufficient_units,        ///< A pool has fewer than are to leave it.
    would_overcommit,          ///< Less would stay than is held.
    needs_no_license,          ///< A requirement that is `detail` is covered by none of its own.
    in_use,                    ///< It cannot go while something refers to it.
    consolidation_not_allowed, ///< A requirement whose model was changed, or in a circle.
    only_trigger_license,      ///< `detail` covers it, and no other may (M-R7).
    model_change_not_allowed,  ///< `detail` begins with its status (M-R1, M-R4).
    would_drop,                ///< `held` leases would end that nobody said may end.
    capacity_exceeded,
    limit_reached, ///< A bound of this daemon; `detail` names it.
    leases_outstanding,
    covers_requirements, ///< A license that is to go; `detail` says how many, with `held` rights.
    license_invalid,     ///< Not a license, or changed since it was signed.
    unknown_vendor,      ///< Signed by a key that this daemon was not told to trust.
    already_installed,
    bad_activation_code,
    already_active,            ///< On `host`: one host at a time.
    transfer_limit,            ///< So many moves in so much time; `retry_at` says when the next.
    nodelock_kind_locked,      ///< What is locked to a machine becomes personal no more.
    nodelock_kind_not_allowed, ///< The license is not sold with this kind of node-lock.
    document_invalid,          ///< Not what it should be, or changed; `detail` names the place.
    document_expired,
    document_used,    ///< Answered before, replaced, cancelled, or nobody asked for it.
    downgrade_cycle,  ///< A product could be downgraded to itself; `detail` names all in between.
    product_mismatch, ///< The license is of another product than what stands there.
    not_movable,      ///< A license that no issuer activated here.
    target_not_empty, ///< A server that has licenses of its own takes over from no other.
    unsupported,      ///< A message of a version that this daemon does not speak.
};

/// `NO_FREE_SEAT` and so on: the stable code that programs compare.
std::string_view word(Code code);

/// One who holds a seat that the asker wanted. Names no lease id.
struct Holder {
    UserName user;
    DeviceName device;
    LeaseTag lease;
    Units units = 1;
    CalendarInstant since{};

    friend bool operator==(const Holder&, const Holder&) = default;
};

/// At most so many holders are listed, the longest-holding first.
inline constexpr std::size_t holders_max = 8;

struct Refusal {
    Code code = Code::bad_request;
    std::string subject; ///< The pool, profile, product or name that it is about.
    std::string detail;  ///< More, where the numbers do not say it: which field, which limit.
    std::string root;    ///< Of a pool under another: the one that it gets units from.
    std::string donor;   ///< Of a locked one: a pool that can give it `spare` units; empty: none.
    std::string wanted;  ///< Where `subject` is a product that another stands on: that other one.
    std::optional<Code> because; ///< Of a locked pool: why what feeds it counts nothing.
    std::optional<Units> stock;
    std::optional<Units> held;
    std::optional<Units> want;
    std::optional<Units> short_by;
    std::optional<Units> spare;
    std::optional<Units> queue; ///< How many wait before the asker.
    std::optional<Units> row;   ///< Of a request of many rows: the one that is meant, from 1.
    std::vector<Holder> holders;
    std::string host;                        ///< Where it is active, in the words of its operator.
    std::optional<CalendarInstant> retry_at; ///< When the same would be granted.
    std::string redirect; ///< Of a server that has moved: the signed document that says where to.

    friend bool operator==(const Refusal&, const Refusal&) = default;
};

/// The sentence for people, without a full stop: `all 8 units of PROSession are held`.
std::string sentence(const Refusal& refusal);

/// What would cure it, the nearest first; each an imperative sentence without a full stop.
/// Never empty.
std::vector<std::string> cures(const Refusal& refusal);

} // namespace usher::ledger
