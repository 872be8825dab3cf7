#include "daemon/ledger/import_pools.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace usher::ledger {
namespace {

constexpr std::string_view automatic_stem = "Profile";

/// `Profile12`: a name that nobody chose (A-R12).
bool is_automatic(const ProfileName& name)
{
    const std::string_view text = name.text;
    if (!text.starts_with(automatic_stem))
        return false;
    const std::string_view number = text.substr(automatic_stem.size());
    return !number.empty() && number.front() != '0' &&
           std::ranges::all_of(number, [](char c) { return c >= '0' && c <= '9'; });
}

std::string joined(const std::vector<std::string>& texts)
{
    std::string line;
    for (const std::string& text : texts)
        line += (line.empty() ? "" : ", ") + text;
    return line;
}

std::string list_of(const std::vector<PoolId>& pools)
{
    std::vector<std::string> names;
    for (const PoolId& pool : pools)
        names.push_back(pool.text);
    return joined(names);
}

/// As the configuration has it: `25s`, `1500ms`.
std::string text(Duration duration)
{
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
    return ms % 1000 == 0 ? std::to_string(ms / 1000) + "s" : std::to_string(ms) + "ms";
}

/// What stands in a root and in all pools under it.
Units issued(const PoolRecord& root)
{
    Units sum = root.stock;
    for (const auto& [number, child] : root.children)
        sum += child->stock;
    return sum;
}

Refusal mismatch(std::string subject, const std::string& here, const std::string& there)
{
    return refuse(Code::product_mismatch, std::move(subject),
                  here + " here, and " + there + " in the description");
}

/// One import: first everything is judged, then told as facts; the first no is the answer.
class Importing {
  public:
    Importing(const State& state, const Import& command)
        : state_(state), command_(command), pools_(state, command)
    {
        for (const Import::License& one : command.licenses) {
            std::optional<Units>& units = announced_.try_emplace(one.license.root, 0).first->second;
            units = units && one.license.quantity ? std::optional(*units + *one.license.quantity)
                                                  : std::nullopt;
        }
    }

    Verdict verdict();

  private:
    std::optional<Refusal> judge(const Import::License& announced) const;
    std::optional<Refusal> judge(const Profile& profile) const;
    void take_over(const Import::License& announced);
    void take_over(const Profile& profile);
    void drop_automatic_profiles();
    void compare_terms();

    [[nodiscard]] ProductId product_of(const PoolId& pool) const;
    [[nodiscard]] std::vector<std::string> products_of(const Profile& profile) const;
    [[nodiscard]] std::optional<Units> announced_for(const PoolId& root) const;
    [[nodiscard]] std::optional<Units> units_behind(const Profile& profile) const;

