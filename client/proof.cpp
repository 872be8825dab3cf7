#include "client/proof.hpp"

#include "daemon/trust/activation.hpp"
#include "daemon/trust/node.hpp"
#include "protocol/limits.hpp"

#include <algorithm>

namespace usher::client {
namespace {

/// Of a field of bytes; false: it has another length.
template <class Bytes>
bool read(const std::string& field, Bytes& bytes)
{
    if (field.size() != bytes.size())
        return false;
    std::ranges::copy(field, bytes.begin());
    return true;
}

std::string names_of(const std::vector<trust::VendorKey>& vendors)
{
    std::string names;
    for (const trust::VendorKey& vendor : vendors)
        names += (names.empty() ? "" : " or ") + vendor.vendor;
    return names;
}

/// The host that `document` is for, if a vendor signed it: a license, or an activation of one.
std::optional<trust::PublicKey> node_in(const std::string& document,
                                        const std::vector<trust::VendorKey>& vendors)
{
    const auto activation = trust::open_activation(document, vendors);
    const auto license = trust::open_license(document, vendors);
    const std::optional<trust::NodeLockTerms>* lock = nullptr;
    if (const auto* found = std::get_if<trust::Activation>(&activation))
        lock = &found->license.lock;
    else if (const auto* plain = std::get_if<trust::License>(&license))
        lock = &plain->lock;
    return lock != nullptr && *lock ? std::optional((*lock)->node) : std::nullopt;
}

bool binds(const std::string& document, const trust::PublicKey& node,
           const std::vector<trust::VendorKey>& vendors)
{
    return document.size() <= protocol::license_bytes_max && node_in(document, vendors) == node;
}

} // namespace

std::optional<std::string> objection(const v1::Proof& proof, std::string_view exporter,
                                     const std::vector<trust::VendorKey>& vendors)
{
    if (exporter.empty())
        return "over a local socket a server cannot prove who it is";
    trust::PublicKey node{};
    trust::Signature signature{};
    if (!read(proof.node_key(), node) || !read(proof.signature(), signature))
        return "it offers no proof";
    if (static_cast<std::size_t>(proof.licenses_size()) > protocol::proofs_max)
        return "it offers more licenses than a proof may hold";
    const bool is_customer = std::ranges::any_of(proof.licenses(), [&](const std::string& license) {
        return binds(license, node, vendors);
    });
    if (!is_customer)
        return "it has no license of " + names_of(vendors) + " for its host";
    if (!trust::proves(node, exporter, signature))
        return "its proof was made for another connection, so somebody stands in between";
    return std::nullopt;
}

std::optional<trust::PublicKey> node_of(const v1::Proof& proof)
{
    trust::PublicKey node{};
    return read(proof.node_key(), node) ? std::optional(node) : std::nullopt;
}

} // namespace usher::client
