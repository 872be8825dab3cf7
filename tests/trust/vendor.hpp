#pragma once

#include "daemon/trust/jws.hpp"
#include "daemon/trust/license_file.hpp"
#include "daemon/trust/license_json.hpp"

#include <boost/test/unit_test.hpp>
#include <functional>
#include <nlohmann/json.hpp>
#include <stdexcept>

/// Who signs licenses in tests of trust.
namespace usher::trust::test {

using nlohmann::json;
using Kind = DocumentError::Kind;
using namespace std::chrono_literals;

inline Digest filled(std::uint8_t byte)
{
    Digest digest{};
    digest.fill(byte);
    return digest;
}

/// A vendor, and a license of his that says all that one can say.
struct Vendor {
    SigningKey key = SigningKey::generate();
    std::vector<VendorKey> trusted{{"acme", key.public_key()}};
    License full;

    Vendor()
    {
        full.vendor = "acme";
        full.number = "015.120.065.016";
        full.product = "PROSession";
        full.metric = "user_device";
        full.quantity = 8;
        full.from = std::chrono::sys_days{2030y / 1 / 1};
        full.to = std::chrono::sys_days{2031y / 1 / 1};
        full.type = "annual \"b\xc3\xbcro\"";
        full.maintenance_until = std::chrono::sys_days{2030y / 6 / 1};
        full.requires_product = "PROServer";
        full.downgrades_to = {"PROSession 15", "PROSession 16"};
        full.lock = NodeLockTerms{.kind = "machine",
                                  .node = filled(7),
                                  .salt = std::string(16, 's'),
                                  .identifiers = {{"mac", filled(1)}, {"machine_id", filled(2)}},
                                  .need = 2};
    }

    /// A file signed over any payload.
    [[nodiscard]] std::string file_of(const std::string& payload) const
    {
        const json header = {
            {"alg", "EdDSA"}, {"kid", key_id(key.public_key())}, {"typ", "usher-license"}};
        return sign_jws(header.dump(), payload, key);
    }

    [[nodiscard]] DocumentError error(std::string_view text) const
    {
        const auto opened = open_license(text, trusted);
        if (const auto* found = std::get_if<DocumentError>(&opened))
            return *found;
        return {Kind::malformed, "accepted"};
    }

    /// What is said about a license whose payload was changed before it was signed.
    [[nodiscard]] std::string objection(const std::function<void(json&)>& change) const
    {
        json payload = json::parse(payload_of(full));
        change(payload);
        const DocumentError found = error(file_of(payload.dump()));
        BOOST_TEST((found.kind == Kind::malformed));
        return found.what;
    }

    /// What signing says about it; the parser must say the same.
    [[nodiscard]] std::string refused(const std::function<void(License&)>& change) const
    {
        License license = full;
        change(license);
        try {
            (void)sign_license(license, key);
        } catch (const std::invalid_argument& objection) {
            return objection.what();
        }
        return "accepted";
    }
};

} // namespace usher::trust::test
