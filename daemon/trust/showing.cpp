#include "daemon/trust/showing.hpp"

#include "daemon/trust/envelope.hpp"
#include "daemon/trust/members.hpp"
#include "daemon/trust/node.hpp"
#include "protocol/text.hpp"

#include <algorithm>

namespace usher::trust {
namespace {

using nlohmann::json;

Showing showing_from(std::string_view payload, const PublicKey& node)
{
    const json object = canonical_object(payload, "payload");
    Members members(object, "");
    members.expect_format();
    Showing showing;
    showing.license = members.name("license");
    showing.made = members.instant("made");
    showing.nonce = members.bytes<16>("nonce");
    showing.active = {.node = node, .number = members.count("number", 1, activation_number_max)};
    showing.started = members.instant("started");
    const auto text = members.text_or_null("receipt");
    members.expect_no_more();
    if (showing.started > showing.made)
        members.refuse("started", "is later than it was made");
    if (!text)
        return showing;
    const auto opened = open_receipt(*text);
    if (const auto* error = std::get_if<DocumentError>(&opened))
        members.refuse("receipt", error->what);
    showing.receipt = std::get<Receipt>(opened);
    showing.receipt_text = *text;
    if (showing.receipt->license != showing.license || showing.receipt->to != showing.active)
        members.refuse("receipt", "is not to this activation");
    return showing;
}

IssuerAnswer answer_from(std::string_view payload)
{
    const json object = canonical_object(payload, "payload");
    Members members(object, "");
    members.expect_format();
    IssuerAnswer answer;
    answer.active = members.truth("active");
    answer.license = members.name("license");
    answer.made = members.instant("made");
    answer.nonce = members.bytes<16>("nonce");
    answer.number = members.count("number", 1, activation_number_max);
    answer.vendor = members.text("vendor");
    members.expect_no_more();
    if (!is_vendor_name(answer.vendor))
        members.refuse("vendor", "is not 1 to 64 letters, digits, dots, dashes and underscores");
    return answer;
}

} // namespace

std::variant<Showing, DocumentError> open_showing(std::string_view text)
{
    return open_node_document(text, DocumentKind::showing, showing_from);
}

std::string sign_showing(const Showing& showing, const Node& node)
try {
    json object = {{"format", format},
                   {"license", showing.license},
                   {"made", written(showing.made, "made")},
                   {"nonce", base64url(showing.nonce)},
                   {"number", showing.active.number},
                   {"receipt", nullptr},
                   {"started", written(showing.started, "started")}};
    if (!showing.receipt_text.empty())
        object["receipt"] = showing.receipt_text;
    const std::string payload = checked_payload(
        object, [&](std::string_view text) { return showing_from(text, node.key()); });
    return node.seal(DocumentKind::showing, payload);
} catch (const Malformed& error) {
    throw std::invalid_argument(error.what());
}

std::variant<IssuerAnswer, DocumentError> open_issuer_answer(std::string_view text,
                                                             const std::vector<VendorKey>& trusted)
{
    return open_vendor_document(text, DocumentKind::issuer_answer, trusted, answer_from,
                                [](const IssuerAnswer& answer) { return answer.vendor; });
}

std::variant<IssuerAnswer, DocumentError> read_issuer_answer_unverified(std::string_view text)
try {
    return answer_from(vendor_seal(text, DocumentKind::issuer_answer).jws.payload);
} catch (const Malformed& error) {
    return DocumentError{DocumentError::Kind::malformed, error.what()};
}

std::string sign_issuer_answer(const IssuerAnswer& answer, const SigningKey& key)
try {
    const json object = {{"active", answer.active},          {"format", format},
                         {"license", answer.license},        {"made", written(answer.made, "made")},
                         {"nonce", base64url(answer.nonce)}, {"number", answer.number},
                         {"vendor", answer.vendor}};
    return seal_by_vendor(DocumentKind::issuer_answer, checked_payload(object, answer_from), key);
} catch (const Malformed& error) {
    throw std::invalid_argument(error.what());
}

Nonce nonce_of(std::string_view receipt_text)
{
    const Digest digest = sha256(protocol::without_surrounding_space(receipt_text));
    Nonce nonce{};
    std::copy_n(digest.begin(), nonce.size(), nonce.begin());
    return nonce;
}

} // namespace usher::trust
