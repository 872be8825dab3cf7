#include "tests/ledger/naive_reconcile.hpp"

#include <algorithm>

namespace usher::ledger::naive {
namespace {

struct Row {
    RequirementId id;
    Model model = Model::device;
    Units need = 0; ///< Of its own, and of those that stand behind it from the start.
    std::uint64_t order = 0;
    bool consolidated = false; ///< Otherwise than by a change.
    bool has_other = false;    ///< Another consolidation waits for it, unless it is changed.
    std::map<std::uint64_t, Units> grants;
    std::optional<std::uint64_t> trigger;
    UserName into;
    std::set<RequirementId> changed; ///< Those behind it by a change.
};

class Run {
  public:
    Run(const Facts& facts, const Result& previous) : facts_(facts), previous_(previous) {}

    Result all()
    {
        demands();
        direct();
        keep_downgrades();
        keep_changes();
        new_downgrades();
        new_changes();
        Result result;
        for (auto& [id, row] : rows_)
            if (!row.grants.empty() || row.trigger)
                result[id] = {row.grants, row.trigger, row.into};
        return result;
    }

  private:
    using Rows = std::map<RequirementId, Row>;

    static Units sum(const Row& row)
    {
        Units units = 0;
        for (const auto& [number, granted] : row.grants)
            units += granted;
        return units;
    }

    UserName principal(const std::string& device) const
    {
        const auto at = facts_.principals.find(device);
        return at == facts_.principals.end() ? UserName{} : at->second;
    }

    bool stands_alone(const RequirementId& id) const
    {
        const auto at = facts_.foundations.find(id);
        return at != facts_.foundations.end() &&
               std::ranges::any_of(at->second, &Foundation::confirmed);
    }

    bool is_behind_another(const RequirementId& id) const
    {
        const auto by_hand = facts_.consolidations.find(id);
        if (by_hand != facts_.consolidations.end() && stands_alone(by_hand->second.behind))
            return true;
        const auto by_product = facts_.product_consolidations.find(id.product);
        return by_product != facts_.product_consolidations.end() &&
               stands_alone({by_product->second.behind, id.consumer});
    }

    const Cover* before(const RequirementId& id) const
    {
        const auto at = previous_.find(id);
        return at == previous_.end() ? nullptr : &at->second;
    }

    static void ask(Row& row, Model model, Units need, std::uint64_t order)
    {
        if (row.need == 0 || order < row.order) {
            row.model = model;
            row.order = order;
        }
        row.need = std::max(row.need, need);
    }

    /// 0
    void demands()
    {
        std::set<RequirementId> had_changed;
        for (const auto& [id, cover] : previous_)
            if (cover.trigger && id.consumer.kind == Model::device)
                had_changed.insert({id.product, {Model::user, cover.into.text}});
        for (const auto& [id, list] : facts_.foundations) {
            Row& row = rows_[id];
            row.id = id;
            for (const Foundation& foundation : list)
                if (foundation.confirmed)
                    ask(row, foundation.model, foundation.number, foundation.seq);
            row.has_other = is_behind_another(id);
            const Cover* then = before(id);
            const bool is_changed =
                (then && then->trigger && row.model == Model::device) || had_changed.contains(id);
            row.consolidated = row.has_other && !is_changed;
        }
        std::vector<RequirementId> ordinary;
        for (auto& [id, row] : rows_)
            if (id.consumer.kind == Model::device && row.need > 0 && row.model == Model::user &&
                !row.consolidated && !principal(id.consumer.name).empty())
                ordinary.push_back(id);
        for (const RequirementId& id : ordinary) {
            Row& device = rows_[id];
            device.consolidated = true;
            Row& user = user_of(id, principal(id.consumer.name));
            ask(user, Model::user, device.need, device.order);
        }
    }

    Row& user_of(const RequirementId& device, const UserName& user)
    {
        const RequirementId id{device.product, {Model::user, user.text}};
        Row& row = rows_[id];
        row.id = id;
        return row;
    }

