#pragma once

#include "daemon/config.hpp"
#include "daemon/ledger/command.hpp"
#include "daemon/trust/counter.hpp"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

/// The counter in this host's TPM that shows how new the state directory is.
namespace usher::daemon {

/// The counter as a start has found it.
struct Counter {
    std::unique_ptr<trust::Counter> means; ///< Null: none is wanted, or there is no TPM.
    ledger::CounterSeen seen;
    std::string fault; ///< Why it is not reached; empty: it is.
    std::string hint;
};

/// Null: the configuration wants none, or leaves it to `device`, and no TPM is there.
[[nodiscard]] std::unique_ptr<trust::Counter> open_counter(const Config::Node& config,
                                                           const std::filesystem::path& device);

/// Looks where the counter stands. One turn that was remembered and not counted is counted now, and
/// a counter that has fallen is replaced: an older memory must never meet the value that it names.
/// `node_is_new`: nothing that was signed for this node can be older than this start.
[[nodiscard]] Counter look_at_counter(std::unique_ptr<trust::Counter> means, bool is_wanted,
                                      const std::optional<ledger::Anchor>& remembered,
                                      bool node_is_new);

/// Raises it to where it is due. Throws `Fault` where that does not happen.
void raise_counter(trust::Counter& counter, const ledger::Anchor& due);

/// What a start has found, in the log.
void log_counter(const Counter& counter, const std::optional<ledger::Anchor>& remembered);

} // namespace usher::daemon
