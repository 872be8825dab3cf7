#include "daemon/ledger/called.hpp"

namespace usher::ledger {

std::string way_text(const std::vector<ProductName>& way, const std::string& between)
{
    constexpr std::size_t ends = 8; // So many of each end are named: a refusal goes into a frame.
    std::string text;
    for (std::size_t i = 0; i < way.size(); ++i) {
        if (way.size() > 2 * ends && i == ends) {
            text += between + "(" + std::to_string(way.size() - 2 * ends) + " more)";
            i = way.size() - ends;
        }
        text += (i == 0 ? "" : between) + way[i].text;
    }
    return text;
}

std::string name_of(const RequirementId& id)
{
    return id.product.name.text + "/" + std::string(word(id.consumer.kind)) + ":" +
           id.consumer.name;
}

Refusal unknown_requirement(const RequirementId& id)
{
    return refuse(Code::unknown_requirement, name_of(id));
}

std::variant<std::optional<ProductId>, Refusal> called_or_all(const State& state,
                                                              const ProductCall& call)
{
    if (call.name.empty())
        return std::nullopt;
    auto found = called(state, call);
    if (auto* refusal = std::get_if<Refusal>(&found))
        return std::move(*refusal);
    return std::optional(std::get<ProductId>(found));
}

std::variant<ProductId, Refusal> called(const State& state, const ProductCall& call)
{
    if (!call.vendor.empty()) {
        ProductId id{call.vendor, call.name};
        if (state.products.contains(id))
            return id;
        return refuse(Code::unknown_product, call.name.text, ": " + call.vendor.text + " has none");
    }
    std::optional<ProductId> found;
    for (const auto& [id, product] : state.products) {
        if (id.name != call.name)
            continue;
        if (found)
            return refuse(Code::unknown_product, call.name.text,
                          ": " + found->vendor.text + " and " + id.vendor.text +
                              " both have one: name the vendor");
        found = id;
    }
    if (found)
        return *found;
    return refuse(Code::unknown_product, call.name.text);
}

std::variant<RequirementId, Refusal> called(const State& state, const RequirementCall& call)
{
    auto product = called(state, call.product);
    if (auto* refusal = std::get_if<Refusal>(&product))
        return std::move(*refusal);
    return RequirementId{std::get<ProductId>(std::move(product)), call.consumer};
}

std::variant<const RequirementRecord*, Refusal> required(const State& state,
                                                         const RequirementCall& call)
{
    auto id = called(state, call);
    if (auto* refusal = std::get_if<Refusal>(&id))
        return std::move(*refusal);
    const RequirementRecord* record = state.requirements.find(std::get<RequirementId>(id));
    if (!record || !exists(*record))
        return unknown_requirement(std::get<RequirementId>(id));
    return record;
}

} // namespace usher::ledger
