#pragma once

#include "daemon/trust/document.hpp"
#include "daemon/trust/signature.hpp"

#include <string>
#include <string_view>
#include <variant>

/// Activation codes: `015.120.064.022/XXXX-XXXX-XXXX-XXXX-XXXX-XXXX-XXXX-XXXX`. A code is a key in
/// disguise: who has it can sign an activation request, and who keeps its public half can verify
/// one, but not make the code from it. So no record, log or file ever holds a code. Any thread.
namespace usher::trust {

struct ActivationCode {
    std::string license; ///< Its number.
    SigningKey key;
};

/// The code of `license` from 128 bits, fresh ones where none are given. `license` must be a name.
[[nodiscard]] std::string new_activation_code(std::string_view license);
[[nodiscard]] std::string activation_code_text(std::string_view license,
                                               const std::array<std::uint8_t, 16>& secret);

/// What a person typed: small letters, `O` for 0, `I` and `L` for 1, with or without dashes, all
/// mean the same. The check characters cover the license number too, so that a mistake anywhere is
/// found here (all but one in four thousand million), before anybody is asked.
[[nodiscard]] std::variant<ActivationCode, DocumentError>
activation_code_from(std::string_view text);

} // namespace usher::trust
