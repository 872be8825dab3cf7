#include "daemon/ledger/fact.hpp"

namespace usher::ledger {
namespace {

template <class Fact>
constexpr bool is_fleeting =
    std::is_same_v<Fact, LeaseRenewed> || std::is_same_v<Fact, ConnectionLost> ||
    std::is_same_v<Fact, AmnestyGranted> || std::is_same_v<Fact, TermsSet>;

} // namespace

std::string_view word(EndReason reason)
{
    switch (reason) {
    case EndReason::checked_in: return "checked_in";
    case EndReason::silent: return "silent";
    case EndReason::connection_lost: return "connection_lost";
    case EndReason::revoked: return "revoked";
    case EndReason::server_restarted: return "server_restarted";
    case EndReason::fixed_end: return "fixed_end";
    case EndReason::patience_ended: return "patience_ended";
    case EndReason::no_longer_possible: return "no_longer_possible";
    }
    return "";
}

bool is_lasting(const Fact& fact)
{
    return std::visit(
        [](const auto& one) { return !is_fleeting<std::remove_cvref_t<decltype(one)>>; }, fact);
}

} // namespace usher::ledger
