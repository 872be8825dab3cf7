#include "tests/ledger/ferry.hpp"

#include "daemon/ledger/state.hpp"

#include <algorithm>
#include <memory>

namespace usher::ledger::test {
namespace {

std::shared_ptr<const std::string> document(const std::string& text)
{
    return std::make_shared<const std::string>(text);
}

template <class Id>
Id id_of(std::string_view name)
{
    Id id;
    std::copy_n(name.begin(), std::min(name.size(), id.bytes.size()), id.bytes.begin());
    return id;
}

const Entitlement& license_of(const std::vector<Entitlement>& licenses, const std::string& name)
{
    return *std::ranges::find(licenses, EntitlementId{name}, &Entitlement::id);
}

} // namespace

StreamId stream_id(std::string_view name)
{
    return id_of<StreamId>(name);
}

NodeKey node_key(std::string_view name)
{
    return id_of<NodeKey>(name);
}

BeginMove begin_move(const std::string& stream, const std::string& target)
{
    return {stream_id(stream), node_key(target), "usher://" + target, "redirect-" + target};
}

Depart::Ticket given(const Scene& source, const std::string& license, std::uint64_t follows,
                     const std::string& target)
{
    const std::string receipt = "receipt-" + std::to_string(follows);
    const auto licenses = source.ledger().entitlements();
    const bool is_there = std::ranges::count(licenses, EntitlementId{license}, &Entitlement::id);
    return {.license = {license},
            .install = is_there ? taken(source, license, follows, target).install : Install{},
            .follows = follows,
            .target = node_key(target),
            .document = document("ticket of " + license),
            .receipt = document(receipt),
            .digest = nonce(receipt)};
}

Arrive::Ticket taken(const Scene& source, const std::string& license, std::uint64_t number,
                     const std::string& source_name)
{
    const auto licenses = source.ledger().entitlements();
    const Entitlement& there = license_of(licenses, license);
    const Summary picture = source.picture();
    const auto pool =
        std::ranges::find(picture.pools, there.root, [](const auto& one) { return one.pool.id; });
    Arrive::Ticket ticket{.install = {.by = {},
                                      .entitlement = there,
                                      .metric = pool->pool.metric,
                                      .requires_product = {},
                                      .profile = {}},
                          .source = node_key(source_name),
                          .issuer = "usher://issuer",
                          .check = {},
                          .made = noon,
                          .receipt = document("receipt-" + std::to_string(there.activation))};
    if (const auto product = source.ledger().state().products.find(there.product);
        product != source.ledger().state().products.end())
        ticket.install.requires_product = product->second.requires_product;
    Entitlement& here = ticket.install.entitlement;
    here.lock = NodeLock::machine;
    here.on_this_node = true;
    here.activation = number;
    here.document = document("activation " + std::to_string(number));
    return ticket;
}

Follow part_of(const StreamPart& part, const std::string& source_name)
{
    return {.source = node_key(source_name),
            .stream = part.stream,
            .from = part.from,
            .is_end = part.is_end,
            .facts = part.facts};
}

Answer carry(Scene& source, const std::string& source_name, Scene& target, const StreamId& stream,
             std::uint64_t position)
{
    for (;;) {
        Answer read = source.ask(ReadStream{stream, position});
        const auto* const part = std::get_if<StreamPart>(&read);
        if (!part)
            return read;
        Answer answer = target.ask(part_of(*part, source_name));
        const auto* const followed = std::get_if<Position>(&answer);
        if (!followed || !part->has_more)
            return answer;
        position = followed->position;
    }
}

std::vector<Fact> crossing_facts(const Ledger& ledger)
{
    std::vector<Fact> facts;
    std::vector<Fact> credentials; // Where a server arrives they stand behind, its own before.
    for (const Fact& fact : ledger.facts())
        if (crosses(fact))
            (std::holds_alternative<CredentialIssued>(fact) ? credentials : facts).push_back(fact);
    facts.insert(facts.end(), credentials.begin(), credentials.end());
    return facts;
}

} // namespace usher::ledger::test
