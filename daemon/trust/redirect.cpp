#include "daemon/trust/redirect.hpp"

#include "daemon/trust/envelope.hpp"
#include "daemon/trust/mark_json.hpp"
#include "daemon/trust/members.hpp"
#include "daemon/trust/node.hpp"

namespace usher::trust {
namespace {

using nlohmann::json;

Redirect redirect_from(std::string_view payload, const PublicKey& from)
{
    const json object = canonical_object(payload, "payload");
    Members members(object, "");
    members.expect_format();
    Redirect redirect;
    redirect.from = from;
    redirect.made = members.instant("made");
    redirect.node = members.bytes<32>("node");
    redirect.uri = address(members, "uri");
    members.expect_no_more();
    if (redirect.node == from)
        members.refuse("node", "is the host that says it");
    return redirect;
}

} // namespace

std::variant<Redirect, DocumentError> open_redirect(std::string_view text)
{
    return open_node_document(text, DocumentKind::redirect, redirect_from);
}

std::string sign_redirect(const Redirect& redirect, const Node& node)
try {
    const json object = {{"format", format},
                         {"made", written(redirect.made, "made")},
                         {"node", base64url(redirect.node)},
                         {"uri", redirect.uri}};
    const std::string payload = checked_payload(
        object, [&](std::string_view text) { return redirect_from(text, node.key()); });
    return node.seal(DocumentKind::redirect, payload);
} catch (const Malformed& error) {
    throw std::invalid_argument(error.what());
}

} // namespace usher::trust
