#pragma once

#include "daemon/server/translate.hpp"

/// The verbs of a live move: what signs and verifies is done before the desk is asked, and neither
/// server ever speaks to the other. Any thread.
namespace usher::server {

// At the source.

/// BAD_REQUEST where the target is this host or no node, or its address is none. The redirect is
/// signed here, for this target.
[[nodiscard]] Translation begin_move(const v1::MoveBegin& asked, const Premises& premises);

/// BAD_REQUEST.
[[nodiscard]] Translation read_stream(const v1::MoveRead& asked);

/// BAD_REQUEST.
[[nodiscard]] Translation make_transfer(const v1::TransferMake& asked, const Premises& premises);

/// Each ticket's receipt is signed here; where the ledger refuses, it is forgotten.
/// BAD_REQUEST, DOCUMENT_INVALID (no ticket, changed, or of another host's activation),
/// LICENSE_INVALID (with names that no name has), UNKNOWN_VENDOR, DOCUMENT_EXPIRED, LIMIT_REACHED
/// where there are more than one answer can hold.
[[nodiscard]] Translation depart(const v1::Depart& asked, const Caller& caller,
                                 const Premises& premises);

/// DOCUMENT_INVALID: no mark, or one for another host.
[[nodiscard]] Translation confirm_departure(const v1::DepartureConfirm& asked, const Caller& caller,
                                            const Premises& premises);

// At the target.

/// BAD_REQUEST.
[[nodiscard]] Translation begin_arrival(const v1::ArrivalBegin& asked, const Caller& caller,
                                        const Premises& premises);

/// DOCUMENT_INVALID: no mark, one for another host or of another record, or a record that cannot be
/// read. UNSUPPORTED: the source is newer. UNKNOWN_VENDOR.
[[nodiscard]] Translation follow(const v1::Follow& asked, const Premises& premises);

/// A ticket may be older than it may be loaded: its receipt is durable, and must not be orphaned.
/// BAD_REQUEST, DOCUMENT_INVALID (no ticket, or without the receipt that redeems it),
/// LICENSE_INVALID, UNKNOWN_VENDOR.
[[nodiscard]] Translation arrive(const v1::Arrive& asked, const Caller& caller,
                                 const Premises& premises);

} // namespace usher::server
