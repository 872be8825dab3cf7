#include "tools/issuer/account.hpp"

#include <algorithm>

namespace usher::issuer {

const Grant* Account::grant(std::uint64_t number) const
{
    const auto found = std::ranges::find(grants, number, &Grant::number);
    return found == grants.end() ? nullptr : &*found;
}

bool Account::has_tickets() const
{
    return active != 0 && std::ranges::find(grants, active, &Grant::after) != grants.end();
}

const Grant* Account::alive(Instant now) const
{
    const Grant* const found = active == 0 ? nullptr : grant(active);
    const bool has_ended = found != nullptr && found->ends && now >= *found->ends;
    return has_ended ? nullptr : found;
}

} // namespace usher::issuer
