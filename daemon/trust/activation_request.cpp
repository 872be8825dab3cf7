#include "daemon/trust/activation_request.hpp"

#include "daemon/trust/envelope.hpp"
#include "daemon/trust/license_json.hpp"
#include "daemon/trust/members.hpp"
#include "daemon/trust/node.hpp"

namespace usher::trust {
namespace {

using nlohmann::json;

/// The node's key is in it, though it stands in the header: else anybody could put his own there.
std::string proof_text(const PublicKey& node, const json& payload_without_proof)
{
    return "usher code proof v1\n" + base64url(node) + "\n" + canonical_text(payload_without_proof);
}

json object_of(const ActivationRequest& request)
{
    json object = {{"code", base64url(request.code)},
                   {"format", format},
                   {"host", request.host},
                   {"kind", request.lock.kind},
                   {"license", request.license},
                   {"made", written(request.made, "made")},
                   {"nonce", base64url(request.nonce)}};
    write_identity(object, request.lock);
    return object;
}

ActivationRequest request_from(std::string_view payload, const PublicKey& node)
{
    const json object = canonical_object(payload, "payload");
    Members members(object, "");
    members.expect_format();
    ActivationRequest request;
    request.code = members.bytes<32>("code");
    const auto proof = members.bytes<64>("code_proof");
    request.host = members.name("host");
    read_identity(members, request.lock);
    request.lock.kind = members.text("kind");
    request.lock.node = node;
    request.lock.need = 1;
    request.license = members.name("license");
    request.made = members.instant("made");
    request.nonce = members.bytes<16>("nonce");
    members.expect_no_more();
    if (const auto objection = objection_to(request.lock))
        throw Malformed(*objection);
    json unproven = object;
    unproven.erase("code_proof");
    if (!verify(request.code, proof_text(node, unproven), proof))
        throw Malformed("code_proof: is not of that code, for that host");
    return request;
}

} // namespace

std::variant<ActivationRequest, DocumentError> open_activation_request(std::string_view text)
{
    return open_node_document(text, DocumentKind::activation_request, request_from);
}

std::string make_activation_request(const ActivationCode& code, const Node& node,
                                    const std::string& kind, const std::string& host,
                                    const Nonce& nonce, Instant made)
try {
    const ActivationRequest request{.license = code.license,
                                    .host = host,
                                    .lock = node.terms(kind),
                                    .nonce = nonce,
                                    .made = made,
                                    .code = code.key.public_key()};
    json object = object_of(request);
    object["code_proof"] = base64url(code.key.sign(proof_text(node.key(), object)));
    const std::string payload = canonical_text(object);
    (void)request_from(payload, node.key());
    return node.seal(DocumentKind::activation_request, payload);
} catch (const Malformed& error) {
    throw std::invalid_argument(error.what());
}

} // namespace usher::trust
