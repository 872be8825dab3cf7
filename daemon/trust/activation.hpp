#pragma once

#include "daemon/trust/license_file.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace usher::trust {

/// An activation of a license by its node and number: what a receipt ends and a ticket follows.
struct ActivationMark {
    PublicKey node{};
    std::uint64_t number = 0; ///< From 1.

    friend bool operator==(const ActivationMark&, const ActivationMark&) = default;
};

/// That a license is active on one host: the license with that host in its lock, and the number of
/// this activation, signed by the vendor. It answers an activation request; or it is a ticket,
/// worth nothing without the receipt by which the activation that it names was given up for it. Any
/// thread.
struct Activation {
    /// How often the host must show itself to the issuer, and how long it may be late.
    struct Check {
        unsigned every_days = 0; ///< 1 to 3650
        unsigned grace_days = 0; ///< 0 to 3650
        friend bool operator==(const Check&, const Check&) = default;
    };
    License license; ///< With a lock.
    std::uint64_t number = 0;
    std::optional<Nonce> nonce;          ///< Of the request; none: a ticket.
    std::string issuer;                  ///< `usher://…`; empty: no issuer can be asked.
    std::optional<Check> check;          ///< None: never.
    Instant made{};                      ///< Whole seconds, as all of these.
    Instant load_by{};                   ///< It may be loaded until then; later than `made`.
    std::optional<ActivationMark> after; ///< Of a ticket: of a lower number, on another node.

    friend bool operator==(const Activation&, const Activation&) = default;
};

/// If one of `trusted` signed it in its own name.
[[nodiscard]] std::variant<Activation, DocumentError>
open_activation(std::string_view text, const std::vector<VendorKey>& trusted);

/// The same without judging who signed: to inspect it.
[[nodiscard]] std::variant<Activation, DocumentError>
read_activation_unverified(std::string_view text);

/// Throws std::invalid_argument for what the parser would refuse, and says which field.
[[nodiscard]] std::string sign_activation(const Activation& activation, const SigningKey& key);

} // namespace usher::trust
