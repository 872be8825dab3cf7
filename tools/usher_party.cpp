#include "protocol/duration.hpp"
#include "tools/call.hpp"
#include "tools/pools_text.hpp"
#include "tools/printable.hpp"
#include "tools/refusal_text.hpp"
#include "tools/usher_verbs.hpp"

#include <chrono>

namespace usher::tools {
namespace {

CLI::Option* add_source(CLI::App& options, const std::string& name, std::string& source,
                        const std::string& help)
{
    return options.add_option(name, source, help)
        ->check(CLI::IsMember({"root", "pool", "personal", "delegate"}))
        ->type_name("SOURCE");
}

Json state_json(const std::string& party, const v1::PoolState& state)
{
    Json json{{"party", party},
              {"pool", text_or_null(state.pool())},
              {"stock", state.unlimited() ? Json(nullptr) : Json(state.stock())},
              {"held", state.held()},
              {"available", state.unlimited() ? Json(nullptr) : Json(state.stock() - state.held())},
              {"locked", state.locked()},
              {"refused", state.has_refused() ? refusal_json(state.refused()) : Json(nullptr)},
              {"valid", protocol::to_text(std::chrono::milliseconds(state.valid_ms()))}};
    if (state.unlimited())
        json["unlimited"] = true;
    return json;
}

} // namespace

int party_add(Call& call)
{
    v1::Operate operate;
    v1::PartyAdd& add = *operate.mutable_party_add();
    CLI::App& options = call.options();
    options.add_option("NAME", *add.mutable_party(), "The new party")->required();
    options.add_option("--kind", *add.mutable_kind(), "company, user or instance")
        ->required()
        ->check(CLI::IsMember({"company", "user", "instance"}))
        ->type_name("KIND");
    options.add_option("--company", *add.mutable_company(), "Of a user; else `default`")
        ->type_name("COMPANY");
    add_source(options, "--source", *add.mutable_source(),
               "Where its units come from: root, pool, personal or delegate");
    options.add_option("--pool", *add.mutable_pool(), "Of an instance: the pool that it uses")
        ->type_name("POOL");
    call.add_dry_run();
    call.parse();
    if (add.kind() == "instance" && add.pool().empty())
        throw Fault("an instance uses a pool, and needs --pool",
                    {"--pool POOL: usher pool list shows the pools there are"}, Fault::Kind::usage);
    return call.done(operate, "added " + add.kind() + " " + printable(add.party()));
}

int party_list(Call& call)
{
    call.parse();
    const v1::StatusPart picture = call.look();
    Json list = Json::array();
    for (const auto& party : picture.parties())
        list.push_back(party_json(party));
    call.print({{"parties", list}}, parties_text(picture, call.is_colored()));
    return 0;
}

int party_rebind(Call& call)
{
    v1::Operate operate;
    v1::PartyRebind& rebind = *operate.mutable_party_rebind();
    bool drop = false;
    CLI::App& options = call.options();
    options.add_option("NAME", *rebind.mutable_party(), "The user or instance")->required();
    options.add_option("TARGET", *rebind.mutable_target(), "A user's company, an instance's pool")
        ->required();
    add_source(options, "--source", *rebind.mutable_source(),
               "Where a user's units come from there; else as it was");
    options.add_flag("--drop", drop, "What an instance holds may end by it");
    call.add_dry_run();
    call.parse();
    rebind.set_drop(drop);
    return call.done(operate,
                     printable(rebind.party()) + " goes with " + printable(rebind.target()));
}

int party_mode(Call& call)
{
    v1::Operate operate;
    v1::PartySource& change = *operate.mutable_party_source();
    call.options().add_option("NAME", *change.mutable_party(), "The company or user")->required();
    add_source(call.options(), "SOURCE", *change.mutable_source(),
               "Where its units come from: root, pool, personal or delegate")
        ->required();
    call.add_dry_run();
    call.parse();
    return call.done(operate,
                     "the mode of " + printable(change.party()) + " is " + change.source());
}

int party_remove(Call& call)
{
    v1::Operate operate;
    v1::PartyRemove& remove = *operate.mutable_party_remove();
    bool drop = false;
    call.options().add_option("NAME", *remove.mutable_party(), "The party")->required();
    call.options().add_flag("--drop", drop, "What an instance holds may end by it");
    call.add_dry_run();
    call.parse();
    remove.set_drop(drop);
    return call.done(operate, "removed " + printable(remove.party()));
}

/// The exit code says it too, so that a script can ask.
int party_state(Call& call)
{
    v1::Request request;
    v1::StateAsk& ask = *request.mutable_state_ask();
    call.options().add_option("NAME", *ask.mutable_party(), "The party")->required();
    CLI::Option* const pool =
        call.options()
            .add_option("--pool", *ask.mutable_pool(), "Of a user: under this root")
            ->type_name("POOL");
    call.options()
        .add_option("--profile", *ask.mutable_profile(), "Of a user: in a pool of this profile")
        ->type_name("PROFILE")
        ->excludes(pool);
    call.parse();
    const std::string party = ask.party();
    const v1::PoolState state = call.ask(request).pool_state();
    if (state.has_refused())
        say(call.terminal(), state.refused());
    call.print(state_json(party, state), pool_state_text(party, state));
    return state.locked() ? 1 : 0;
}

int party_principal(Call& call)
{
    v1::Operate operate;
    v1::PartyPrincipal::Row& row = *operate.mutable_party_principal()->add_rows();
    bool is_nobodys = false;
    call.options().add_option("DEVICE", *row.mutable_device(), "The device")->required();
    CLI::Option* const user =
        call.options().add_option("USER", *row.mutable_user(), "Whose it is from now on");
    call.options().add_flag("--none", is_nobodys, "It is nobody's from now on")->excludes(user);
    call.parse();
    if (row.user().empty() && !is_nobodys)
        throw Fault("whose is " + cut(printable(row.device()), 60) + "?",
                    {"usher party principal DEVICE USER", "--none, if it is nobody's"},
                    Fault::Kind::usage);
    return call.done(operate, printable(row.device()) +
                                  (is_nobodys ? std::string(" is nobody's")
                                              : " is " + printable(row.user()) + "'s"));
}

} // namespace usher::tools
