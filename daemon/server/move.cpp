#include "daemon/server/move.hpp"

#include "daemon/server/documents.hpp"
#include "daemon/server/followed.hpp"
#include "daemon/server/license.hpp"
#include "daemon/trust/activation.hpp"
#include "daemon/trust/move_mark.hpp"
#include "daemon/trust/receipt.hpp"
#include "daemon/trust/redirect.hpp"
#include "daemon/trust/showing.hpp"
#include "daemon/trust/transfer_request.hpp"
#include "protocol/limits.hpp"

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace usher::server {
namespace {

using ledger::Code;
using ledger::Refusal;

Refusal bad_request(std::string what)
{
    return {.code = Code::bad_request, .detail = std::move(what)};
}

/// Exactly as many bytes as `Bytes` has.
template <class Bytes>
Bytes bytes_of(Fields& fields, std::string_view field, std::string_view from)
{
    Bytes to;
    fields.require(from.size() == to.bytes.size(), field, "has the wrong length");
    if (from.size() == to.bytes.size())
        std::memcpy(to.bytes.data(), from.data(), from.size());
    return to;
}

ledger::StreamId stream_of(Fields& fields, std::string_view from)
{
    return bytes_of<ledger::StreamId>(fields, "stream", from);
}

ledger::StreamId fresh_stream()
{
    return {trust::fresh_nonce()};
}

std::variant<trust::Activation, Refusal> open_ticket(const std::string& document,
                                                     const Premises& premises)
{
    if (auto objection = objection_to_length(document))
        return *std::move(objection);
    auto opened = trust::open_activation(document, premises.vendors);
    if (const auto* error = std::get_if<trust::DocumentError>(&opened))
        return refusal_of(*error);
    auto& ticket = std::get<trust::Activation>(opened);
    if (!ticket.after)
        return invalid_document("it is no transfer ticket");
    return std::move(ticket);
}

/// A ticket at the source, with the receipt that redeems it.
std::variant<ledger::Depart::Ticket, Refusal> give_for(const std::string& document,
                                                       const Premises& premises)
{
    auto opened = open_ticket(document, premises);
    if (auto* refusal = std::get_if<Refusal>(&opened))
        return std::move(*refusal);
    const auto& ticket = std::get<trust::Activation>(opened);
    const std::string& license = ticket.license.number;
    if (ticket.after->node != premises.node->key())
        return invalid_document("the ticket of license " + license +
                                " follows an activation of another host");
    if (now_by(premises) > ticket.load_by)
        return Refusal{.code = Code::document_expired,
                       .subject = license,
                       .detail = "the ticket of license " + license + " could be used until " +
                                 trust::to_text(ticket.load_by)};
    auto install = install_of(ticket.license, document, premises);
    if (auto* refusal = std::get_if<Refusal>(&install))
        return std::move(*refusal);
    const trust::PublicKey& target = ticket.license.lock->node;
    std::string receipt = trust::sign_receipt({.license = license,
                                               .ended = *ticket.after,
                                               .made = now_by(premises),
                                               .to = trust::ActivationMark{target, ticket.number}},
                                              *premises.node);
    const trust::Nonce digest = trust::nonce_of(receipt);
    return ledger::Depart::Ticket{.license = {license},
                                  .install = std::get<ledger::Install>(std::move(install)),
                                  .follows = ticket.after->number,
                                  .target = {target},
                                  .document = shared(document),
                                  .receipt = shared(std::move(receipt)),
                                  .digest = {digest}};
}

/// What MoveBegun says of one that was given for.
std::size_t bytes_told_of(const ledger::Depart::Ticket& ticket)
{
    constexpr std::size_t others = protocol::text_bytes_max + 256; // The issuer's address, lengths.
    return ticket.license.text.size() + ticket.document->size() + ticket.receipt->size() + others;
}

/// A ticket at the target, with the first of `receipts` that redeems it.
std::variant<ledger::Arrive::Ticket, Refusal>
take_by(const std::string& document, const v1::Arrive& asked, const Premises& premises)
{
    auto opened = open_ticket(document, premises);
    if (auto* refusal = std::get_if<Refusal>(&opened))
        return std::move(*refusal);
    const auto& ticket = std::get<trust::Activation>(opened);
    const auto redeems_it = [&](const std::string& text) {
        const auto receipt = trust::open_receipt(text);
        const auto* const good = std::get_if<trust::Receipt>(&receipt);
        return good != nullptr && trust::redeems(*good, ticket);
    };
    const auto receipt = std::ranges::find_if(asked.receipts(), redeems_it);
    if (receipt == asked.receipts().end())
        return invalid_document("no receipt redeems the ticket of license " +
                                ticket.license.number);
    auto install = install_of(ticket.license, document, premises);
    if (auto* refusal = std::get_if<Refusal>(&install))
        return std::move(*refusal);
    ledger::Arrive::Ticket taken{.install = std::get<ledger::Install>(std::move(install)),
                                 .source = {ticket.after->node},
                                 .issuer = ticket.issuer,
                                 .check = check_of(ticket),
                                 .made = ticket.made,
                                 .receipt = shared(*receipt)};
    taken.install.entitlement.activation = ticket.number;
    return taken;
}

/// A mark of the other server that is for this one.
std::variant<trust::MoveMark, Refusal> open_mark(const std::string& document,
                                                 const Premises& premises)
{
    if (auto objection = objection_to_length(document))
        return *std::move(objection);
    auto opened = trust::open_move_mark(document);
    if (const auto* error = std::get_if<trust::DocumentError>(&opened))
        return refusal_of(*error);
    auto& mark = std::get<trust::MoveMark>(opened);
    if (mark.to != premises.node->key())
        return invalid_document("it is for another host");
    return mark;
}

} // namespace

Translation begin_move(const v1::MoveBegin& asked, const Premises& premises)
{
    const auto lock = trust::lock_from(asked.target_node(), "machine", 1);
    if (!lock)
        return bad_request("target_node: is not the text of a node");
    if (lock->node == premises.node->key())
        return bad_request("target_node: is this very host");
    try {
        return Asked{
            ledger::BeginMove{
                .stream = fresh_stream(),
                .target = {lock->node},
                .uri = asked.uri(),
                .redirect = trust::sign_redirect(
                    {.from = {}, .node = lock->node, .uri = asked.uri(), .made = now_by(premises)},
                    *premises.node)},
            operated()};
    } catch (const std::invalid_argument& error) {
        return bad_request(error.what());
    }
}

Translation read_stream(const v1::MoveRead& asked)
{
    Fields fields;
    const ledger::ReadStream command{stream_of(fields, asked.stream()), asked.after()};
    if (fields.refusal())
        return *fields.refusal();
    return Asked{command, operated()};
}

Translation make_transfer(const v1::TransferMake& asked, const Premises& premises)
{
    Fields fields;
    trust::TransferRequest request{
        .license = fields.name("license", asked.license()),
        .source = {premises.node->key(), number_of(fields, asked.number())},
        .host = fields.name("host", asked.host()),
        .target = asked.target_node(),
        .lock = {},
        .nonce = trust::fresh_nonce(),
        .made = now_by(premises)};
    request.lock.kind = kind_of(fields, asked.kind());
    if (fields.refusal())
        return *fields.refusal();
    try {
        ledger::RequestTransfer command{
            .license = {request.license},
            .number = request.source.number,
            .document = shared(trust::sign_transfer_request(request, *premises.node))};
        return Asked{std::move(command), operated()};
    } catch (const std::invalid_argument& error) {
        return bad_request(error.what());
    }
}

Translation depart(const v1::Depart& asked, const Caller& caller, const Premises& premises)
{
    constexpr std::size_t bytes_max = protocol::frame_bytes_max - (64 << 10);
    Fields fields;
    ledger::Depart command{
        .by = caller.identity, .stream = stream_of(fields, asked.stream()), .tickets = {}};
    std::size_t bytes = 0;
    for (const std::string& document : asked.tickets()) {
        if (fields.refusal())
            break;
        auto given = give_for(document, premises);
        if (auto* refusal = std::get_if<Refusal>(&given))
            return std::move(*refusal);
        command.tickets.push_back(std::get<ledger::Depart::Ticket>(std::move(given)));
        bytes += bytes_told_of(command.tickets.back());
        if (bytes > bytes_max)
            return Refusal{.code = Code::limit_reached,
                           .detail = "these are more licenses than one move takes"};
    }
    if (fields.refusal())
        return *fields.refusal();
    return Asked{std::move(command), operated()};
}

Translation confirm_departure(const v1::DepartureConfirm& asked, const Caller& caller,
                              const Premises& premises)
{
    auto opened = open_mark(asked.document(), premises);
    if (auto* refusal = std::get_if<Refusal>(&opened))
        return std::move(*refusal);
    const auto& mark = std::get<trust::MoveMark>(opened);
    if (!mark.end)
        return invalid_document("it does not say that the target has taken over");
    return Asked{ledger::ConfirmDeparture{
                     .by = caller.identity, .target = {mark.node}, .stream = {mark.stream}},
                 operated()};
}

Translation begin_arrival(const v1::ArrivalBegin& asked, const Caller& caller,
                          const Premises& premises)
{
    Fields fields;
    const ledger::BeginArrival command{
        .by = caller.identity,
        .source = bytes_of<ledger::NodeKey>(fields, "source_node", asked.source_node()),
        .stream = stream_of(fields, asked.stream()),
        .has_departed = asked.departed()};
    fields.require(command.source.bytes != premises.node->key(), "source_node",
                   "is this very host");
    if (fields.refusal())
        return *fields.refusal();
    return Asked{command, operated()};
}

Translation follow(const v1::Follow& asked, const Premises& premises)
{
    auto opened = open_mark(asked.mark(), premises);
    if (auto* refusal = std::get_if<Refusal>(&opened))
        return std::move(*refusal);
    const auto& mark = std::get<trust::MoveMark>(opened);
    if (mark.digest != trust::sha256(asked.record()))
        return invalid_document("it is the mark of another record");
    auto read = read_followed(asked.record(), premises);
    if (auto* refusal = std::get_if<Refusal>(&read))
        return std::move(*refusal);
    auto& facts = std::get<std::vector<ledger::Fact>>(read);
    if (facts.size() != mark.count)
        return invalid_document("the record has " + std::to_string(facts.size()) +
                                " facts, and its mark says " + std::to_string(mark.count));
    return Asked{ledger::Follow{.source = {mark.node},
                                .stream = {mark.stream},
                                .from = mark.from,
                                .is_end = mark.end,
                                .facts = std::move(facts)},
                 operated()};
}

Translation arrive(const v1::Arrive& asked, const Caller& caller, const Premises& premises)
{
    Fields fields;
    ledger::Arrive command{
        .by = caller.identity, .stream = stream_of(fields, asked.stream()), .tickets = {}};
    if (fields.refusal())
        return *fields.refusal();
    for (const std::string& document : asked.tickets()) {
        auto taken = take_by(document, asked, premises);
        if (auto* refusal = std::get_if<Refusal>(&taken))
            return std::move(*refusal);
        command.tickets.push_back(std::get<ledger::Arrive::Ticket>(std::move(taken)));
    }
    return Asked{std::move(command), operated()};
}

} // namespace usher::server
