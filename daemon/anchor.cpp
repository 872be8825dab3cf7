#include "daemon/anchor.hpp"

#include "daemon/trust/fault.hpp"
#include "daemon/trust/tpm_counter.hpp"

#include <spdlog/spdlog.h>
#include <system_error>
#include <utility>

namespace usher::daemon {
namespace {

using trust::Fault;
using Standing = trust::Counter::Reading;

/// What `remembered` and the counter have to do with each other.
Standing settled(trust::Counter& counter, const std::optional<ledger::Anchor>& remembered)
{
    const Standing found = counter.read();
    if (!remembered || remembered->counter != found.name || remembered->value <= found.value)
        return found;
    if (remembered->value - found.value == 1) { // It ended between the one and the other.
        Standing raised = counter.raise();
        spdlog::info("counter raised to {}, which the last run did not come to", raised.value);
        return raised;
    }
    spdlog::warn("the counter of the TPM has fallen from {} to {} and is replaced",
                 remembered->value, found.value);
    return counter.replace();
}

} // namespace

std::unique_ptr<trust::Counter> open_counter(const Config::Node& config,
                                             const std::filesystem::path& device)
{
    std::error_code ignored;
    const bool is_automatic = config.tpm == "auto";
    if (config.tpm == "none" || (is_automatic && !std::filesystem::exists(device, ignored)))
        return nullptr;
    return std::make_unique<trust::TpmCounter>(
        is_automatic ? "device:" + device.string() : config.tpm, config.tpm_index.handle);
}

Counter look_at_counter(std::unique_ptr<trust::Counter> means, bool is_wanted,
                        const std::optional<ledger::Anchor>& remembered, bool node_is_new)
{
    Counter counter{.means = std::move(means), .seen = {.is_wanted = is_wanted}};
    if (!counter.means) {
        counter.fault = is_wanted ? "this host has no TPM that usherd sees" : "node.tpm is none";
        counter.hint = is_wanted ? "see that /dev/tpmrm0 is there" : "";
        return counter;
    }
    try {
        const Standing reading = settled(*counter.means, remembered);
        counter.seen.anchor = {reading.name, reading.value};
        counter.seen.is_new = reading.is_new || node_is_new;
    } catch (const Fault& fault) {
        counter.fault = fault.what();
        counter.hint = fault.hint();
    }
    return counter;
}

void raise_counter(trust::Counter& counter, const ledger::Anchor& due)
{
    const Standing raised = counter.raise();
    if (raised.name != due.counter || raised.value != due.value)
        throw Fault("the counter of the TPM came to " + std::to_string(raised.value) + " and not " +
                        std::to_string(due.value) + ": somebody else raises it",
                    "give each usherd of this host a node.tpm_index of its own");
}

void log_counter(const Counter& counter, const std::optional<ledger::Anchor>& remembered)
{
    const auto& found = counter.seen.anchor;
    if (!found && !remembered)
        spdlog::info("state directory not anchored: {}", counter.fault);
    else if (!found)
        spdlog::warn("state directory in doubt: {}; it was anchored at {}{}{}", counter.fault,
                     remembered->value, counter.hint.empty() ? "" : "; ", counter.hint);
    else if (found == remembered || (!remembered && counter.seen.is_new))
        spdlog::info("state directory anchored counter={}", found->value);
    else
        spdlog::warn("state directory in doubt: the counter of the TPM stands at {}, and {}; what "
                     "was activated here counts nothing until its issuer says that it is active",
                     found->value,
                     !remembered ? "nothing is remembered of it"
                     : remembered->counter != found->counter
                         ? "another one is remembered"
                         : std::to_string(remembered->value) + " is remembered: an older one "
                                                               "than the newest was put back");
}

} // namespace usher::daemon
