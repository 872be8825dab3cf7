#include "tools/vendor_secret.hpp"

#include "daemon/trust/jws.hpp"
#include "daemon/trust/members.hpp"
#include "daemon/trust/private_files.hpp"
#include "tools/fault.hpp"
#include "tools/printable.hpp"

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <nlohmann/json.hpp>
#include <openssl/crypto.h>
#include <sys/stat.h>

namespace usher::tools {
namespace {

constexpr std::uint64_t format = 1;

std::filesystem::path file_in(const std::filesystem::path& directory)
{
    return directory / "vendor.json";
}

void make_directory(const std::filesystem::path& directory)
{
    if (::mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST)
        throw Fault("cannot make " + printable(directory.string()) + ": " + std::strerror(errno),
                    {"make it yourself, or name another one: --directory"});
}

/// Throws Malformed.
VendorSecret secret_from(std::string_view text)
{
    if (!text.ends_with('\n'))
        throw trust::Malformed("its last line is cut off");
    text.remove_suffix(1);
    const nlohmann::json object = trust::canonical_object(text, "it");
    trust::Members members(object, "");
    if (members.value("format") != format)
        members.refuse("format", "is not 1, which is all that this version reads");
    auto seed = members.bytes<32>("seed");
    VendorSecret secret{members.text("vendor"), trust::SigningKey::from_seed(seed)};
    OPENSSL_cleanse(seed.data(), seed.size());
    if (!trust::is_vendor_name(secret.name))
        members.refuse("vendor", "is not a vendor's name");
    members.expect_no_more();
    return secret;
}

} // namespace

VendorSecret make_vendor_secret(const std::filesystem::path& directory, const std::string& name)
{
    if (!trust::is_vendor_name(name))
        throw Fault("--vendor: is not 1 to 64 letters, digits, dots, dashes and underscores",
                    {"it stands in usher-vendor:NAME:KEY, and operators type it"},
                    Fault::Kind::usage);
    make_directory(directory);
    VendorSecret secret{name, trust::SigningKey::generate()};
    const nlohmann::json object = {
        {"format", format}, {"seed", trust::base64url(secret.key.seed())}, {"vendor", secret.name}};
    const std::filesystem::path file = file_in(directory);
    if (!trust::create_private_file(file, trust::canonical_text(object) + "\n"))
        throw Fault("there is a vendor's key already: " + printable(file.string()),
                    {"it stays as it is, for what it signed needs it; another vendor needs "
                     "another --directory"});
    return secret;
}

VendorSecret open_vendor_secret(const std::filesystem::path& directory)
{
    const std::filesystem::path file = file_in(directory);
    const auto text = trust::read_private_file(file);
    if (!text)
        throw Fault("there is no vendor's key: " + printable(file.string()),
                    {"usher-issuer init makes one; --directory says where it is"});
    try {
        return secret_from(*text);
    } catch (const trust::Malformed& error) {
        throw Fault(printable(file.string()) + " is damaged: " + printable(error.what()),
                    {"put it back from a backup"});
    }
}

} // namespace usher::tools
