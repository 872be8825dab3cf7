#include "daemon/ledger/home.hpp"

namespace usher::ledger {

const PoolRecord* pool_of_owner(const State& state, const PartyId& owner, const PoolRecord& root)
{
    if (owner.empty())
        return &root;
    const PartyRecord* party = state.find_party(owner);
    if (!party)
        return nullptr;
    const auto own = party->own.find(root.pool.id);
    return own == party->own.end() ? nullptr : own->second;
}

PartyId home_owner_of(const State& state, const Party& user)
{
    return home_owner(user, state.find_party(user.company)->party);
}

const PoolRecord* pool_of_party(const State& state, const Party& party, const PoolRecord* root)
{
    switch (party.kind) {
    case Party::Kind::instance: return state.find_pool(party.pool);
    case Party::Kind::user:
        return root ? pool_of_owner(state, home_owner_of(state, party), *root->root) : nullptr;
    case Party::Kind::company:
        return root ? pool_of_owner(state, party.source == Source::pool ? party.id : PartyId{},
                                    *root->root)
                    : nullptr;
    }
    return nullptr;
}

Refusal unknown_party(const PartyId& id, std::string_view kind)
{
    return refuse(Code::unknown_party, id.text, std::string(kind));
}

Refusal wrong_kind(const Party& party, const std::string& but)
{
    const bool is_instance = party.kind == Party::Kind::instance;
    return refuse(Code::wrong_kind, party.id.text,
                  (is_instance ? "it is an " : "it is a ") + std::string(word(party.kind)) +
                      ", and " + but);
}

std::string pool_stem(const std::string& text)
{
    constexpr std::size_t name_max = 256; // What every surface takes as a name.
    return text.size() <= name_max - 8 ? text : "pool";
}

PoolId free_pool_name(const State& state, const std::string& stem)
{
    PoolId name{stem};
    for (std::size_t number = 2; state.find_pool(name); ++number)
        name.text = pool_stem(stem) + "~" + std::to_string(number);
    return name;
}

} // namespace usher::ledger
