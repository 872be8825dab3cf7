#include "tools/call.hpp"
#include "tools/printable.hpp"
#include "tools/usher_verbs.hpp"

namespace usher::tools {

int revoke(Call& call)
{
    v1::Operate operate;
    v1::Revoke& revoke = *operate.mutable_revoke();
    call.options()
        .add_option("LEASE", *revoke.mutable_lease(), "The lease as `usher status` shows it")
        ->required();
    call.options().add_option("--reason", *revoke.mutable_reason(), "What its holder is told");
    call.parse();
    return call.done(operate, "revoked " + printable(revoke.lease()));
}

} // namespace usher::tools
