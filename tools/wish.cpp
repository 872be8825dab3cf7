#include "tools/wish.hpp"

#include "daemon/ledger/types.hpp"

#include <array>
#include <cstdint>
#include <pwd.h>
#include <string>
#include <unistd.h>

namespace usher::tools {
namespace {

std::string this_device()
{
    std::array<char, 257> name{};
    if (::gethostname(name.data(), name.size() - 1) != 0 || name[0] == '\0')
        return "localhost";
    return name.data();
}

} // namespace

std::string this_user()
{
    const ::passwd* const entry = ::getpwuid(::getuid());
    return entry == nullptr ? "uid-" + std::to_string(::getuid()) : entry->pw_name;
}

void add_wish_options(Call& call, client::Wish& wish)
{
    wish.user = this_user();
    wish.device = this_device();
    wish.pid = static_cast<std::uint64_t>(::getpid());
    CLI::App& options = call.options();
    CLI::Option* const profile =
        options.add_option("PROFILE", wish.profile, "What to ask for; else the server's default");
    options.add_option("--pool", wish.pool, "This pool, instead of a profile")
        ->excludes(profile)
        ->type_name("POOL");
    options.add_option("--units", wish.units, "How many; 1")
        ->check(CLI::Range(std::int64_t{1}, std::int64_t{ledger::units_max}))
        ->type_name("UNITS");
    call.add_duration("--wait", wish.wait, "How long to wait in the queue for a seat; 0s");
    options.add_option("--user", wish.user, "For whom; else for who types this")->type_name("USER");
    options.add_option("--device", wish.device, "On which device; else on this host")
        ->type_name("DEVICE");
    options.add_option("--party", wish.party, "Where the server's scheme asks for one")
        ->type_name("PARTY");
}

} // namespace usher::tools
