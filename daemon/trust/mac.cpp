#include "daemon/trust/host_file.hpp"

#include <compare>
#include <set>

namespace usher::trust {
namespace {

namespace fs = std::filesystem;

constexpr const char* name = "mac";

/// A network interface, in the order in which they are preferred.
struct Card {
    bool is_usb = false; ///< Comes and goes; the last choice.
    std::string interface;
    std::string address; ///< Plain.

    friend auto operator<=>(const Card&, const Card&) = default;
};

std::string word(const fs::path& directory, const char* file)
{
    return plain_value(read_host_file(directory, file).text);
}

/// The address that the maker gave, if this is a card that has one.
std::string permanent_address(const fs::path& interface, const std::string& device)
{
    constexpr const char* ethernet = "1";
    constexpr const char* permanent = "0"; // Not made up, not borrowed, not set by anybody.
    if (device.find("/devices/virtual/") != std::string::npos ||
        word(interface, "type") != ethernet)
        return "";
    // One card of a bond wears the address of another; its own is still written here.
    std::string address = word(interface, "bonding_slave/perm_hwaddr");
    if (address.empty() && word(interface, "addr_assign_type") == permanent)
        address = word(interface, "address");
    return says_nothing(address) ? "" : address;
}

} // namespace

Identifier mac(const fs::path& root)
{
    std::error_code failed;
    std::set<Card> cards;
    std::set<std::string> others;
    for (const auto& entry : fs::directory_iterator(root / "sys/class/net", failed)) {
        const std::string device = fs::canonical(entry.path(), failed).string();
        const std::string interface = entry.path().filename();
        const std::string address = permanent_address(entry.path(), device);
        if (address.empty())
            others.insert(interface);
        else
            cards.insert({device.find("/usb") != std::string::npos, interface, address});
    }
    if (!cards.empty())
        return found_identifier(name, cards.begin()->address);
    if (others.empty())
        return missing_identifier(name, "there is no network interface in /sys/class/net");
    return missing_identifier(name, "no network card with a permanent address among the " +
                                        std::to_string(others.size()) + " interfaces, " +
                                        *others.begin() + " the first");
}

} // namespace usher::trust
