#include "daemon/ledger/install.hpp"

#include "daemon/ledger/called.hpp"
#include "daemon/ledger/paper.hpp"

#include <algorithm>
#include <cassert>

namespace usher::ledger {
namespace {

ProfileName first_free_profile(const State& state)
{
    for (std::size_t number = 1;; ++number) {
        ProfileName name{"Profile" + std::to_string(number)};
        if (!state.profiles.contains(name))
            return name;
    }
}

/// The profile that leads to the new pool: the named one, with the pool as its last resort, or a
/// new one (A-R12).
Profile profile_for(const State& state, const Install& command)
{
    const ProfileName name = command.profile.empty() ? first_free_profile(state) : command.profile;
    Profile profile{.name = name, .pools = {}, .is_default = false, .capacity = {}};
    if (const auto known = state.profiles.find(name); known != state.profiles.end())
        profile = known->second.profile;
    if (std::ranges::find(profile.pools, command.entitlement.root) == profile.pools.end())
        profile.pools.push_back(command.entitlement.root);
    return profile;
}

bool is_lent(const State& state, const Install& command)
{
    const auto known = state.entitlements.find(command.entitlement.id);
    const PoolRecord* root =
        state.find_pool(known == state.entitlements.end() ? command.entitlement.root
                                                          : known->second.entitlement.root);
    return root ? !is_paper(*root) : state.schemes.at(command.scheme).use == Use::served;
}

bool is_reached(const State& state, const PoolId& pool)
{
    return std::ranges::any_of(state.profiles, [&](const auto& known) {
        return std::ranges::count(known.second.profile.pools, pool) > 0;
    });
}

std::string product_text(const ProductId& product)
{
    return product.name.text + " of " + product.vendor.text;
}

void define_product(const State& state, const Install& command, Verdict& verdict)
{
    const Entitlement& license = command.entitlement;
    const auto define = [&](Product product) {
        const auto known = state.products.find(product.id);
        if (known != state.products.end() && known->second.model)
            product.model = known->second.model; // It stays what it was said to be.
        if (known == state.products.end() || known->second != product)
            verdict.facts.emplace_back(ProductDefined{std::move(product)});
    };
    const bool is_per_user = command.metric == Metric::user;
    const bool is_per_device = command.metric == Metric::device;
    define({.id = license.product,
            .requires_product = command.requires_product,
            .model = is_lent(state, command) ? std::nullopt
                     : is_per_user           ? std::optional(Model::user)
                     : is_per_device         ? std::optional(Model::device)
                                             : std::nullopt});
    for (const ProductName& older : license.downgrades_to) { // What is covered can be asked for.
        const ProductId id{license.product.vendor, older};
        if (!state.products.contains(id))
            verdict.facts.emplace_back(ProductDefined{{.id = id, .requires_product = {}}});
    }
}

/// The license's root, unless it is there already.
void open_root(const State& state, const Install& command, Verdict& verdict)
{
    const Entitlement& license = command.entitlement;
    Pool pool{.id = license.root,
              .parent = {},
              .product = license.product,
              .metric = command.metric,
              .allow = {},
              .scheme = command.scheme};
    const PoolRecord* here = state.find_pool(license.root);
    const auto expected = state.expected.find(license.id);
    if (expected != state.expected.end() && expected->second.quantity != license.quantity)
        std::get<Done>(verdict.answer)
            .warnings.push_back("license " + license.id.text + " is for " +
                                quantity_text(license.quantity) + ", and " +
                                quantity_text(expected->second.quantity) + " were expected");
    if (here && here->pool.metric == command.metric)
        return;
    if (here) { // An import announced it, and nobody has anything of it.
        pool.allow = here->pool.allow;
        verdict.facts.emplace_back(PoolRemoved{license.root});
    }
    verdict.facts.emplace_back(PoolOpened{std::move(pool)});
}

/// The root that the licenses of this product feed together; null: there is none yet.
const PoolRecord* shared_root(const State& state, const Entitlement& license)
{
    const auto roots = state.roots.find(license.product);
    if (roots == state.roots.end())
        return nullptr;
    for (const auto& [number, root] : roots->second)
        if (root->scheme->root == RootPer::product)
            return root;
    return nullptr;
}

/// Whether an import has announced the pool and nothing is there of it yet.
bool is_only_announced(const State& state, const PoolRecord& pool)
{
    return pool.fed_by.empty() && pool.children.empty() && !pool.first &&
           std::ranges::any_of(state.expected, [&](const auto& known) {
               return known.second.root == pool.pool.id;
           });
}

/// Whether less counts by `after` than by `before`, at some instant.
bool takes_something(const Entitlement& before, const Entitlement& after)
{
    constexpr auto ever = CalendarInstant::max();
    const bool counted_here = before.lock == NodeLock::none || before.on_this_node;
    if (counted_here && after.lock != NodeLock::none && !after.on_this_node)
        return true;
    return (after.quantity && (!before.quantity || *after.quantity < *before.quantity)) ||
           after.to.value_or(ever) < before.to.value_or(ever) ||
           after.from.value_or(CalendarInstant::min()) >
               before.from.value_or(CalendarInstant::min());
}

/// What covers requirements is counted for devices or users, and asked for by no profile.
std::optional<Refusal> why_not_on_paper(const Install& command)
{
    const std::string scheme = "scheme " + command.scheme;
    if (command.metric != Metric::device && command.metric != Metric::user)
        return refuse(Code::not_in_scheme, scheme,
                      "a license that covers requirements is per device or per user, and " +
                          command.entitlement.id.text + " is per " +
                          std::string(word(command.metric)));
    if (!command.profile.empty())
        return refuse(Code::not_in_scheme, scheme,
                      "nothing of it is lent, so no profile leads to it");
    return std::nullopt;
}

std::optional<Refusal> why_no_downgrade(const State& state, const Install& command)
{
    const Entitlement& license = command.entitlement;
    const auto circle = downgrade_circle(state, license.id, license.product, license.downgrades_to);
    if (circle.empty())
        return std::nullopt;
    return refuse(Code::downgrade_cycle, license.id.text, way_text(circle, " to "));
}

/// Others feed the root too, and may be downgraded otherwise: then it would not be known whose
/// rights cover what.
std::optional<Refusal> why_downgraded_otherwise(const State& state, const Install& command)
{
    const Entitlement& license = command.entitlement;
    const PoolRecord* root = state.find_pool(license.root);
    if (!root || !is_paper(*root))
        return std::nullopt;
    for (const EntitlementId& id : root->fed_by)
        if (id != license.id &&
            state.entitlements.at(id).entitlement.downgrades_to != license.downgrades_to)
            return refuse(Code::product_mismatch, license.id.text,
                          "license " + id.text +
                              " feeds the same root, and has other downgrade rights");
    return std::nullopt;
}

/// Makes the named profile lead to the license's root, unless it does.
void lead_to(const State& state, const Install& command, Verdict& verdict)
{
    Profile profile = profile_for(state, command);
    const ProfileRecord* known = state.find_profile(profile.name);
    if (!known || known->profile != profile)
        verdict.facts.emplace_back(ProfileSet{std::move(profile), command.by});
}

/// What the license that is here cannot become by another content.
std::optional<Refusal> why_elsewhere(const PoolRecord& root, const Install& command)
{
    const std::string& id = root.pool.id.text;
    if (!command.scheme.empty() && command.scheme != root.pool.scheme)
        return refuse(Code::not_in_scheme, "scheme " + root.pool.scheme,
                      id + " has it, and cannot become " + command.scheme);
    if (!command.pool.empty() && command.pool != root.pool.id)
        return refuse(Code::other_root, command.pool.text, "the license feeds " + id);
    return std::nullopt;
}

/// Another content of a license that is here, from the vendor's file.
Verdict replace(const State& state, const Install& command, const EntitlementRecord& record,
                Now now)
{
    const Entitlement& entitlement = command.entitlement;
    const PoolRecord& root = *state.find_pool(record.entitlement.root);
    if (const Activation* activation = state.find_activation(entitlement.id);
        activation && activation->number != 0)
        return no(refuse(Code::already_active, entitlement.id.text));
    if (auto refusal = why_unlike(root.pool, command))
        return no(*std::move(refusal));
    Install in_place = command;
    in_place.entitlement.root = record.entitlement.root;
    if (auto refusal = why_downgraded_otherwise(state, in_place))
        return no(*std::move(refusal));
    if (auto refusal = why_no_downgrade(state, command))
        return no(*std::move(refusal));
    if (auto refusal = why_elsewhere(root, command))
        return no(*std::move(refusal));
    if (auto refusal = why_bad_quantity(command))
        return no(*std::move(refusal));
    if (root.scheme->asks_maintenance && state.mode != Mode::maintenance &&
        takes_something(record.entitlement, entitlement))
        return no(refuse(Code::not_in_maintenance));
    Verdict verdict{Done{warnings_about(state, entitlement, now.calendar)}, {}};
    if (*record.entitlement.document != *entitlement.document)
        put_in_place(state, command, verdict);
    if (!command.profile.empty()) {
        Install here = command;
        here.entitlement.root = root.pool.id;
        here.scheme = root.pool.scheme;
        if (auto refusal = why_unfit(state, here))
            return no(*std::move(refusal));
        lead_to(state, here, verdict);
    }
    return verdict;
}

} // namespace

std::variant<Install, Refusal> placed(const State& state, Install command)
{
    Entitlement& entitlement = command.entitlement;
    const auto expected = state.expected.find(entitlement.id);
    const bool is_named = !command.pool.empty();
    const bool names_scheme = !command.scheme.empty();
    if (!names_scheme)
        command.scheme = state.usual_scheme;
    const auto scheme = state.schemes.find(command.scheme);
    if (scheme == state.schemes.end())
        return refuse(Code::unknown_scheme, command.scheme);
    if (is_named)
        entitlement.root = command.pool;
    else if (expected != state.expected.end())
        entitlement.root = expected->second.root;
    else if (const PoolRecord* root = names_scheme ? nullptr : shared_root(state, entitlement))
        entitlement.root = root->pool.id; // More of what is there already.
    else if (scheme->second.root == RootPer::product)
        entitlement.root = {entitlement.product.name.text};
    else
        entitlement.root = {entitlement.id.text};
    const PoolRecord* pool = state.find_pool(entitlement.root);
    if (!pool)
        return command;
    if (!pool->is_root())
        return refuse(Code::name_taken, entitlement.root.text,
                      "it is a pool under " + pool->root->pool.id.text);
    if (names_scheme && command.scheme != pool->pool.scheme)
        return refuse(Code::not_in_scheme, "scheme " + pool->pool.scheme,
                      entitlement.root.text + " has it, and cannot become " + command.scheme);
    command.scheme = pool->pool.scheme;
    // What is only announced may turn out to be counted otherwise.
    if (is_only_announced(state, *pool) && pool->pool.product == entitlement.product)
        return command;
    if (auto refusal = why_unlike(pool->pool, command))
        return *std::move(refusal);
    if (auto refusal = why_downgraded_otherwise(state, command))
        return *std::move(refusal);
    return command;
}

std::optional<Refusal> why_bad_quantity(const Install& command)
{
    const Entitlement& entitlement = command.entitlement;
    if (entitlement.quantity && (*entitlement.quantity < 1 || *entitlement.quantity > units_max)) {
        Refusal refusal = refuse(Code::bad_quantity, entitlement.id.text);
        refusal.want = entitlement.quantity;
        return refusal;
    }
    return std::nullopt;
}

std::optional<Refusal> why_unfit(const State& state, const Install& command)
{
    if (auto refusal = why_bad_quantity(command))
        return refusal;
    if (auto refusal = why_no_downgrade(state, command))
        return refusal;
    if (!is_lent(state, command))
        return why_not_on_paper(command);
    const Profile profile = profile_for(state, command);
    if (profile.pools.size() > pools_per_profile_max)
        return refuse(Code::limit_reached, profile.name.text,
                      "profile " + profile.name.text + " has " +
                          std::to_string(pools_per_profile_max) + " pools already");
    return std::nullopt;
}

std::optional<Refusal> why_unlike(const Pool& pool, const Install& command)
{
    const Entitlement& entitlement = command.entitlement;
    if (pool.product != entitlement.product)
        return refuse(Code::product_mismatch, entitlement.id.text,
                      "it is " + product_text(entitlement.product) + ", and what stands here is " +
                          product_text(pool.product));
    if (pool.metric != command.metric)
        return refuse(Code::product_mismatch, entitlement.id.text,
                      "it is counted per " + std::string(word(command.metric)) +
                          ", and what stands here per " + std::string(word(pool.metric)));
    return std::nullopt;
}

std::vector<std::string> warnings_about(const State& state, const Entitlement& entitlement,
                                        CalendarInstant at)
{
    std::vector<std::string> warnings;
    const auto& [vendor, name] = entitlement.product;
    if (const std::optional<Code> reason = why_worthless(state, entitlement, at))
        warnings.push_back("license " + entitlement.id.text +
                           " counts nothing now: " + sentence(refuse(*reason, name.text)) + " (" +
                           std::string(word(*reason)) + ")");
    for (const auto& [id, product] : state.products)
        if (id.name == name && id.vendor != vendor)
            warnings.push_back(id.vendor.text + " has a product named " + name.text +
                               " too: neither stands in for the other, and usher license list "
                               "shows whose is whose");
    return warnings;
}

void put_in_place(const State& state, const Install& command, Verdict& verdict)
{
    define_product(state, command, verdict);
    Entitlement entitlement = command.entitlement;
    entitlement.root = state.entitlements.at(entitlement.id).entitlement.root;
    verdict.facts.emplace_back(EntitlementAmended{std::move(entitlement), command.by});
}

void bring_in(const State& state, const Install& command, Verdict& verdict)
{
    const Entitlement& entitlement = command.entitlement;
    define_product(state, command, verdict);
    open_root(state, command, verdict);
    verdict.facts.emplace_back(EntitlementInstalled{entitlement, command.by});
    // An import, or the license before it, has said by which names the pool is asked for.
    if (is_lent(state, command) &&
        (!command.profile.empty() || !state.find_pool(entitlement.root) ||
         !is_reached(state, entitlement.root)))
        verdict.facts.emplace_back(ProfileSet{profile_for(state, command), command.by});
}

Verdict decide(const State& state, const Install& asked, Now now)
{
    const EntitlementId& id = asked.entitlement.id;
    if (const auto known = state.entitlements.find(id); known != state.entitlements.end())
        return asked.replace ? replace(state, asked, known->second, now)
                             : no(refuse(Code::already_installed, id.text));
    const auto expected = state.expected.find(id);
    if (expected != state.expected.end() && expected->second.product != asked.entitlement.product)
        return no(other_product("license " + id.text, asked.entitlement.product,
                                expected->second.product));
    auto placement = placed(state, asked);
    if (auto* refusal = std::get_if<Refusal>(&placement))
        return no(std::move(*refusal));
    const Install& command = std::get<Install>(placement);
    if (auto refusal = why_unfit(state, command))
        return no(*std::move(refusal));
    Verdict verdict{Done{warnings_about(state, command.entitlement, now.calendar)}, {}};
    bring_in(state, command, verdict);
    return verdict;
}

} // namespace usher::ledger
