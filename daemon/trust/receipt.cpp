#include "daemon/trust/receipt.hpp"

#include "daemon/trust/envelope.hpp"
#include "daemon/trust/mark_json.hpp"
#include "daemon/trust/members.hpp"
#include "daemon/trust/node.hpp"

namespace usher::trust {
namespace {

using nlohmann::json;

Receipt receipt_from(std::string_view payload, const PublicKey& node)
{
    const json object = canonical_object(payload, "payload");
    Members members(object, "");
    members.expect_format();
    Receipt receipt;
    receipt.license = members.name("license");
    receipt.made = members.instant("made");
    receipt.ended = {.node = node, .number = members.count("number", 1, activation_number_max)};
    if (!members.value("to").is_null())
        receipt.to = mark_in(members.object("to"));
    members.expect_no_more();
    if (receipt.to && receipt.to->number <= receipt.ended.number)
        members.refuse("to", "is of no higher number");
    if (receipt.to && receipt.to->node == node)
        members.refuse("to", "is the host that gives it up");
    return receipt;
}

} // namespace

std::variant<Receipt, DocumentError> open_receipt(std::string_view text)
{
    return open_node_document(text, DocumentKind::receipt, receipt_from);
}

std::string sign_receipt(const Receipt& receipt, const Node& node)
try {
    json object = {{"format", format},
                   {"license", receipt.license},
                   {"made", written(receipt.made, "made")},
                   {"number", receipt.ended.number},
                   {"to", nullptr}};
    if (receipt.to)
        object["to"] = object_of(*receipt.to);
    const std::string payload = checked_payload(
        object, [&](std::string_view text) { return receipt_from(text, node.key()); });
    return node.seal(DocumentKind::receipt, payload);
} catch (const Malformed& error) {
    throw std::invalid_argument(error.what());
}

bool redeems(const Receipt& receipt, const Activation& ticket)
{
    const ActivationMark mark{.node = ticket.license.lock->node, .number = ticket.number};
    return receipt.license == ticket.license.number && ticket.after == receipt.ended &&
           receipt.to == mark;
}

} // namespace usher::trust
