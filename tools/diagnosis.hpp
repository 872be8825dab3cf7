#pragma once

#include "client/failure.hpp"
#include "daemon/trust/node.hpp"
#include "protocol/operator.pb.h"
#include "tools/status_json.hpp"

#include <optional>
#include <string>
#include <vector>

/// What `usher doctor` makes of what it sees. Pure.
namespace usher::tools {

struct Finding {
    enum class State : std::uint8_t {
        good,
        note,  ///< Not as good as it could be, but nothing is wrong because of it.
        wrong, ///< Somebody must do something.
    };
    std::string subject; ///< daemon, name, port, TLS, clock, identity, entitlement, issuer
    State state = State::good;
    std::string text;
    std::string cure; ///< Of `wrong`; may be empty otherwise.
};

using Findings = std::vector<Finding>;

/// How far a client comes that is given `address` and brings nothing: name, port, TLS. `failure`:
/// where it stopped; none: it was let in. That it was not let in without a credential is as it
/// should be.
[[nodiscard]] Findings findings_of_way(const std::string& address,
                                       const std::optional<client::Failure>& failure);

/// Whether the daemon's calendar and this host's agree: `daemon_us` and `here_us` at the same
/// moment.
[[nodiscard]] Finding finding_of_clock(std::int64_t daemon_us, std::int64_t here_us);

/// Which identifiers of the host there are, and whether enough agree with the installed licenses.
[[nodiscard]] Findings findings_of_identity(const v1::Node& node);
/// The same where no daemon can be asked: only which there are.
[[nodiscard]] Findings findings_of_identity(const std::vector<trust::Identifier>& identifiers);

/// Whether a counter in the TPM shows how old the state directory is, and is reached.
[[nodiscard]] Finding finding_of_counter(const v1::Node& node, const v1::StatusPart& picture);

/// Whether what was bought counts, and whether more is held than there is.
[[nodiscard]] Findings findings_of_entitlement(const v1::StatusPart& picture);

/// Whether the issuer at `address` was reached (`failure` none), and what of the licenses that it
/// watches is due to it.
[[nodiscard]] Findings findings_of_issuer(const std::string& address,
                                          const std::optional<client::Failure>& failure,
                                          const v1::StatusPart& picture);

[[nodiscard]] bool is_well(const Findings& findings);
/// One line each, and one more where there is a cure.
[[nodiscard]] std::string findings_text(const Findings& findings, bool is_colored);
/// `{"well","checks":[{"subject","state","text","cure"}]}`
[[nodiscard]] Json findings_json(const Findings& findings);

} // namespace usher::tools
