#pragma once

#include "daemon/ledger/fact.hpp"

#include <algorithm>
#include <boost/pfr.hpp>
#include <cstdlib>
#include <random>
#include <string>
#include <utility>

/// Facts of every kind with anything in each of their fields. A field or a fact that is added to
/// the ledger is filled and compared without a line here.
namespace usher::journal::test {

/// `USHER_SEED`, or a new one; tests print it.
inline std::uint64_t any_seed()
{
    const char* const given = std::getenv("USHER_SEED");
    return given ? std::stoull(given) : std::random_device{}();
}

class AnyFact {
  public:
    explicit AnyFact(std::uint64_t seed) : random_(seed) {}

    /// Of the kind with this index, with what is not journaled left out.
    ledger::Fact of_kind(std::size_t kind)
    {
        return of_kind(kind, std::make_index_sequence<std::variant_size_v<ledger::Fact>>());
    }
    template <class One>
    One of()
    {
        for (std::size_t kind = 0;; ++kind)
            if (const ledger::Fact fact = of_kind(kind); std::holds_alternative<One>(fact))
                return std::get<One>(fact);
    }
    ledger::Fact of_any_kind() { return of_kind(below(std::variant_size_v<ledger::Fact>)); }

  private:
    template <std::size_t... Kinds>
    ledger::Fact of_kind(std::size_t kind, std::index_sequence<Kinds...>)
    {
        ledger::Fact fact;
        static_cast<void>(((kind == Kinds && (fact = make<Kinds>(), true)) || ...));
        return fact;
    }

    template <std::size_t Kind>
    ledger::Fact make()
    {
        std::variant_alternative_t<Kind, ledger::Fact> fact;
        fill(fact);
        if constexpr (requires { fact.connection; })
            fact.connection = {};
        if constexpr (requires { fact.deadline; })
            fact.deadline = {};
        if constexpr (std::is_same_v<decltype(fact), ledger::Posted>)
            if (!fact.from && !fact.to)
                fact.to = ledger::PoolId{"somewhere"};
        if constexpr (std::is_same_v<decltype(fact), ledger::PoolOpened>)
            fact.pool.closed = false; // Another fact says so.
        name_what_needs_a_name(fact);
        return fact;
    }

    std::uint64_t below(std::uint64_t bound) { return random_() % bound; }

    static void name_what_needs_a_name(auto& fact)
    {
        using One = std::remove_cvref_t<decltype(fact)>;
        const auto name = [](std::string& text) {
            if (text.empty())
                text = "somebody";
        };
        if constexpr (requires { fact.entitlement.downgrades_to; })
            name_downgrades(fact.entitlement);
        if constexpr (std::is_same_v<One, ledger::PoolOpened>)
            name(fact.pool.scheme);
        if constexpr (std::is_same_v<One, ledger::SchemeSet>)
            name(fact.scheme.name);
        if constexpr (std::is_same_v<One, ledger::LicenseForgotten>)
            name(fact.license.text);
        if constexpr (std::is_same_v<One, ledger::PoolClosed>)
            name(fact.pool.text);
        if constexpr (std::is_same_v<One, ledger::PoolRenamed>)
            name(fact.from.text), name(fact.to.text);
        if constexpr (std::is_same_v<One, ledger::PartySet>)
            name(fact.party.id.text);
        if constexpr (std::is_same_v<One, ledger::PartyRemoved>)
            name(fact.party.text);
        if constexpr (std::is_same_v<One, ledger::LeaseMoved>)
            name(fact.to.text);
        name_what_is_required(fact, name);
    }

    /// The same of requirements, with what else of them can never be otherwise.
    static void name_what_is_required(auto& fact, const auto& name)
    {
        using One = std::remove_cvref_t<decltype(fact)>;
        using ledger::Consolidating;
        const auto name_it = [&](ledger::RequirementId& id) {
            name(id.product.name.text), name(id.consumer.name);
        };
        if constexpr (std::is_same_v<One, ledger::ProductForgotten>)
            name(fact.product.name.text);
        if constexpr (std::is_same_v<One, ledger::FoundationPut>) {
            name_it(fact.foundation.of), name(fact.foundation.source);
            fact.foundation.seq = std::max<std::uint64_t>(fact.foundation.seq, 1);
        }
        if constexpr (std::is_same_v<One, ledger::FoundationRemoved>)
            name_it(fact.of), name(fact.source);
        if constexpr (std::is_same_v<One, ledger::PrincipalSet>)
            name(fact.device.text);
        if constexpr (std::is_same_v<One, ledger::ConsolidationSet>) {
            name_it(fact.consolidation.requirement), name_it(fact.consolidation.behind);
            if (fact.consolidation.kind != Consolidating::manual)
                fact.consolidation.kind = Consolidating::remote;
        }
        if constexpr (std::is_same_v<One, ledger::ProductConsolidationSet>) {
            name(fact.consolidation.product.name.text), name(fact.consolidation.behind.name.text);
            if (fact.consolidation.kind != Consolidating::suite)
                fact.consolidation.kind = Consolidating::version;
        }
        if constexpr (std::is_same_v<One, ledger::Covered>) {
            ledger::Coverage& coverage = fact.coverage;
            name_it(coverage.requirement);
            for (ledger::Grant& grant : coverage.grants)
                name(grant.pool.text);
            if (coverage.trigger)
                name(coverage.trigger->text);
            if (coverage.trigger && coverage.requirement.consumer.kind == ledger::Model::device)
                name(coverage.into.text);
            else
                coverage.into = {};
        }
    }
    /// Licenses whose products have names.
    static void name_downgrades(ledger::Entitlement& license)
    {
        if (license.downgrades_to.erase(ledger::ProductName{}) > 0)
            license.downgrades_to.insert({"something"});
    }

