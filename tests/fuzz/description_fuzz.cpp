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
    std::set<ledger::PoolId> roots;
    for (const ledger::Import::License& announced : import.licenses) {
        require(roots.insert(announced.license.root).second);
        require(!announced.license.quantity || *announced.license.quantity >= 1);
    }
    std::set<ledger::ProfileName> names;
    for (const ledger::Profile& profile : import.profiles) {
        require(names.insert(profile.name).second && !profile.pools.empty());
        for (const ledger::PoolId& pool : profile.pools)
            require(roots.contains(pool));
    }
    return 0;
}
