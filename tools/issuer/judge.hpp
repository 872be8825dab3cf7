#pragma once

#include "daemon/ledger/refusal.hpp"
#include "daemon/trust/activation_request.hpp"
#include "daemon/trust/showing.hpp"
#include "daemon/trust/transfer_request.hpp"
#include "tools/issuer/account.hpp"

#include <variant>

/// The issuer's rules: who gets an activation, and what ends one. Pure: the same account, document
/// and instant always give the same ruling, and nothing is changed. Any thread.
namespace usher::issuer {

using ledger::Refusal;

/// A request may be so old, and its clock so far ahead.
inline constexpr std::chrono::hours request_age_max{24 * 30};
inline constexpr std::chrono::hours clock_ahead_max{24 * 2};
/// How long what is given may be loaded.
inline constexpr std::chrono::hours load_time{24 * 30};
inline constexpr std::chrono::hours emergency_time{24 * 7};

/// Transfers that a license may make in so much time (A-R16).
struct TransferLimit {
    std::size_t count;
    std::chrono::hours time;
};
[[nodiscard]] TransferLimit transfer_limit(std::string_view kind);

/// It was given before: the same answer, and nothing changes.
struct Again {
    std::string document;
};

/// A grant is the next one, its `document` yet to be signed.
using Ruling = std::variant<Grant, Again, Refusal>;

/// BAD_ACTIVATION_CODE, DOCUMENT_EXPIRED, DOCUMENT_USED, EXPIRED, NODELOCK_KIND_NOT_ALLOWED,
/// NODELOCK_KIND_LOCKED, DOCUMENT_INVALID, ALREADY_ACTIVE, TRANSFER_LIMIT. `account` none: there is
/// no such license, and nobody learns that without a code.
[[nodiscard]] Ruling judge(const std::optional<Account>& account,
                           const trust::ActivationRequest& request, Instant now);

/// A ticket, also of a license that has ended. NOT_ACTIVE_HERE where the source's activation is not
/// the one that is alive.
[[nodiscard]] Ruling judge(const std::optional<Account>& account,
                           const trust::TransferRequest& request, Instant now);

/// What a receipt does: `ended` is over; `successor` is alive instead, 0: nothing is.
struct Handover {
    std::uint64_t ended = 0;
    std::uint64_t successor = 0;
    bool is_known = false; ///< It was received before: nothing changes.
};

/// UNKNOWN_LICENSE; DOCUMENT_USED where its activation is not the one that is alive, where the
/// ticket that it names was never given, or where its host has started after it was made and was
/// seen alive: then a backup was restored that does not know of it. Else a receipt is true for
/// ever: its age does not matter. `text` is what it was read from.
[[nodiscard]] std::variant<Handover, Refusal>
judge(const std::optional<Account>& account, const trust::Receipt& receipt, std::string_view text);

/// Whether what is shown is alive, its receipt already taken into account. UNKNOWN_LICENSE, or
/// DOCUMENT_USED where no such activation was ever given: then this record is not the one that gave
/// it, and whether it is alive is not for it to say.
[[nodiscard]] std::variant<bool, Refusal> judge(const std::optional<Account>& account,
                                                const trust::Showing& showing, Instant now);

} // namespace usher::issuer
