#include "daemon/trust/lease_tag.hpp"

#include "daemon/trust/signature.hpp"

namespace usher::trust {

ledger::LeaseTag tag_of(const ledger::LeaseId& id)
{
    const Digest digest = sha256({reinterpret_cast<const char*>(id.bytes.data()), id.bytes.size()});
    ledger::LeaseTag tag;
    for (std::size_t i = 0; i < sizeof tag.bits; ++i)
        tag.bits = tag.bits << 8U | digest[i];
    return tag;
}

} // namespace usher::trust
