#include "client/proof.hpp"

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

bool binds(const std::string& document, const trust::PublicKey& node,
           const std::vector<trust::VendorKey>& vendors)
{
    if (document.size() > protocol::license_bytes_max)
        return false;
    const auto opened = trust::open_license(document, vendors);
    const auto* license = std::get_if<trust::License>(&opened);
    return license != nullptr && license->lock && license->lock->node == node;
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

} // namespace usher::client
