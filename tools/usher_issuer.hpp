#pragma once

#include "tools/issuer/surroundings.hpp"

#include <functional>
#include <string>
#include <vector>

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
Order issuer_init(CLI::App& options, const issuer::Surroundings& here);

/// Signs one license.
Order issuer_sign(CLI::App& options, const issuer::Surroundings& here);

/// Shows what a document says, and whether its signature holds.
Order issuer_inspect(CLI::App& options, const issuer::Surroundings& here);

/// Registers what is sold and prints an activation code for it.
Order issuer_code(CLI::App& options, const issuer::Surroundings& here);

/// Answers a request, a receipt, of a host without a network.
Order issuer_approve(CLI::App& options, const issuer::Surroundings& here);
Order issuer_receive(CLI::App& options, const issuer::Surroundings& here);

/// For a host that is lost: ends its activation; bridges a week.
Order issuer_release(CLI::App& options, const issuer::Surroundings& here);
Order issuer_emergency(CLI::App& options, const issuer::Surroundings& here);

/// Shows what is sold and where it is active; what was done, by whom; where hosts reach the issuer.
Order issuer_list(CLI::App& options, const issuer::Surroundings& here);
Order issuer_audit(CLI::App& options, const issuer::Surroundings& here);
Order issuer_address(CLI::App& options, const issuer::Surroundings& here);

/// Answers hosts over the network.
Order issuer_serve(CLI::App& options, const issuer::Surroundings& here);

/// The whole program; its exit code.
int usher_issuer(const std::vector<std::string>& words, const issuer::Surroundings& here);

} // namespace usher::tools
