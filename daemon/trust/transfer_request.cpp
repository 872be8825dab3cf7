#include "daemon/trust/transfer_request.hpp"

#include "daemon/trust/envelope.hpp"
#include "daemon/trust/mark_json.hpp"
#include "daemon/trust/members.hpp"
#include "daemon/trust/node.hpp"
#include "protocol/text.hpp"

namespace usher::trust {
namespace {

using nlohmann::json;

TransferRequest request_from(std::string_view payload, const PublicKey& node)
{
    const json object = canonical_object(payload, "payload");
    Members members(object, "");
    members.expect_format();
    TransferRequest request;
    request.host = members.name("host");
    request.license = members.name("license");
    request.made = members.instant("made");
    request.nonce = members.bytes<16>("nonce");
    request.source = {.node = node, .number = members.count("number", 1, activation_number_max)};
    request.target = members.text("target");
    const std::string kind = members.text("kind");
    members.expect_no_more();
    if (kind != "machine" && kind != "personal")
        members.refuse("kind", "is not machine or personal");
    const auto lock = lock_from(request.target, kind, 1);
    if (!lock || protocol::without_surrounding_space(request.target) != request.target)
        members.refuse("target", "is not the text of a node");
    if (lock->node == node)
        members.refuse("target", "is the host that asks");
    request.lock = *lock;
    return request;
}

} // namespace

std::variant<TransferRequest, DocumentError> open_transfer_request(std::string_view text)
{
    return open_node_document(text, DocumentKind::transfer_request, request_from);
}

std::string sign_transfer_request(const TransferRequest& request, const Node& node)
try {
    const json object = {{"format", format},
                         {"host", request.host},
                         {"kind", request.lock.kind},
                         {"license", request.license},
                         {"made", written(request.made, "made")},
                         {"nonce", base64url(request.nonce)},
                         {"number", request.source.number},
                         {"target", request.target}};
    const std::string payload = checked_payload(
        object, [&](std::string_view text) { return request_from(text, node.key()); });
    return node.seal(DocumentKind::transfer_request, payload);
} catch (const Malformed& error) {
    throw std::invalid_argument(error.what());
}

} // namespace usher::trust
