#pragma once

#include "protocol/common.pb.h"
#include "tools/status_json.hpp"
#include "tools/terminal.hpp"

#include <string>

/// A no, as people and programs are told it. Pure but for the terminal.
namespace usher::tools {

/// Code and sentence, then each holder on a line of its own, then the cures as hints, all on
/// standard error:
///
///     usher: error: NO_FREE_SEAT: no free seats available: 8 of 8 units of PROSession are held
///     usher: held by daisy on desk-1 since 2030-01-15T12:00:00Z: 1 unit, lease 0123456789abcdef
///     usher: hint: wait for one: --wait
void say(const Terminal& terminal, const v1::Refused& refused);

/// `held by daisy on desk-1 since …: 1 unit, lease …`, printable.
[[nodiscard]] std::string holder_text(const v1::Holder& holder);

/// `CODE: sentence`, printable.
[[nodiscard]] std::string headline_of(const v1::Refused& refused);

/// `{"code","text","subject","stock","held","want","short","queue","holders":[{"user","device",
/// "lease","units","since"}],"cures":[…]}`; what a refusal does not know is null.
[[nodiscard]] Json refusal_json(const v1::Refused& refused);

} // namespace usher::tools
