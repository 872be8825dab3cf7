#include "tools/call.hpp"
#include "tools/files.hpp"
#include "tools/pools_text.hpp"
#include "tools/printable.hpp"
#include "tools/usher_verbs.hpp"

#include <algorithm>
#include <cstdint>

namespace usher::tools {
namespace {

int show_users(Call& call, const std::string& id)
{
    const v1::StatusPart picture = call.look();
    const auto pool =
        std::ranges::find_if(picture.pools(), [&](const auto& each) { return each.id() == id; });
    if (pool == picture.pools().end())
        throw Fault("there is no pool " + printable(id),
                    {"usher pool list shows the pools there are"});
    std::string text;
    for (const std::string& user : pool->users())
        text += printable(user) + "\n";
    call.print({{"pool", id}, {"users", pool_json(*pool)["users"]}},
               pool->named_users() ? text : "everybody\n");
    return 0;
}

} // namespace

int pool_list(Call& call)
{
    call.parse();
    const v1::StatusPart picture = call.look();
    Json list = Json::array();
    for (const auto& pool : picture.pools())
        list.push_back(pool_json(pool));
    call.print({{"pools", list}}, pools_text(picture, call.is_colored()));
    return 0;
}

int pool_open(Call& call)
{
    v1::Operate operate;
    v1::PoolOpen& open = *operate.mutable_pool_open();
    call.options().add_option("NAME", *open.mutable_pool(), "The new pool")->required();
    call.options()
        .add_option("--in", *open.mutable_root(), "The root that it gets units from")
        ->required()
        ->type_name("ROOT");
    call.options()
        .add_option("--owner", *open.mutable_owner(), "The company or user whose own it is")
        ->type_name("PARTY");
    call.add_dry_run();
    call.parse();
    return call.done(operate,
                     "opened pool " + printable(open.pool()) + " under " + printable(open.root()));
}

int pool_allocate(Call& call)
{
    v1::Operate operate;
    v1::PoolAllocate& allocate = *operate.mutable_pool_allocate();
    std::int64_t units = 0;
    bool force = false;
    call.options().add_option("FROM", *allocate.mutable_from(), "Takes them from")->required();
    call.options().add_option("TO", *allocate.mutable_to(), "Gives them to")->required();
    call.options().add_option("UNITS", units, "How many")->required()->type_name("UNITS");
    call.options().add_flag("--force", force, "Even where FROM is then locked: it holds more");
    call.add_dry_run();
    call.parse();
    allocate.set_units(units);
    allocate.set_force(force);
    return call.done(operate, "moved " + std::to_string(units) + (units == 1 ? " unit" : " units") +
                                  " from " + printable(allocate.from()) + " to " +
                                  printable(allocate.to()));
}

int pool_close(Call& call)
{
    v1::Operate operate;
    v1::PoolClose& close = *operate.mutable_pool_close();
    bool keep = false;
    bool release = false;
    call.options().add_option("NAME", *close.mutable_pool(), "The pool")->required();
    CLI::Option* const kept =
        call.options().add_flag("--keep", keep, "Its leases stay, locked, until given back");
    call.options().add_flag("--release", release, "Its leases end")->excludes(kept);
    call.add_dry_run();
    call.parse();
    close.set_leases(keep ? "keep" : release ? "release" : "");
    return call.done(operate, "closed pool " + printable(close.pool()));
}

int pool_users(Call& call)
{
    v1::Operate operate;
    v1::PoolUsers& users = *operate.mutable_pool_users();
    std::vector<std::string> names;
    std::string file;
    bool everybody = false;
    CLI::App& options = call.options();
    options.add_option("POOL", *users.mutable_pool(), "The pool")->required();
    CLI::Option* const named =
        options.add_option("NAME", names, "The users that are let in from now on, and no others");
    CLI::Option* const listed =
        options.add_option("--file", file, "The same from a file, one a line; - is standard input")
            ->type_name("FILE")
            ->excludes(named);
    options.add_flag("--everybody", everybody, "Let everybody in again")
        ->excludes(named)
        ->excludes(listed);
    call.parse();
    if (!everybody && names.empty() && file.empty())
        return show_users(call, users.pool());

    if (!file.empty())
        names = lines_of(read_file(file));
    users.set_everybody(everybody);
    users.mutable_users()->Assign(names.begin(), names.end());
    return call.done(operate,
                     printable(users.pool()) + " is for " +
                         (everybody ? std::string("everybody")
                                    : std::to_string(names.size()) +
                                          (names.size() == 1 ? " named user" : " named users")));
}

} // namespace usher::tools
