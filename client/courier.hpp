#pragma once

#include "client/clock.hpp"
#include "client/failure.hpp"

#include <string>
#include <string_view>
#include <variant>

namespace usher::client {

/// What came of an errand: the document that answers, the issuer's no, or what went wrong on the
/// way, and then nobody knows whether it arrived. Carry the same again: it has its effect once.
using Errand = std::variant<std::string, v1::Refused, Failure>;

/// Brings `document` to the issuer at `uri` (`usher://…`) on a connection of its own, and waits for
/// the answer. `client`: program and version, for the issuer's log. Blocking; any thread.
[[nodiscard]] Errand carry(std::string_view uri, std::string_view document,
                           const std::string& client, const Patience& patience);

} // namespace usher::client
