#include "tools/call.hpp"
#include "tools/files.hpp"
#include "tools/printable.hpp"
#include "tools/status_text.hpp"
#include "tools/usher_verbs.hpp"

#include <algorithm>

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
    return call.done(operate, printable(users.pool()) + " is for " +
                                  (everybody ? std::string("everybody")
                                             : std::to_string(names.size()) + " named users"));
}

} // namespace usher::tools
