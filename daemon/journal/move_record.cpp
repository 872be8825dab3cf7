#include "daemon/journal/move_record.hpp"

#include <cassert>
#include <memory>

namespace usher::journal {

using ledger::Fact;

namespace {

std::shared_ptr<const std::string> document(const std::string& text)
{
    return std::make_shared<const std::string>(text);
}

} // namespace

Fact fact_from(Fields& fields, const record::Departed& from)
{
    ledger::Departure to{.target = {fields.bytes<32>("target", from.target())},
                         .uri = from.uri(),
                         .redirect = from.redirect(),
                         .streams = {},
                         .tickets = {},
                         .proofs = {}};
    for (const std::string& stream : from.streams())
        to.streams.push_back({fields.bytes<16>("streams", stream)});
    for (const record::Departed::Ticket& ticket : from.tickets())
        to.tickets.push_back({{ticket.license()}, document(ticket.document())});
    for (const std::string& proof : from.proofs())
        to.proofs.push_back(document(proof));
    return ledger::Departed{std::move(to), {from.by()}};
}

Fact fact_from(Fields&, const record::DepartureConfirmed& from)
{
    return ledger::DepartureConfirmed{{from.by()}};
}

Fact fact_from(Fields& fields, const record::ArrivalBegun& from)
{
    return ledger::ArrivalBegun{{.source = {fields.bytes<32>("source", from.source())},
                                 .stream = {fields.bytes<16>("stream", from.stream())},
                                 .position = from.position(),
                                 .is_whole = from.is_whole()},
                                {from.by()}};
}

Fact fact_from(Fields&, const record::Followed& from)
{
    return ledger::Followed{from.count(), from.is_end()};
}

Fact fact_from(Fields&, const record::Arrived& from)
{
    return ledger::Arrived{{from.by()}};
}

Fact fact_from(Fields&, const record::ArrivalAbandoned& from)
{
    return ledger::ArrivalAbandoned{{from.by()}};
}

void put(record::Fact& to, const ledger::Departed& fact)
{
    const ledger::Departure& departure = fact.departure;
    record::Departed& one = *to.mutable_departed();
    one.set_target(departure.target.bytes.data(), departure.target.bytes.size());
    one.set_uri(departure.uri);
    one.set_redirect(departure.redirect);
    for (const ledger::StreamId& stream : departure.streams)
        one.add_streams(stream.bytes.data(), stream.bytes.size());
    for (const ledger::Departure::Ticket& ticket : departure.tickets) {
        assert(ticket.document);
        record::Departed::Ticket& added = *one.add_tickets();
        added.set_license(ticket.license.text);
        added.set_document(*ticket.document);
    }
    for (const auto& proof : departure.proofs)
        one.add_proofs(*proof);
    one.set_by(fact.by.text);
}

void put(record::Fact& to, const ledger::DepartureConfirmed& fact)
{
    to.mutable_departure_confirmed()->set_by(fact.by.text);
}

void put(record::Fact& to, const ledger::ArrivalBegun& fact)
{
    const ledger::Arrival& arrival = fact.arrival;
    record::ArrivalBegun& one = *to.mutable_arrival_begun();
    one.set_source(arrival.source.bytes.data(), arrival.source.bytes.size());
    one.set_stream(arrival.stream.bytes.data(), arrival.stream.bytes.size());
    one.set_position(arrival.position);
    one.set_is_whole(arrival.is_whole);
    one.set_by(fact.by.text);
}

void put(record::Fact& to, const ledger::Followed& fact)
{
    record::Followed& one = *to.mutable_followed();
    one.set_count(fact.count);
    one.set_is_end(fact.is_end);
}

void put(record::Fact& to, const ledger::Arrived& fact)
{
    to.mutable_arrived()->set_by(fact.by.text);
}

void put(record::Fact& to, const ledger::ArrivalAbandoned& fact)
{
    to.mutable_arrival_abandoned()->set_by(fact.by.text);
}

} // namespace usher::journal
