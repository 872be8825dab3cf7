#include "daemon/journal/record_format.hpp"

#include <algorithm>

namespace usher::journal {
namespace {

/// The format since which there is such a code: a word that an earlier reader does not know.
std::uint32_t format_of_word(ledger::Code code)
{
    using enum ledger::Code;
    switch (code) {
    case unknown_party:
    case unknown_scheme:
    case wrong_kind:
    case not_in_scheme:
    case other_root:
    case root_pool:
    case not_home_pool:
    case not_leasable:
    case pool_closed:
    case insufficient_units:
    case would_overcommit:
    case would_drop: return 5;
    case unknown_product:
    case unknown_requirement:
    case needs_no_license:
    case covers_requirements:
    case in_use:
    case consolidation_not_allowed:
    case only_trigger_license:
    case model_change_not_allowed:
    case downgrade_cycle: return 6;
    default: return 1;
    }
}

} // namespace

std::uint32_t format_of(const ledger::Refusal& refusal)
{
    std::uint32_t format = refusal.redirect.empty() ? 1 : 3;
    if (!refusal.root.empty() || refusal.row || !refusal.donor.empty() || refusal.spare)
        format = 5;
    if (refusal.because)
        format = std::max(format, format_of_word(*refusal.because));
    return std::max(format, format_of_word(refusal.code));
}

} // namespace usher::journal
