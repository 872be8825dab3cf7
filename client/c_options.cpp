#include "client/c_options.hpp"

#include "client/version.hpp"
#include "protocol/limits.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <pwd.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace usher::client {
namespace {

constexpr std::size_t vendors_max = 16;
constexpr std::size_t key_bytes_max = 256; // A pool's key has some fifty.

BadArgument bad(const char* member, const std::string& what)
{
    return {std::string(member) + ": " + what};
}

std::string text_or(const char* text, const char* otherwise)
{
    return text != nullptr ? text : otherwise != nullptr ? otherwise : "";
}

std::string login_name()
{
    std::array<char, 4096> room{};
    passwd entry{};
    passwd* found = nullptr;
    const uid_t uid = ::geteuid();
    if (::getpwuid_r(uid, &entry, room.data(), room.size(), &found) == 0 && found != nullptr &&
        found->pw_name[0] != '\0')
        return found->pw_name;
    return "uid " + std::to_string(uid);
}

std::string host_name()
{
    std::array<char, protocol::name_bytes_max + 1> room{};
    if (::gethostname(room.data(), room.size() - 1) != 0 || room[0] == '\0')
        return "unknown host";
    return room.data();
}

/// 0 is the default; none: out of range.
std::optional<Duration> read_timeout(std::uint32_t given_ms)
{
    constexpr std::uint32_t default_ms = 10'000;
    const std::uint32_t ms = given_ms == 0 ? default_ms : given_ms;
    if (ms < 100 || ms > 600'000)
        return std::nullopt;
    return std::chrono::milliseconds(ms);
}

/// The member of `wish` that is no name; null: none.
const char* bad_name(const Wish& wish)
{
    const auto is_long = [](const std::string& name) {
        return name.size() > protocol::name_bytes_max;
    };
    if (is_long(wish.profile))
        return "profile";
    if (wish.user.empty() || is_long(wish.user))
        return "user";
    if (wish.device.empty() || is_long(wish.device))
        return "device";
    return is_long(wish.party) ? "party" : nullptr;
}

Read<std::vector<trust::VendorKey>> read_vendors(const usher_options& options)
{
    std::vector<trust::VendorKey> vendors;
    const bool is_waived = (options.flags & USHER_ANY_VENDOR) != 0;
    if (options.vendor_keys_count > vendors_max)
        return bad("vendor_keys", "at most 16 are taken");
    if (options.vendor_keys_count > 0 && options.vendor_keys == nullptr)
        return bad("vendor_keys", "is NULL, but vendor_keys_count is not 0");
    for (std::size_t i = 0; i < options.vendor_keys_count; ++i) {
        const char* const text = options.vendor_keys[i];
        auto key = text == nullptr ? std::nullopt : trust::vendor_key_from(text);
        if (!key)
            return bad("vendor_keys", "number " + std::to_string(i + 1) +
                                          " is not of the form usher-vendor:NAME:KEY");
        vendors.push_back(std::move(*key));
    }
    if (vendors.empty() && !is_waived)
        return bad("vendor_keys", "none is given, so that anybody's server would be believed; "
                                  "USHER_ANY_VENDOR says that this is meant");
    if (!vendors.empty() && is_waived)
        return bad("flags", "USHER_ANY_VENDOR contradicts vendor_keys");
    return vendors;
}

} // namespace

Read<Manners> read_manners(const usher_options& options)
{
    if ((options.flags & ~USHER_ANY_VENDOR) != 0)
        return bad("flags", "has bits that this version does not know");
    Manners manners;
    const auto connect_max = read_timeout(options.connect_timeout_ms);
    if (!connect_max)
        return bad("connect_timeout_ms", "is not 0 or from 100 to 600000");
    const auto answer_max = read_timeout(options.answer_timeout_ms);
    if (!answer_max)
        return bad("answer_timeout_ms", "is not 0 or from 100 to 600000");
    manners.settings.connect_max = *connect_max;
    manners.settings.answer_max = *answer_max;
    manners.wish.user = options.user != nullptr ? options.user : login_name();
    manners.wish.device = options.device != nullptr ? options.device : host_name();
    manners.wish.party = text_or(options.party, nullptr);
    manners.wish.pid = static_cast<std::uint64_t>(::getpid());
    if (const char* const member = bad_name(manners.wish))
        return bad(member, "a name has 1 to 256 bytes");
    manners.callback = options.callback;
    manners.context = options.context;
    return manners;
}

Read<Destination> read_destination(const usher_options& options)
{
    Destination destination;
    destination.server = text_or(options.server, std::getenv("USHER_SERVER"));
    if (destination.server.empty())
        return bad("server", "none is given, and USHER_SERVER is not set");
    Credentials& credentials = destination.credentials;
    credentials.client = text_or(options.application, "libusher " USHER_VERSION);
    if (credentials.client.size() > protocol::name_bytes_max)
        return bad("application", "has more than 256 bytes");
    credentials.key = text_or(options.key, std::getenv("USHER_KEY"));
    if (credentials.key.size() > key_bytes_max)
        return bad("key", "is longer than any key");
    credentials.certificate = text_or(options.certificate, nullptr);
    credentials.certificate_key = text_or(options.certificate_key, nullptr);
    auto vendors = read_vendors(options);
    if (!vendors)
        return vendors.error();
    credentials.vendors = std::move(*vendors);
    return destination;
}

Read<Wish> read_wish(const usher_wish& wish, const Wish& common)
{
    if ((wish.flags & ~USHER_STAY_IN_QUEUE) != 0)
        return bad("flags", "has bits that this version does not know");
    Wish read = common;
    read.profile = text_or(wish.profile, nullptr);
    if (wish.units != 0)
        read.units = wish.units;
    if (read.units > static_cast<std::uint64_t>(protocol::units_per_checkout_max))
        return bad("units", "more than 1000000000");
    read.wait = std::chrono::milliseconds(wish.wait_ms);
    if (read.wait > protocol::wait_max)
        return bad("wait_ms", "more than 24 hours");
    if (wish.user != nullptr)
        read.user = wish.user;
    if (wish.device != nullptr)
        read.device = wish.device;
    if (wish.party != nullptr)
        read.party = wish.party;
    if (const char* const member = bad_name(read))
        return bad(member, "a name has 1 to 256 bytes");
    return read;
}

Read<PoolWish> read_place(const char* profile, const char* pool, const char* party,
                          const Wish& common)
{
    PoolWish read{text_or(profile, nullptr), text_or(pool, nullptr),
                  text_or(party, common.party.c_str())};
    if (!read.profile.empty() && !read.pool.empty())
        return bad("pool", "is given, and a profile too: name one of them");
    const std::pair<const char*, const std::string&> names[] = {
        {"profile", read.profile}, {"pool", read.pool}, {"party", read.party}};
    for (const auto& [member, name] : names)
        if (name.size() > protocol::name_bytes_max)
            return bad(member, "a name has 1 to 256 bytes");
    return read;
}

} // namespace usher::client