    std::vector<Row*> in_order()
    {
        std::vector<Row*> rows;
        for (auto& [id, row] : rows_)
            if (row.need > 0 && !row.consolidated)
                rows.push_back(&row);
        std::ranges::sort(rows, [](const Row* a, const Row* b) {
            return std::pair(a->order, a->id) < std::pair(b->order, b->id);
        });
        return rows;
    }

    Units free(const PaperPool& license) const
    {
        if (license.unlimited)
            return units_max * 1000;
        const auto at = used_.find(license.number);
        return license.units - (at == used_.end() ? 0 : at->second);
    }

    void grant(Row& row, const PaperPool& license, Units units)
    {
        if (units <= 0)
            return;
        row.grants[license.number] += units;
        used_[license.number] += units;
    }

    static bool is_coverable(const Row& row) { return row.model == row.id.consumer.kind; }

    static bool is_direct(const Row& row, const PaperPool& license)
    {
        return is_coverable(row) && license.product == row.id.product && license.model == row.model;
    }

    static bool is_downgrade(const Row& row, const PaperPool& license)
    {
        return is_coverable(row) && license.downgrades_to.contains(row.id.product) &&
               license.model == row.model;
    }

    bool has_direct(const Row& row) const
    {
        return std::ranges::any_of(row.grants, [&](const auto& one) {
            return is_direct(row, facts_.licenses.at(one.first));
        });
    }

    /// 1
    void direct()
    {
        for (Row* row : in_order())
            if (const Cover* then = before(row->id))
                for (const auto& [number, units] : then->grants)
                    if (const auto license = facts_.licenses.find(number);
                        license != facts_.licenses.end() && is_direct(*row, license->second))
                        grant(*row, license->second,
                              std::min({units, row->need - sum(*row), free(license->second)}));
        for (Row* row : in_order())
            for (const auto& [number, license] : facts_.licenses) {
                if (!is_direct(*row, license))
                    continue;
                const Units units = std::min(row->need - sum(*row), free(license));
                if (units > 0 && row->has_other) {
                    row->consolidated = true; // Changed no more, and so behind another.
                    break;
                }
                grant(*row, license, units);
            }
    }

    /// 1b
    void keep_downgrades()
    {
        for (Row* row : in_order()) {
            if (const Cover* then = before(row->id))
                for (const auto& [number, units] : then->grants)
                    if (const auto license = facts_.licenses.find(number);
                        license != facts_.licenses.end() && is_downgrade(*row, license->second))
                        grant(*row, license->second,
                              std::min({units, row->need - sum(*row), free(license->second)}));
        }
    }

    bool may_change(const Row& row, const PaperPool& license) const
    {
        return license.model == Model::user && license.changes_models &&
               license.downgrades_to.contains(row.id.product) && row.model == Model::device &&
               row.need > 0 && !row.consolidated && row.grants.empty();
    }

    Units full_need(const Row& user) const
    {
        Units need = user.consolidated ? 0 : user.need;
        for (const RequirementId& id : user.changed)
            need = std::max(need, rows_.at(id).need);
        return need;
    }

    std::uint64_t full_order(const Row& user) const
    {
        std::uint64_t order = user.need > 0 ? user.order : ~std::uint64_t(0);
        for (const RequirementId& id : user.changed)
            order = std::min(order, rows_.at(id).order);
        return order;
    }

