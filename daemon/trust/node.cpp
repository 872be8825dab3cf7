#include "daemon/trust/node.hpp"

#include "daemon/trust/envelope.hpp"
#include "daemon/trust/fault.hpp"
#include "daemon/trust/license_json.hpp"
#include "daemon/trust/members.hpp"
#include "daemon/trust/private_files.hpp"
#include "protocol/limits.hpp"
#include "protocol/text.hpp"

#include <algorithm>
#include <cassert>
#include <nlohmann/json.hpp>
#include <openssl/crypto.h>
#include <utility>

namespace usher::trust {
namespace {

using nlohmann::json;

constexpr std::string_view prefix = "usher-node:";
constexpr const char* type = "usher-node";
constexpr const char* file_name = "node.json";
constexpr std::size_t identifiers_min = 2;
constexpr std::size_t exporter_bytes = 32;

struct Secret {
    SigningKey key;
    std::string salt;
};

std::string base64url_of(std::string_view bytes)
{
    return base64url({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
}

Secret fresh_secret()
{
    std::string salt(salt_bytes, '\0');
    fill_random({reinterpret_cast<std::uint8_t*>(salt.data()), salt.size()});
    return {SigningKey::generate(), std::move(salt)};
}

std::string text_of(const Secret& secret)
{
    return canonical_text({{"format", format},
                           {"salt", base64url_of(secret.salt)},
                           {"seed", base64url(secret.key.seed())}}) +
           "\n";
}

/// Throws Malformed.
Secret secret_from(std::string_view text)
{
    if (!text.ends_with('\n'))
        throw Malformed("its last line is cut off");
    text.remove_suffix(1);
    const json object = canonical_object(text, "it");
    Members members(object, "");
    members.expect_format();
    const auto salt = members.bytes<salt_bytes>("salt");
    auto seed = members.bytes<32>("seed");
    members.expect_no_more();
    Secret secret{SigningKey::from_seed(seed), {salt.begin(), salt.end()}};
    OPENSSL_cleanse(seed.data(), seed.size());
    return secret;
}

Secret secret_in(const std::filesystem::path& file)
{
    auto text = read_private_file(file);
    if (!text) {
        // False: another start was faster, and its key is the node's.
        (void)create_private_file(file, text_of(fresh_secret()));
        text = read_private_file(file);
    }
    try {
        return secret_from(text.value_or(""));
    } catch (const Malformed& error) {
        throw Fault(
            file.string() + " is damaged: " + error.what(),
            "put it back from a backup; licenses that are locked to this node need its key");
    }
}

Digest salted(std::string_view salt, std::string_view value)
{
    return sha256(std::string(salt) + std::string(value));
}

std::string proof_text(std::string_view exporter)
{
    return "usher node proof v1\n" + std::string(exporter);
}

/// Throws Malformed. A node's text is signed by the key that is in it: that shows that whoever
/// sent it has the key and that nothing got lost on the way, not who sent it.
NodeLockTerms terms_in(std::string_view jws_text)
{
    const Jws jws = split_jws(jws_text);
    const json header = canonical_object(jws.header, "header");
    Members members(header, "header.");
    NodeLockTerms terms;
    terms.node = members.object("jwk").bytes<32>("x");
    const json expected = {{"alg", "EdDSA"}, {"jwk", jwk(terms.node)}, {"typ", type}};
    if (header != expected)
        throw Malformed("header: is not that of a node");
    if (!verify(terms.node, jws.signed_bytes, jws.signature))
        throw Malformed("it was changed after the node signed it");

    const json payload = canonical_object(jws.payload, "payload");
    Members fields(payload, "");
    fields.expect_format();
    read_identity(fields, terms);
    fields.expect_no_more();
    return terms;
}

} // namespace

bool Node::is_in(const std::filesystem::path& directory)
{
    std::error_code ignored;
    return std::filesystem::exists(std::filesystem::symlink_status(directory / file_name, ignored));
}

Node Node::open(const std::filesystem::path& directory, std::vector<Identifier> identifiers)
{
    Secret secret = secret_in(directory / file_name);
    return {std::move(secret.key), std::move(secret.salt), std::move(identifiers)};
}

Node::Node(SigningKey key, std::string salt, std::vector<Identifier> identifiers)
    : key_(std::move(key)), salt_(std::move(salt)), identifiers_(std::move(identifiers))
{}

NodeLockTerms Node::terms(std::string kind) const
{
    NodeLockTerms terms{
        .kind = std::move(kind), .node = key(), .salt = salt_, .identifiers = {}, .need = 2};
    std::string reasons;
    for (const Identifier& identifier : identifiers_)
        if (!identifier.value.empty())
            terms.identifiers[identifier.name] = salted(salt_, identifier.value);
        else
            reasons += (reasons.empty() ? "" : "; ") + identifier.name + ": " + identifier.why;
    if (terms.identifiers.size() < identifiers_min)
        throw Fault("this host shows " + std::to_string(terms.identifiers.size()) +
                        " stable identifiers, and a license can be locked to 2 or more only",
                    reasons.empty() ? "none was looked for" : reasons);
    return terms;
}

std::string Node::text() const
{
    const json header = {{"alg", "EdDSA"}, {"jwk", jwk(key_.public_key())}, {"typ", type}};
    json payload = {{"format", format}};
    write_identity(payload, terms("machine"));
    return std::string(prefix) + sign_jws(canonical_text(header), canonical_text(payload), key_);
}

Node::Agreement Node::compare(const NodeLockTerms& lock) const
{
    Agreement agreement{.need = lock.need, .same_key = lock.node == key_.public_key()};
    std::size_t matching = 0;
    for (const auto& [name, digest] : lock.identifiers) {
        const auto identifier = std::ranges::find(identifiers_, name, &Identifier::name);
        const bool found = identifier != identifiers_.end() && !identifier->value.empty();
        const bool matches = found && salted(lock.salt, identifier->value) == digest;
        matching += matches ? 1 : 0;
        agreement.lines.push_back({.name = name, .found = found, .matches = matches});
    }
    agreement.holds = agreement.same_key && matching >= lock.need;
    return agreement;
}

std::string Node::seal(DocumentKind kind, std::string_view payload) const
{
    assert(kind == DocumentKind::activation_request || kind == DocumentKind::transfer_request ||
           kind == DocumentKind::receipt || kind == DocumentKind::showing ||
           kind == DocumentKind::redirect || kind == DocumentKind::move_mark);
    return seal_by_node(kind, payload, key_);
}

Signature Node::prove(std::string_view exporter) const
{
    assert(exporter.size() == exporter_bytes);
    return key_.sign(proof_text(exporter));
}

std::string short_name_of(const PublicKey& node)
{
    constexpr std::size_t bytes = 8;
    const Digest digest = sha256({reinterpret_cast<const char*>(node.data()), node.size()});
    return hex(std::span(digest).first(bytes));
}

std::optional<NodeLockTerms> lock_from(std::string_view node_text, std::string_view kind,
                                       unsigned need)
try {
    if (node_text.size() > protocol::license_bytes_max)
        return std::nullopt;
    node_text = protocol::without_surrounding_space(node_text);
    if (!node_text.starts_with(prefix))
        return std::nullopt;
    NodeLockTerms terms = terms_in(node_text.substr(prefix.size()));
    terms.kind = kind;
    terms.need = need;
    return objection_to(terms) ? std::nullopt : std::optional(std::move(terms));
} catch (const Malformed&) {
    return std::nullopt;
}

bool proves(const PublicKey& node, std::string_view exporter, const Signature& signature)
{
    return exporter.size() == exporter_bytes && verify(node, proof_text(exporter), signature);
}

} // namespace usher::trust
