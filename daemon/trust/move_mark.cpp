#include "daemon/trust/move_mark.hpp"

#include "daemon/trust/envelope.hpp"
#include "daemon/trust/members.hpp"
#include "daemon/trust/node.hpp"

namespace usher::trust {
namespace {

using nlohmann::json;

constexpr std::uint64_t facts_max = 1'000'000'000'000'000; ///< Every reader of JSON counts so far.

MoveMark mark_from(std::string_view payload, const PublicKey& node)
{
    const json object = canonical_object(payload, "payload");
    Members members(object, "");
    members.expect_format();
    MoveMark mark{.node = node,
                  .to = members.bytes<32>("to"),
                  .stream = members.bytes<16>("stream"),
                  .from = members.count("from", 0, facts_max),
                  .count = members.count("count", 0, facts_max),
                  .digest = members.bytes<32>("digest"),
                  .end = members.truth("end")};
    members.expect_no_more();
    if (mark.to == node)
        members.refuse("to", "is the host that says it");
    return mark;
}

} // namespace

std::variant<MoveMark, DocumentError> open_move_mark(std::string_view text)
{
    return open_node_document(text, DocumentKind::move_mark, mark_from);
}

std::string sign_move_mark(const MoveMark& mark, const Node& node)
{
    const json object = {{"count", mark.count},     {"digest", base64url(mark.digest)},
                         {"end", mark.end},         {"format", format},
                         {"from", mark.from},       {"stream", base64url(mark.stream)},
                         {"to", base64url(mark.to)}};
    const std::string payload =
        checked_payload(object, [&](std::string_view text) { return mark_from(text, node.key()); });
    return node.seal(DocumentKind::move_mark, payload);
}

} // namespace usher::trust