    /// 2a
    void keep_changes()
    {
        std::map<RequirementId, std::uint64_t> users; ///< With their triggers.
        for (Row* row : in_order()) {
            const Cover* then = before(row->id);
            if (!then || !then->trigger)
                continue;
            const auto license = facts_.licenses.find(*then->trigger);
            const bool is_user = row->id.consumer.kind == Model::user;
            const UserName user =
                is_user ? UserName{row->id.consumer.name} : principal(row->id.consumer.name);
            const bool keeps = license != facts_.licenses.end() &&
                               may_change(*row, license->second) && !user.empty() &&
                               (is_user || user == then->into);
            Row* const target = is_user ? row : keeps ? &user_of(row->id, user) : nullptr;
            if (!keeps || has_direct(*target) || target->consolidated) {
                continue;
            }
            row->trigger = license->first;
            if (!is_user) {
                row->into = user;
                target->changed.insert(row->id);
            }
            users[target->id] = license->first;
        }
        for (auto& [id, row] : rows_)
            if (row.has_other && row.changed.empty() && !row.trigger)
                consolidate(row);
        std::vector<Row*> order;
        for (const auto& [id, number] : users)
            order.push_back(&rows_.at(id));
        std::ranges::sort(order, {}, [&](const Row* user) { return full_order(*user); });
        for (Row* user : order) {
            const PaperPool& license = facts_.licenses.at(users.at(user->id));
            const Cover* then = before(user->id);
            const Units had =
                then && then->grants.contains(license.number) ? then->grants.at(license.number) : 0;
            const Units has =
                user->grants.contains(license.number) ? user->grants.at(license.number) : 0;
            grant(*user, license,
                  std::min({had - has, full_need(*user) - sum(*user), free(license)}));
        }
        for (Row* user : order) {
            const PaperPool& license = facts_.licenses.at(users.at(user->id));
            grant(*user, license, std::min(full_need(*user) - sum(*user), free(license)));
        }
        for (Row* user : order)
            if (user->grants.empty())
                revert(*user);
    }

    void revert(Row& user)
    {
        for (const RequirementId& id : user.changed) {
            Row& device = rows_.at(id);
            device.trigger.reset();
            device.into = {};
            if (device.has_other)
                consolidate(device);
        }
        user.changed.clear();
        user.trigger.reset();
        if (user.has_other)
            consolidate(user);
    }

    /// What nobody stands behind any more by a change stands behind another.
    void consolidate(Row& row)
    {
        row.consolidated = true;
        for (const auto& [number, units] : row.grants)
            used_[number] -= units;
        row.grants.clear();
    }

    std::optional<std::uint64_t> bound(const Row& user) const
    {
        if (user.id.consumer.kind == Model::user && user.trigger)
            return user.trigger;
        return user.changed.empty() ? std::nullopt : rows_.at(*user.changed.begin()).trigger;
    }

    /// 1c
    void new_downgrades()
    {
        for (Row* row : in_order())
            if (!row->trigger && !bound(*row))
                for (const auto& [number, license] : facts_.licenses)
                    if (is_downgrade(*row, license))
                        grant(*row, license, std::min(row->need - sum(*row), free(license)));
    }

    /// 2b
    void new_changes()
    {
        for (Row* row : in_order()) {
            if (row->trigger)
                continue;
            const bool is_user = row->id.consumer.kind == Model::user;
            const UserName principal_user =
                is_user ? UserName{row->id.consumer.name} : principal(row->id.consumer.name);
            if (principal_user.empty() || (is_user && !row->changed.empty()))
                continue;
            for (const auto& [number, license] : facts_.licenses) {
                if (!may_change(*row, license) || free(license) < 1)
                    continue;
                const RequirementId id{row->id.product, {Model::user, principal_user.text}};
                const auto known = rows_.find(id);
                if (known != rows_.end()) {
                    const Row& user = known->second;
                    const bool is_mixed = std::ranges::any_of(
                        user.grants, [&](const auto& one) { return one.first != number; });
                    if (has_direct(user) || is_mixed || bound(user).value_or(number) != number ||
                        (user.consolidated && user.id != row->id))
                        continue;
                }
                Row& user = is_user ? *row : user_of(row->id, principal_user);
                row->trigger = number;
                if (!is_user) {
                    row->into = principal_user;
                    user.changed.insert(row->id);
                }
                grant(user, license, std::min(full_need(user) - sum(user), free(license)));
                break;
            }
        }
    }

    const Facts& facts_;
    const Result& previous_;
    Rows rows_;
    std::map<std::uint64_t, Units> used_;
};

} // namespace

Result reconcile(const Facts& facts, const Result& previous)
{
    return Run(facts, previous).all();
}

} // namespace usher::ledger::naive
