#include "daemon/ledger/called.hpp"

#include <algorithm>

/// What asks for rights: products and foundations, one at a time. Many at once are in tables.cpp.
namespace usher::ledger {
namespace {

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
    if (const Foundation* one = foundation_by(record, source); one && !source.empty())
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

} // namespace usher::ledger
