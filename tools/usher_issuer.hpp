#pragma once

#include <functional>

namespace CLI {
class App;
}

/// The verbs of `usher-issuer`, the vendor's program: one file each. Every one adds its options to
/// `options` and gives what is to be done once they are parsed, which returns the exit code and
/// throws a Fault (of tools or of trust) where it cannot.
namespace usher::tools {

class Terminal;

using Order = std::function<int(const Terminal&)>;

/// Makes the vendor's key, once, and prints what operators and applications are told of it.
Order issuer_init(CLI::App& options);

/// Signs one license.
Order issuer_sign(CLI::App& options);

/// Shows what a license file says, and whether its signature holds.
Order issuer_inspect(CLI::App& options);

} // namespace usher::tools
