#pragma once

#include <string>

/// Carries a document to an issuer and brings back what it answers: the same document that a file
/// would hold, for daemons make and judge documents and do not mind who carries them.
namespace usher::tools {

class Call;

/// Where the issuer is that `call` should go to: what was given, else what is known; throws
/// `Fault` where neither is.
[[nodiscard]] std::string issuer_or_fault(const std::string& given, const std::string& known);

/// Throws `Refused` where the issuer says no, `Fault` where it cannot be asked.
[[nodiscard]] std::string carry(const Call& call, const std::string& issuer,
                                const std::string& document);

} // namespace usher::tools