    /// Texts as they should not be too: empty, long, with zeros and bytes that are no UTF-8.
    void fill(std::string& text)
    {
        text.resize(below(8) == 0 ? below(2000) : below(20));
        for (char& letter : text)
            letter = static_cast<char>(below(256));
    }
    void fill(bool& flag) { flag = below(2) == 1; }
    void fill(std::uint64_t& number) { number = random_() >> below(64); }
    void fill(ledger::Units& units)
    {
        units = below(4) == 0 ? ledger::units_max
                              : 1 + static_cast<ledger::Units>(below(ledger::units_max));
    }
    void fill(ledger::Duration& duration) { duration = ledger::Duration(below(1ULL << 50)); }
    void fill(ledger::CalendarInstant& instant)
    {
        instant = ledger::CalendarInstant(
            ledger::Duration(static_cast<std::int64_t>(below(1ULL << 52)) - (1LL << 50)));
    }
    void fill(ledger::SteadyInstant& instant)
    {
        instant = ledger::SteadyInstant(ledger::Duration(below(1ULL << 40)));
    }
    void fill(ledger::Metric& one) { pick(one, ledger::Metric::user_device); }
    void fill(ledger::LeaseKind& one) { pick(one, ledger::LeaseKind::persistent); }
    void fill(ledger::NodeLock& one) { pick(one, ledger::NodeLock::personal); }
    void fill(ledger::Mode& one) { pick(one, ledger::Mode::maintenance); }
    void fill(ledger::Role& one) { pick(one, ledger::Role::admin); }
    void fill(ledger::Code& one) { pick(one, ledger::Code::unsupported); }
    void fill(ledger::EndReason& one) { pick(one, ledger::EndReason::no_longer_possible); }
    void fill(ledger::Doubt& one) { pick(one, ledger::Doubt::state_restored); }
    void fill(ledger::Credential::Kind& one) { pick(one, ledger::Credential::Kind::certificate); }
    void fill(ledger::RootPer& one) { pick(one, ledger::RootPer::product); }
    void fill(ledger::Rebinding& one) { pick(one, ledger::Rebinding::carry); }
    void fill(ledger::Closing& one) { pick(one, ledger::Closing::release); }
    void fill(ledger::Use& one) { pick(one, ledger::Use::reconciled); }
    void fill(ledger::Model& one) { pick(one, ledger::Model::user); }
    void fill(ledger::Consolidating& one) { pick(one, ledger::Consolidating::version); }
    void fill(ledger::Source& one) { pick(one, ledger::Source::delegate); }
    void fill(ledger::Party::Kind& one) { pick(one, ledger::Party::Kind::instance); }
    template <class Enum>
    void pick(Enum& one, Enum last)
    {
        one = static_cast<Enum>(below(static_cast<std::uint64_t>(last) + 1));
    }

    template <std::size_t Size>
    void fill(std::array<std::uint8_t, Size>& bytes)
    {
        for (std::uint8_t& byte : bytes)
            byte = static_cast<std::uint8_t>(below(256));
    }
    template <class One>
    void fill(std::optional<One>& one)
    {
        if (below(3) == 0)
            one.reset();
        else
            fill(one.emplace());
    }
    template <class One>
    void fill(std::vector<One>& list)
    {
        list.resize(below(4));
        for (One& one : list)
            fill(one);
    }
    template <class One>
    void fill(std::set<One>& set)
    {
        for (std::uint64_t count = below(5); count > 0; --count) {
            One one;
            fill(one);
            set.insert(std::move(one));
        }
    }
    void fill(std::shared_ptr<const std::string>& document)
    {
        std::string text;
        fill(text);
        document = std::make_shared<const std::string>(std::move(text));
    }
    /// Of a fleeting fact only: no journal has it.
    void fill(std::shared_ptr<const ledger::FactList>& list)
    {
        list = std::make_shared<const ledger::FactList>();
    }
    void fill(ledger::KeptRows& rows) { rows = {}; } ///< Likewise.
    template <class Aggregate>
    requires std::is_aggregate_v<Aggregate>
    void fill(Aggregate& aggregate)
    {
        boost::pfr::for_each_field(aggregate, [this](auto& field) { this->fill(field); });
    }

    std::mt19937_64 random_;
};

/// Whether two facts agree in every field.
inline bool is_same(const ledger::Fact& a, const ledger::Fact& b)
{
    return a.index() == b.index() && std::visit(
                                         [&b](const auto& one) {
                                             using One = std::remove_cvref_t<decltype(one)>;
                                             return boost::pfr::eq_fields(one, std::get<One>(b));
                                         },
                                         a);
}

inline bool is_same(const std::vector<ledger::Fact>& a, const std::vector<ledger::Fact>& b)
{
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](const auto& x, const auto& y) { return is_same(x, y); });
}

} // namespace usher::journal::test
