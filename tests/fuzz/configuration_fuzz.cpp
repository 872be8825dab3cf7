#include "daemon/config.hpp"
#include "tests/fuzz/require.hpp"

#include <cstdint>

/// Any bytes as `usherd.toml`: what is wrong has its place and a sentence, what is right can be
/// said again, and taken over without a restart where nothing has changed.
using namespace usher::daemon;
using usher::tests::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size)
{
    const auto result = read_config({reinterpret_cast<const char*>(bytes), size}, {});
    if (const auto* complaints = std::get_if<std::vector<Complaint>>(&result)) {
        require(!complaints->empty());
        for (const Complaint& complaint : *complaints)
            require(!to_text(complaint, "usherd.toml").empty());
        return 0;
    }
    const auto& reading = std::get<Reading>(result);
    require(!reading.config.state.empty() && reading.config.threads > 0);
    for (const Setting& setting : settings_of(reading.config))
        require(!setting.key.empty());
    require(objections_to_reload(reading.config, reading).empty());
    return 0;
}
