#include "daemon/trust/tpm_counter.hpp"

#include "daemon/trust/fault.hpp"
#include "daemon/trust/tpm.hpp"

#include <utility>

namespace usher::trust {
namespace {

/// None: there is none.
std::optional<Tpm::Index> find(Tpm& tpm)
{
    auto index = tpm.look();
    if (index && !index->is_counter)
        throw Fault(tpm.place() + " is no counter, so it is somebody else's",
                    "give usherd another node.tpm_index in usherd.toml");
    return index;
}

/// One that was never raised has no value yet, and only then the name that it keeps.
Counter::Reading first_reading(Tpm& tpm)
{
    tpm.increment();
    const auto index = tpm.look();
    return {index->name, tpm.value(), true};
}

} // namespace

TpmCounter::TpmCounter(std::string way, std::uint32_t index) : way_(std::move(way)), index_(index)
{}

Counter::Reading TpmCounter::read()
{
    Tpm tpm(way_, index_);
    const auto index = find(tpm);
    if (!index)
        tpm.define_counter();
    if (!index || !index->is_written)
        return first_reading(tpm);
    return {index->name, tpm.value(), false};
}

Counter::Reading TpmCounter::raise()
{
    Tpm tpm(way_, index_);
    const auto index = find(tpm);
    if (!index)
        throw Fault(tpm.place() + " is gone, and with it the counter",
                    "restart usherd, which makes another one and asks the issuers what is active");
    tpm.increment();
    return {index->name, tpm.value(), false};
}

Counter::Reading TpmCounter::replace()
{
    Tpm tpm(way_, index_);
    if (find(tpm))
        tpm.undefine();
    tpm.define_counter();
    return first_reading(tpm);
}

} // namespace usher::trust
