#include "daemon/server/description.hpp"
#include "tests/fuzz/require.hpp"

#include <cstdint>
#include <string>

/// Foreign bytes as a description: whatever is refused is refused with its place, and whatever is
/// taken keeps the promises of the command.
using namespace usher;
using usher::tests::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size)
{
    const auto opened =
        server::open_description(std::string(reinterpret_cast<const char*>(bytes), size));
    if (const auto* refusal = std::get_if<ledger::Refusal>(&opened)) {
        require(refusal->code == ledger::Code::document_invalid && !refusal->detail.empty());
        return 0;
    }
    const auto& import = std::get<ledger::Import>(opened);
    std::set<ledger::EntitlementId> numbers;
    std::set<ledger::PoolId> pools;
    for (const ledger::Import::License& announced : import.licenses) {
        require(numbers.insert(announced.license.id).second);
        require(!announced.license.quantity || *announced.license.quantity >= 1);
        require(!announced.scheme.empty());
        pools.insert(announced.license.root);
    }
    const std::set<ledger::PoolId> roots = pools;
    for (const ledger::Import::Child& child : import.pools)
        require(roots.contains(child.root) && pools.insert(child.pool).second);
    std::set<ledger::PartyId> parties;
    for (const ledger::Party& party : import.parties) {
        require(parties.insert(party.id).second);
        require(party.company.empty() == (party.kind != ledger::Party::Kind::user));
        require(party.pool.empty() == (party.kind != ledger::Party::Kind::instance));
    }
    std::set<ledger::ProfileName> names;
    for (const ledger::Profile& profile : import.profiles) {
        require(names.insert(profile.name).second && !profile.pools.empty());
        for (const ledger::PoolId& pool : profile.pools)
            require(pools.contains(pool));
    }
    return 0;
}
