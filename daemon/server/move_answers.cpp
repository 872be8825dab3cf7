#include "daemon/server/move_answers.hpp"

#include "daemon/journal/record.hpp"
#include "daemon/trust/move_mark.hpp"
#include "protocol/answers.hpp"
#include "protocol/limits.hpp"

#include <span>

namespace usher::server {
namespace {

/// Longest record of several facts; a single one that is longer goes alone, and the longest, a pool
/// with all its named users, fits in a message.
constexpr std::size_t record_bytes_max = 256 << 10;

std::string bytes_of(const auto& id)
{
    return {id.bytes.begin(), id.bytes.end()};
}

} // namespace

std::optional<ledger::Refusal> fill(v1::MoveBegun& to, const ledger::MoveBegun& from)
{
    constexpr std::size_t bytes_max = protocol::frame_bytes_max - 1024;
    to.set_stream(bytes_of(from.stream));
    to.set_facts(from.facts);
    for (const ledger::MoveBegun::License& license : from.licenses) {
        v1::MoveBegun::Ticketed& one = *to.add_licenses();
        one.set_license(license.license.text);
        one.set_number(license.number);
        one.set_issuer(license.issuer);
        one.set_kind(std::string(ledger::word(license.kind)));
        if (license.ticket)
            one.set_ticket(*license.ticket);
        if (license.receipt)
            one.set_receipt(*license.receipt);
    }
    to.set_departed(from.has_departed);
    to.set_confirmed(from.is_confirmed);
    to.set_clock_us(protocol::microseconds(from.at));
    for (const std::string& warning : from.warnings)
        to.add_warnings(warning);
    if (to.ByteSizeLong() <= bytes_max)
        return std::nullopt;
    return ledger::Refusal{.code = ledger::Code::limit_reached,
                           .detail = "these are more licenses than one move takes"};
}

void fill(v1::MovePart& to, const ledger::StreamPart& from, const Premises& premises)
{
    journal::RecordWriter writer;
    std::span<const ledger::Fact> facts = from.facts;
    std::string_view record = writer.write(facts);
    while (record.size() > record_bytes_max && facts.size() > 1) {
        facts = facts.first(facts.size() / 2);
        record = writer.write(facts);
    }
    const bool is_all = facts.size() == from.facts.size();
    const bool is_end = from.is_end && is_all;
    to.set_mark(trust::sign_move_mark({.node = {},
                                       .to = from.target.bytes,
                                       .stream = from.stream.bytes,
                                       .from = from.from,
                                       .count = facts.size(),
                                       .digest = trust::sha256(record),
                                       .end = is_end},
                                      *premises.node));
    to.set_record(std::string(record));
    to.set_count(facts.size());
    to.set_more(from.has_more || !is_all);
    to.set_end(is_end);
}

void fill(v1::Departed& to, const ledger::Receipts& from)
{
    for (const auto& receipt : from.receipts)
        to.add_receipts(*receipt);
    to.set_redirect(from.redirect);
}

void fill(v1::ArrivalBegun& to, const ledger::Position& from, const Premises& premises)
{
    to.set_position(from.position);
    to.set_clock_us(protocol::microseconds(from.at));
    if (from.arrived)
        to.set_arrived(mark_of(*from.arrived, premises));
}

std::string mark_of(const ledger::Arrival& arrival, const Premises& premises)
{
    return trust::sign_move_mark({.node = {},
                                  .to = arrival.source.bytes,
                                  .stream = arrival.stream.bytes,
                                  .from = arrival.position,
                                  .count = 0,
                                  .digest = trust::sha256({}),
                                  .end = true},
                                 *premises.node);
}

} // namespace usher::server
