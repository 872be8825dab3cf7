#include "daemon/server/wire_refusal.hpp"

#include "daemon/server/fields.hpp"

namespace usher::server {

void fill(v1::Refused& refused, const ledger::Refusal& from)
{
    refused.set_code(std::string(ledger::word(from.code)));
    refused.set_text(ledger::sentence(from));
    for (std::string& cure : ledger::cures(from))
        refused.add_cures(std::move(cure));
    refused.set_subject(from.subject);
    if (from.stock)
        refused.set_stock(*from.stock);
    if (from.held)
        refused.set_held(*from.held);
    if (from.want)
        refused.set_want(*from.want);
    if (from.short_by)
        refused.set_short_(*from.short_by);
    if (from.queue)
        refused.set_queue(*from.queue);
    for (const ledger::Holder& holder : from.holders) {
        v1::Holder& to = *refused.add_holders();
        to.set_user(holder.user.text);
        to.set_device(holder.device.text);
        to.set_lease(to_text(holder.lease));
        to.set_units(holder.units);
        to.set_since_us(microseconds(holder.since));
    }
    refused.set_host(from.host);
    if (from.retry_at)
        refused.set_retry_at_us(microseconds(*from.retry_at));
}

} // namespace usher::server
