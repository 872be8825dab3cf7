#include "daemon/ledger/called.hpp"

#include <algorithm>

/// What asks for rights: products, foundations, and whose devices are.
namespace usher::ledger {
namespace {

std::string count_text(std::size_t count, const std::string& what)
{
    return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

std::optional<Refusal> why_not_so_many(std::size_t rows, const char* what)
{
    if (rows == 0)
        return refuse(Code::bad_request, {}, std::string("it names no ") + what);
    if (rows > rows_max)
        return refuse(Code::limit_reached, {},
                      "one request has " + std::to_string(rows) + " rows, and may have " +
                          std::to_string(rows_max));
    return std::nullopt;
}

Verdict at_row(Refusal refusal, std::size_t row)
{
    refusal.row = static_cast<Units>(row + 1);
    return no(std::move(refusal));
}

/// The vendor of a product that nobody has described yet.
std::variant<VendorName, Refusal> vendor_for(const State& state, const ProductCall& call)
{
    if (!call.vendor.empty())
        return call.vendor;
    std::set<VendorName> vendors;
    for (const auto& [id, product] : state.products)
        vendors.insert(id.vendor);
    if (vendors.size() == 1)
        return *vendors.begin();
    return refuse(Code::bad_request, call.name.text,
                  vendors.empty() ? "no vendor is known yet, so the product's must be named"
                                  : "several vendors are known, so the product's must be named");
}

/// The foundation as the row has it; its number follows where it is new.
std::variant<Foundation, Refusal> foundation_of(const State& state, const PutFoundations::Row& row)
{
    auto id = called(state, row.of);
    if (auto* refusal = std::get_if<Refusal>(&id))
        return std::move(*refusal);
    if (row.number < 1 || row.number > units_max) {
        Refusal refusal = refuse(Code::bad_quantity, name_of(std::get<RequirementId>(id)));
        refusal.want = row.number;
        return refusal;
    }
    const RequirementId& of = std::get<RequirementId>(id);
    const std::optional<Model> usual = state.products.at(of.product).model;
    return Foundation{.of = of,
                      .source = row.source,
                      .model = row.model.value_or(usual.value_or(of.consumer.kind)),
                      .number = row.number,
                      .confirmed = row.confirmed};
}

const Foundation* find(const RequirementRecord& record, const std::string& source)
{
    const auto at = std::ranges::find(record.foundations, source, &Foundation::source);
    return at == record.foundations.end() ? nullptr : &*at;
}

/// Those of a requirement that the source names; empty: all.
std::variant<std::vector<Foundation>, Refusal>
foundations_of(const State& state, const RequirementCall& call, const std::string& source)
{
    const auto found = required(state, call);
    if (const auto* refusal = std::get_if<Refusal>(&found))
        return *refusal;
    const RequirementRecord& record = *std::get<const RequirementRecord*>(found);
    if (source.empty() && !record.foundations.empty())
        return record.foundations;
    if (const Foundation* one = find(record, source); one && !source.empty())
        return std::vector{*one};
    Refusal refusal = unknown_requirement(record.id);
    refusal.detail = source.empty() ? ": it has no foundation of its own"
                                    : ": it has no foundation by " + source;
    return refusal;
}

} // namespace

Verdict decide(const State& state, const DefineProduct& command, Now)
{
    auto vendor = vendor_for(state, command.product);
    if (auto* refusal = std::get_if<Refusal>(&vendor))
        return no(std::move(*refusal));
    const ProductId id{std::get<VendorName>(vendor), command.product.name};
    const auto known = state.products.find(id);
    if (known == state.products.end() && state.products.size() >= products_max)
        return no(refuse(Code::limit_reached, id.name.text,
                         std::to_string(products_max) + " products are known already"));
    Product product{.id = id, .requires_product = {}};
    if (known != state.products.end())
        product = known->second;
    product.model = command.model ? command.model : product.model.value_or(Model::device);
    Verdict verdict{Done{}, {}};
    if (known == state.products.end() || known->second != product)
        verdict.facts.emplace_back(ProductDefined{std::move(product)});
    return verdict;
}

Verdict decide(const State& state, const ForgetProduct& command, Now)
{
    auto found = called(state, command.product);
    if (auto* refusal = std::get_if<Refusal>(&found))
        return no(std::move(*refusal));
    const ProductId& id = std::get<ProductId>(found);
    const ProductBook* book = state.requirements.find(id);
    const bool is_asked_for = book && (!book->requirements.empty() || book->behind ||
                                       !book->before_us.empty() || !book->downgrades.empty());
    const auto names_it = [&](const auto& known) {
        return known.first.product == id || known.second.behind.product == id;
    };
    if (std::ranges::any_of(state.requirements.consolidations(), names_it))
        return no(refuse(Code::in_use, id.name.text,
                         "a requirement of it stands behind another, or would, by hand"));
    const bool is_licensed = std::ranges::any_of(state.entitlements, [&](const auto& known) {
        return known.second.entitlement.product == id;
    });
    if (is_asked_for || is_licensed || state.roots.contains(id))
        return no(refuse(Code::in_use, id.name.text,
                         is_asked_for ? "something is required of it" : "a license is of it"));
    return {Done{}, {ProductForgotten{id, command.by}}};
}

Verdict decide(const State& state, const PutFoundations& command, Now)
{
    if (auto refusal = why_not_so_many(command.rows.size(), "foundations"))
        return no(*std::move(refusal));
    Verdict verdict{Done{}, {}};
    std::map<std::pair<RequirementId, std::string>, std::size_t> seen;
    std::map<RequirementId, std::size_t> counts;
    std::uint64_t seq = state.requirements.last_seq();
    std::size_t is_new = 0;
    std::size_t is_other = 0;
    for (std::size_t i = 0; i < command.rows.size(); ++i) {
        auto judged = foundation_of(state, command.rows[i]);
        if (auto* refusal = std::get_if<Refusal>(&judged))
            return at_row(std::move(*refusal), i);
        Foundation& foundation = std::get<Foundation>(judged);
        if (const auto [at, is_first] = seen.try_emplace({foundation.of, foundation.source}, i + 1);
            !is_first)
            return at_row(refuse(Code::bad_request, name_of(foundation.of),
                                 "row " + std::to_string(at->second) +
                                     " is by the same source for the same consumer"),
                          i);
        const RequirementRecord* record = state.requirements.find(foundation.of);
        const Foundation* before = record ? find(*record, foundation.source) : nullptr;
        std::size_t& each =
            counts.try_emplace(foundation.of, record ? record->foundations.size() : 0)
                .first->second;
        each += before ? 0 : 1;
        if (each > foundations_each_max)
            return at_row(refuse(Code::limit_reached, name_of(foundation.of),
                                 name_of(foundation.of) + " has " +
                                     std::to_string(foundations_each_max) + " foundations already"),
                          i);
        foundation.seq = before ? before->seq : ++seq;
        if (before && *before == foundation)
            continue;
        ++(before ? is_other : is_new);
        verdict.facts.emplace_back(FoundationPut{std::move(foundation), command.by});
    }
    const std::size_t after = state.requirements.foundations() + is_new;
    if (after > foundations_max)
        return no(refuse(Code::limit_reached, {},
                         std::to_string(after) + " foundations would be known, and at most " +
                             std::to_string(foundations_max) + " are"));
    auto& changes = std::get<Done>(verdict.answer).changes;
    if (is_new > 0)
        changes.push_back(count_text(is_new, "foundation") + " new");
    if (is_other > 0)
        changes.push_back(count_text(is_other, "foundation") + " changed");
    if (command.dry_run)
        verdict.facts.clear();
    return verdict;
}

Verdict decide(const State& state, const RemoveFoundation& command, Now)
{
    auto found = foundations_of(state, command.of, command.source);
    if (auto* refusal = std::get_if<Refusal>(&found))
        return no(std::move(*refusal));
    Verdict verdict{Done{}, {}};
    for (const Foundation& one : std::get<std::vector<Foundation>>(found))
        verdict.facts.emplace_back(FoundationRemoved{one.of, one.source, command.by});
    return verdict;
}

Verdict decide(const State& state, const ConfirmFoundation& command, Now)
{
    auto found = foundations_of(state, command.of, command.source);
    if (auto* refusal = std::get_if<Refusal>(&found))
        return no(std::move(*refusal));
    Verdict verdict{Done{}, {}};
    for (Foundation& one : std::get<std::vector<Foundation>>(found)) {
        if (one.confirmed == command.confirmed)
            continue;
        one.confirmed = command.confirmed;
        verdict.facts.emplace_back(FoundationPut{std::move(one), command.by});
    }
    return verdict;
}

Verdict decide(const State& state, const SetPrincipals& command, Now)
{
    if (auto refusal = why_not_so_many(command.rows.size(), "devices"))
        return no(*std::move(refusal));
    Verdict verdict{Done{}, {}};
    std::map<DeviceName, std::size_t> seen;
    std::size_t is_new = 0;
    for (std::size_t i = 0; i < command.rows.size(); ++i) {
        const auto& [device, user] = command.rows[i];
        if (const auto [at, is_first] = seen.try_emplace(device, i + 1); !is_first)
            return at_row(refuse(Code::bad_request, device.text,
                                 "row " + std::to_string(at->second) + " is of the same device"),
                          i);
        const UserName before = state.requirements.principal_of(device);
        is_new += before.empty() && !user.empty() ? 1 : 0;
        if (before != user)
            verdict.facts.emplace_back(PrincipalSet{device, user, command.by});
    }
    const std::size_t after = state.requirements.principals().size() + is_new;
    if (after > principals_max)
        return no(refuse(Code::limit_reached, {},
                         std::to_string(after) +
                             " devices would have a principal user, and at "
                             "most " +
                             std::to_string(principals_max) + " have"));
    if (!verdict.facts.empty())
        std::get<Done>(verdict.answer)
            .changes.push_back(count_text(verdict.facts.size(), "principal user") + " set");
    if (command.dry_run)
        verdict.facts.clear();
    return verdict;
}

} // namespace usher::ledger
