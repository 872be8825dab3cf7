#include "daemon/trust/signature.hpp"
#include "protocol/limits.hpp"
#include "tools/call.hpp"
#include "tools/files.hpp"
#include "tools/instants.hpp"
#include "tools/lease_text.hpp"
#include "tools/printable.hpp"
#include "tools/table.hpp"
#include "tools/usher_verbs.hpp"
#include "tools/wish.hpp"

#include <array>
#include <set>
#include <string>
#include <utility>
#include <vector>

/// Devices are leases that no silence ends, told apart by their device's name. All of it is done
/// for whoever asks: he sees and gives back what he has registered himself.
namespace usher::tools {
namespace {

using Held = v1::LeaseList::Lease;

/// DEVICE... or --from FILE. Both must outlive the call's `parse`.
void add_devices(Call& call, std::vector<std::string>& names, std::string& file)
{
    CLI::Option* const named = call.options().add_option("DEVICE", names, "Their names");
    call.options()
        .add_option("--from", file, "The same from a file, one a line; - is standard input")
        ->type_name("FILE")
        ->excludes(named);
}

/// A name that stands there twice is a mistake: it would be counted twice.
std::vector<std::string> devices_of(std::vector<std::string> names, const std::string& file)
{
    if (!file.empty())
        names = lines_of(read_file(file));
    if (names.empty())
        throw Fault("say which devices", {"DEVICE...", "--from FILE, one a line"},
                    Fault::Kind::usage);
    std::set<std::string> seen;
    for (const std::string& name : names)
        if (!seen.insert(name).second)
            throw Fault("device " + cut(printable(name), 60) + " is named twice",
                        {"name each device once"}, Fault::Kind::usage);
    return names;
}

/// All or nothing holds for one request, so what does not fit into one is not cut into several.
void send_whole(const v1::Request& request, std::size_t count)
{
    if (request.ByteSizeLong() > protocol::frame_bytes_max)
        throw Fault("the names of " + std::to_string(count) +
                        " devices are too much for one request",
                    {"split the file: split -l 5000 FILE"}, Fault::Kind::usage);
}

v1::Request registration(v1::Register asked, const std::vector<std::string>& devices)
{
    for (const std::string& device : devices) {
        std::array<std::uint8_t, 16> id{};
        trust::fill_random(id);
        v1::Register::Row& row = *asked.add_rows();
        row.mutable_lease()->assign(id.begin(), id.end());
        row.set_device(device);
    }
    v1::Request request;
    *request.mutable_register_() = std::move(asked);
    send_whole(request, devices.size());
    return request;
}

std::vector<Held> all_held(Call& call, const std::string& party)
{
    std::vector<Held> all;
    std::uint64_t after = 0;
    do {
        v1::Request request;
        request.mutable_lease_list()->set_party(party);
        request.mutable_lease_list()->set_after(after);
        const v1::LeaseList part = call.ask(std::move(request)).lease_list();
        all.insert(all.end(), part.leases().begin(), part.leases().end());
        after = part.after();
    } while (after != 0);
    return all;
}

Json json_of_held(const Held& held)
{
    return {{"lease", lease_text(held.lease())},
            {"device", held.device()},
            {"user", held.user()},
            {"pool", held.pool()},
            {"party", text_or_null(held.party())},
            {"profile", text_or_null(held.profile())},
            {"units", held.units()},
            {"started", instant_text(held.started_us())},
            {"ends", held.has_ends_us() ? Json(instant_text(held.ends_us())) : Json(nullptr)}};
}

std::string text_of_held(const std::vector<Held>& all, bool is_colored)
{
    Table table({{"DEVICE"}, {"POOL"}, {"PARTY"}, {"USER"}, {"UNITS", true}, {"LEASE"}});
    for (const Held& held : all)
        table.add({{held.device()},
                   {held.pool()},
                   {text_or_dash(held.party())},
                   {held.user()},
                   {std::to_string(held.units())},
                   {lease_text(held.lease())}});
    return text_or(table, "no devices: usher device add", is_colored);
}

std::string count_of_devices(std::size_t count)
{
    return std::to_string(count) + (count == 1 ? " device" : " devices");
}

void print_registered(const Call& call, const v1::Register& asked, const v1::Registered& done)
{
    std::string text;
    Json leases = Json::array();
    for (const v1::Register::Row& row : asked.rows()) {
        const std::string lease = lease_text(row.lease());
        text += lease + " " + printable(row.device()) + "\n";
        leases.push_back({{"lease", lease}, {"device", row.device()}});
    }
    const v1::PoolState& pool = done.pool();
    call.print({{"pool", pool.pool()},
                {"stock", pool.unlimited() ? Json(nullptr) : Json(pool.stock())},
                {"held", pool.held()},
                {"leases", leases}},
               text);
    if (!call.is_json())
        call.terminal().remark("registered " + count_of_devices(done.taken()) + ": " +
                               std::to_string(pool.held()) + " of " +
                               (pool.unlimited() ? "unlimited" : std::to_string(pool.stock())) +
                               " units of " + printable(pool.pool()) + " are held");
}

} // namespace

int device_add(Call& call)
{
    v1::Register asked;
    std::vector<std::string> names;
    std::string file;
    std::string user = this_user();
    CLI::App& options = call.options();
    add_devices(call, names, file);
    CLI::Option* const pool =
        options.add_option("--pool", *asked.mutable_pool(), "Into this pool")->type_name("POOL");
    options.add_option("--profile", *asked.mutable_profile(), "Into a pool of this profile")
        ->type_name("PROFILE")
        ->excludes(pool);
    options
        .add_option("--party", *asked.mutable_party(),
                    "For this instance or user, into the pool that it uses")
        ->type_name("PARTY");
    options.add_option("--user", user, "For whom; else for who types this")->type_name("USER");
    call.parse();
    asked.set_user(user);
    const v1::Request request = registration(asked, devices_of(std::move(names), file));
    const v1::Registered done = call.ask(request).registered();
    print_registered(call, request.register_(), done);
    return 0;
}

int device_list(Call& call)
{
    std::string party;
    call.options()
        .add_option("--party", party, "Only those of this instance or user")
        ->type_name("PARTY");
    call.parse();
    const std::vector<Held> all = all_held(call, party);
    Json list = Json::array();
    for (const Held& held : all)
        list.push_back(json_of_held(held));
    call.print({{"devices", list}}, text_of_held(all, call.is_colored()));
    return 0;
}

/// A name that nothing is registered by may be a misspelled one, so then nothing is given back.
int device_remove(Call& call)
{
    std::vector<std::string> names;
    std::string file;
    std::string party;
    add_devices(call, names, file);
    call.options()
        .add_option("--party", party, "Only those of this instance or user")
        ->type_name("PARTY");
    call.parse();
    const std::vector<std::string> devices = devices_of(std::move(names), file);
    std::set<std::string> missing(devices.begin(), devices.end());
    const std::set<std::string> wanted = missing;
    v1::Request request;
    for (const Held& held : all_held(call, party)) {
        if (!wanted.contains(held.device()))
            continue;
        missing.erase(held.device());
        if (held.lease() == std::string(held.lease().size(), '\0'))
            throw Fault(cut(printable(held.device()), 60) +
                            " was registered without a key, so it may be anybody's",
                        {"usher checkin, with the id that usher device add printed",
                         "usher revoke, as an operator",
                         "USHER_KEY, for whatever is registered from now on"});
        request.mutable_checkin_many()->add_leases(held.lease());
    }
    if (!missing.empty())
        throw Fault("no device " + cut(printable(*missing.begin()), 60) + " is registered by you",
                    {"usher device list shows those that are",
                     "nothing was given back: name only devices that are there"});
    // One name may stand for several of them.
    const auto count = static_cast<std::size_t>(request.checkin_many().leases_size());
    send_whole(request, count);
    (void)call.ask(std::move(request));
    call.print({{"done", true}, {"warnings", Json::array()}},
               "gave back " + count_of_devices(count) + "\n");
    return 0;
}

} // namespace usher::tools