    const State& state_;
    const Import& command_;
    PoolImport pools_;
    std::map<PoolId, std::optional<Units>> announced_; ///< For each root; none: unlimited.
    std::set<PoolId> opened_;                          ///< Roots, each once.
    std::vector<Fact> facts_;
    Done done_;
};

Verdict Importing::verdict()
{
    for (const Import::License& announced : command_.licenses)
        if (auto refusal = judge(announced))
            return no(*std::move(refusal));
    if (auto refusal = pools_.judge())
        return no(*std::move(refusal));
    for (const Profile& profile : command_.profiles)
        if (auto refusal = judge(profile))
            return no(*std::move(refusal));
    for (const Import::License& announced : command_.licenses)
        take_over(announced);
    pools_.take_over(facts_, done_);
    drop_automatic_profiles(); // Before their pools get other names.
    for (const Profile& profile : command_.profiles)
        take_over(profile);
    compare_terms();
    if (command_.dry_run)
        facts_.clear();
    return {std::move(done_), std::move(facts_)};
}

/// Of a pool that is here or announced.
ProductId Importing::product_of(const PoolId& pool) const
{
    const PoolRecord* here = state_.find_pool(pool);
    return here ? here->pool.product : pools_.license_for(*pools_.root_of(pool))->license.product;
}

std::vector<std::string> Importing::products_of(const Profile& profile) const
{
    std::vector<std::string> products;
    for (const PoolId& pool : profile.pools)
        products.push_back(product_of(pool).name.text);
    std::ranges::sort(products);
    const auto [first, last] = std::ranges::unique(products);
    products.erase(first, last);
    return products;
}

/// None: unlimited.
std::optional<Units> Importing::announced_for(const PoolId& root) const
{
    const auto found = announced_.find(root);
    return found == announced_.end() ? std::optional<Units>(0) : found->second;
}

/// What its licenses are for, whether they are here yet or not; none: unlimited. What a pool under
/// a root gets of them is still to be said.
std::optional<Units> Importing::units_behind(const Profile& profile) const
{
    std::set<PoolId> roots;
    for (const PoolId& id : profile.pools)
        roots.insert(*pools_.root_of(id));
    Units sum = 0;
    for (const PoolId& id : roots) {
        const PoolRecord* root = state_.find_pool(id);
        const std::optional<Units> announced = announced_for(id);
        if (!announced || (root && is_unlimited(*root)))
            return std::nullopt;
        sum += std::max(root ? issued(*root) : 0, *announced);
    }
    return sum;
}

std::optional<Refusal> Importing::judge(const Import::License& announced) const
{
    const ExpectedLicense& license = announced.license;
    if (const PoolRecord* here = state_.find_pool(license.root);
        here && here->pool.product != license.product)
        return other_product("license " + license.id.text, here->pool.product, license.product);
    const std::optional<Units> units = announced_for(license.root);
    if (announced.users && units && std::cmp_greater(announced.users->size(), *units)) {
        Refusal refusal = refuse(Code::list_full, license.product.name.text);
        refusal.want = static_cast<Units>(announced.users->size());
        refusal.stock = units;
        return refusal;
    }
    return std::nullopt;
}

std::optional<Refusal> Importing::judge(const Profile& profile) const
{
    for (const PoolId& id : profile.pools)
        if (!pools_.root_of(id))
            return refuse(Code::unknown_pool, id.text);
    const std::optional<Units> behind = units_behind(profile);
    if (profile.capacity && behind && *profile.capacity > *behind) {
        Refusal refusal = refuse(Code::capacity_exceeded, profile.name.text);
        refusal.want = profile.capacity;
        refusal.stock = behind;
        return refusal;
    }
    const ProfileRecord* known = state_.find_profile(profile.name);
    if (!known || is_automatic(profile.name))
        return std::nullopt;
    // A name that people chose stands for a product; another pool of it may take its place.
    const std::vector<std::string> here = products_of(known->profile);
    const std::vector<std::string> there = products_of(profile);
    if (std::ranges::find_first_of(here, there) == here.end())
        return mismatch("profile " + profile.name.text, joined(here), joined(there));
    return std::nullopt;
}

void Importing::take_over(const Import::License& announced)
{
    const ExpectedLicense& license = announced.license;
    const std::string name = "license " + license.id.text;
    const PoolRecord* pool = state_.find_pool(license.root);
    const auto expected = state_.expected.find(license.id);
    const bool is_here = state_.entitlements.contains(license.id);
    const bool is_first = opened_.insert(license.root).second;
    if (!pool && is_first)
        facts_.emplace_back(PoolOpened{Pool{.id = license.root,
                                            .parent = {},
                                            .product = license.product,
                                            .metric = announced.metric,
                                            .allow = {},
                                            .scheme = announced.scheme}});
    if (!is_here && (expected == state_.expected.end() || expected->second != license)) {
        facts_.emplace_back(LicenseExpected{license, command_.by});
        done_.changes.push_back(name + " (" + license.product.name.text + ", " +
                                quantity_text(license.quantity) + ") is still to be " +
                                (license.activated ? "activated" : "installed"));
    }
    if (is_here && state_.entitlements.at(license.id).entitlement.quantity != license.quantity)
        done_.warnings.push_back(
            name + " is for " +
            quantity_text(state_.entitlements.at(license.id).entitlement.quantity) +
            " here, and for " + quantity_text(license.quantity) + " in the description");
    if (!is_first || announced.users == (pool ? pool->pool.allow : std::nullopt))
        return;
    facts_.emplace_back(UsersSet{license.root, announced.users, command_.by});
    done_.changes.push_back(
        license.root.text + " is for " +
        (announced.users ? std::to_string(announced.users->size()) +
                               (announced.users->size() == 1 ? " named user" : " named users")
                         : "everybody"));
    if (pool && pool->pool.allow)
        done_.warnings.push_back("the named users of " + license.root.text + " are replaced");
}

void Importing::take_over(const Profile& profile)
{
    const ProfileRecord* known = state_.find_profile(profile.name);
    if (known && known->profile == profile)
        return;
    if (known && known->profile.pools != profile.pools)
        done_.warnings.push_back("profile " + profile.name.text + " led to " +
                                 list_of(known->profile.pools) + " until now");
    // What is in use through it is counted anew where it gets another capacity.
    if (known && known->profile.capacity != profile.capacity)
        facts_.emplace_back(ProfileRemoved{profile.name, command_.by});
    facts_.emplace_back(ProfileSet{profile, command_.by});
    std::string change = "profile " + profile.name.text + " leads to " + list_of(profile.pools);
    if (profile.is_default)
        change += ", is a default";
    if (profile.capacity)
        change += ", has a capacity of " + std::to_string(*profile.capacity);
    done_.changes.push_back(std::move(change));
}

/// A license that was activated before the import got a name that nobody chose; where the
/// description names it, that name goes.
void Importing::drop_automatic_profiles()
{
    const auto is_described = [&](const auto& fits) {
        return std::ranges::any_of(command_.profiles, fits);
    };
    for (const auto& [name, record] : state_.profiles) {
        const std::vector<PoolId>& pools = record.profile.pools;
        if (!is_automatic(name) || pools.size() != 1 ||
            is_described([&](const Profile& one) { return one.name == name; }) ||
            !is_described([&](const Profile& one) {
                return std::ranges::find(one.pools, pools.front()) != one.pools.end();
            }))
            continue;
        facts_.emplace_back(ProfileRemoved{name, command_.by});
        done_.warnings.push_back("profile " + name.text + " is removed: " + pools.front().text +
                                 " has the names of the description");
    }
}

void Importing::compare_terms()
{
    if (command_.term == state_.term && command_.grace == state_.grace)
        return;
    done_.warnings.push_back("seats were lent for " + text(command_.term) + " with a grace of " +
                             text(command_.grace) + " there, and here it is " + text(state_.term) +
                             " and " + text(state_.grace) +
                             ": lease.term and lease.grace in usherd.toml");
}

} // namespace

Refusal other_product(std::string subject, const ProductId& here, const ProductId& there)
{
    const auto named = [&](const ProductId& product) {
        return product.name.text +
               (here.name == there.name ? " of " + product.vendor.text : std::string());
    };
    return mismatch(std::move(subject), named(here), named(there));
}

std::string units_text(Units units)
{
    return std::to_string(units) + (units == 1 ? " unit" : " units");
}

std::string quantity_text(const std::optional<Units>& quantity)
{
    if (!quantity)
        return "unlimited units";
    return units_text(*quantity);
}

Verdict decide(const State& state, const Import& command, Now)
{
    // What may take a name from somebody is done in maintenance (A-Q13).
    if (state.mode != Mode::maintenance && !command.dry_run)
        return no(refuse(Code::not_in_maintenance));
    return Importing(state, command).verdict();
}

} // namespace usher::ledger
