#include "tools/call.hpp"
#include "tools/printable.hpp"
#include "tools/status_text.hpp"
#include "tools/usher_verbs.hpp"

namespace usher::tools {

int profile_add(Call& call)
{
    v1::Operate operate;
    v1::ProfileAdd& add = *operate.mutable_profile_add();
    std::vector<std::string> pools;
    std::int64_t capacity = 0;
    bool is_default = false;
    call.options().add_option("NAME", *add.mutable_name(), "What applications ask for")->required();
    call.options()
        .add_option("POOL", pools, "In this order; the first with a seat lends it")
        ->required();
    call.options().add_flag("--default", is_default, "For who names no profile");
    CLI::Option* const limit =
        call.options()
            .add_option("--capacity", capacity, "At most so many units may be in use through it")
            ->type_name("UNITS");
    call.parse();
    add.mutable_pools()->Assign(pools.begin(), pools.end());
    add.set_is_default(is_default);
    if (limit->count() > 0)
        add.set_capacity(capacity);
    return call.done(operate, "added profile " + printable(add.name()));
}

int profile_rename(Call& call)
{
    v1::Operate operate;
    v1::ProfileRename& rename = *operate.mutable_profile_rename();
    call.options().add_option("FROM", *rename.mutable_from(), "Its name")->required();
    call.options().add_option("TO", *rename.mutable_to(), "Its name from now on")->required();
    call.parse();
    return call.done(operate, "renamed profile " + printable(rename.from()) + " to " +
                                  printable(rename.to()));
}

int profile_default(Call& call)
{
    v1::Operate operate;
    v1::ProfileDefault& change = *operate.mutable_profile_default();
    bool is_off = false;
    call.options().add_option("NAME", *change.mutable_name(), "The profile")->required();
    call.options().add_flag("--off", is_off, "It is none of the defaults any more");
    call.parse();
    change.set_is_default(!is_off);
    return call.done(operate, "profile " + printable(change.name()) +
                                  (is_off ? " is no default" : " is a default"));
}

int profile_remove(Call& call)
{
    v1::Operate operate;
    v1::ProfileRemove& remove = *operate.mutable_profile_remove();
    call.options().add_option("NAME", *remove.mutable_name(), "The profile")->required();
    call.parse();
    return call.done(operate, "removed profile " + printable(remove.name()));
}

int profile_list(Call& call)
{
    call.parse();
    const v1::StatusPart picture = call.look();
    Json list = Json::array();
    for (const auto& profile : picture.profiles())
        list.push_back(profile_json(profile));
    call.print({{"profiles", list}}, profiles_text(picture, call.is_colored()));
    return 0;
}

} // namespace usher::tools
