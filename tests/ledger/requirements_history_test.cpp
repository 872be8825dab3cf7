#include "tests/ledger/naive_reconcile.hpp"
#include "tests/ledger/prospects.hpp"

#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <random>
#include <sstream>

using namespace usher::ledger;

namespace {

/// One office: a few products of several generations, devices and users, and licenses that come
/// and go.
class Office {
  public:
    explicit Office(std::uint64_t seed) : random_(seed) {}

    /// One thing happens, and both reconcile.
    void step();
    void check(bool looks_at_all);
    [[nodiscard]] const Requirements& here() const { return here_; }
    std::string facts_text() const { return all_facts() + text(before_); }
    bool goes_on() { return one_in(3); }

    std::string last; ///< What has happened.
    std::vector<std::string> told;

  private:
    std::size_t below(std::size_t count) { return random_() % count; }
    bool one_in(std::size_t count) { return below(count) == 0; }
    ProductId product() { return {{"v"}, {"p" + std::to_string(below(4))}}; }
    std::string user() { return "u" + std::to_string(below(4)); }
    std::string device() { return "d" + std::to_string(below(7)); }
    RequirementId requirement()
    {
        if (one_in(3))
            return {product(), {Model::user, user()}};
        return {product(), {Model::device, device()}};
    }
    void put_foundation();
    void remove_foundation();
    void change_license();
    void consolidate();
    bool stands_in_a_circle() const;
    naive::Result result() const;
    std::string text(const naive::Result& result) const;
    std::string all_facts() const;
    std::size_t settle();

    std::mt19937_64 random_;
    naive::Facts facts_;
    naive::Result before_;
    Requirements here_;
    std::uint64_t seq_ = 0;
    std::uint64_t licenses_ = 0;
};

void Office::put_foundation()
{
    Foundation foundation{.of = requirement(),
                          .source = one_in(3) ? "group" : "inventory",
                          .model = one_in(4) ? Model::user : Model::device,
                          .number = static_cast<Units>(one_in(3) ? 1 + below(4) : 1),
                          .confirmed = !one_in(8),
                          .seq = 0};
    if (foundation.of.consumer.kind == Model::user)
        foundation.model = one_in(4) ? Model::device : Model::user;
    auto& list = facts_.foundations[foundation.of];
    const auto known = std::ranges::find(list, foundation.source, &Foundation::source);
    if (known != list.end()) {
        foundation.seq = known->seq;
        *known = foundation;
    } else {
        foundation.seq = ++seq_;
        list.push_back(foundation);
    }
    std::ranges::sort(list, {}, &Foundation::seq);
    here_.put(foundation);
    last = "put " + foundation.of.product.name.text + " " + foundation.of.consumer.name + " per " +
           std::string(word(foundation.model)) + " " + std::to_string(foundation.number) +
           (foundation.confirmed ? "" : " unconfirmed");
}

void Office::remove_foundation()
{
    if (facts_.foundations.empty())
        return put_foundation();
    auto at = std::next(facts_.foundations.begin(),
                        static_cast<std::ptrdiff_t>(below(facts_.foundations.size())));
    const auto which = static_cast<std::ptrdiff_t>(below(at->second.size()));
    const RequirementId id = at->first;
    const std::string source = at->second[static_cast<std::size_t>(which)].source;
    at->second.erase(at->second.begin() + which);
    if (at->second.empty())
        facts_.foundations.erase(at);
    here_.remove(id, source);
    last = "remove " + id.product.name.text + " " + id.consumer.name;
}

void Office::change_license()
{
    if (facts_.licenses.size() < 6 && (facts_.licenses.empty() || one_in(2))) {
        const ProductId of = product();
        PaperPool license{.id = {},
                          .number = ++licenses_,
                          .product = of,
                          .model = one_in(3) ? Model::device : Model::user,
                          .unlimited = one_in(20),
                          .units = static_cast<Units>(below(5)),
                          .downgrades_to = {},
                          .changes_models = !one_in(10)};
        license.id = {"L" + std::to_string(license.number)};
        for (std::size_t i = 0; i < 4; ++i)
            if (const ProductId older{{"v"}, {"p" + std::to_string(i)}}; older < of && !one_in(3))
                license.downgrades_to.insert(older);
        facts_.licenses.emplace(license.number, license);
        here_.put(license);
        last = "license " + license.id.text + " of " + of.name.text + " per " +
               std::string(word(license.model)) + " " + std::to_string(license.units);
        return;
    }
    const auto at = std::next(facts_.licenses.begin(),
                              static_cast<std::ptrdiff_t>(below(facts_.licenses.size())));
    PaperPool& license = at->second;
    if (one_in(4)) {
        last = "forget " + license.id.text;
        here_.forget(license.id);
        facts_.licenses.erase(at);
        return;
    }
    if (one_in(6))
        license.changes_models = !license.changes_models;
    else if (one_in(8))
        license.unlimited = !license.unlimited;
    else
        license.units = static_cast<Units>(below(6));
    here_.put(license);
    last = "license " + license.id.text + " has " + std::to_string(license.units);
}

bool Office::stands_in_a_circle() const
{
    const auto next = [&](RequirementId id) -> std::vector<RequirementId> {
        std::vector<RequirementId> all;
        if (const auto one = facts_.consolidations.find(id); one != facts_.consolidations.end())
            all.push_back(one->second.behind);
        if (const auto one = facts_.product_consolidations.find(id.product);
            one != facts_.product_consolidations.end())
            all.push_back({one->second.behind, id.consumer});
        return all;
    };
    for (const auto& [first, one] : facts_.consolidations) {
        std::set<RequirementId> seen;
        std::vector<RequirementId> todo{first};
        while (!todo.empty()) {
            const RequirementId id = todo.back();
            todo.pop_back();
            for (const RequirementId& other : next(id)) {
                if (other == first)
                    return true;
                if (seen.insert(other).second)
                    todo.push_back(other);
            }
        }
    }
    return false;
}

void Office::consolidate()
{
    if (one_in(2)) {
        const ProductConsolidation one{product(), product(), Consolidating::version};
        if (const auto known = facts_.product_consolidations.find(one.product);
            known != facts_.product_consolidations.end()) {
            here_.end(known->second);
            facts_.product_consolidations.erase(known);
            last = "products apart " + one.product.name.text;
        } else if (one.product < one.behind) {
            facts_.product_consolidations.emplace(one.product, one);
            if (stands_in_a_circle()) {
                facts_.product_consolidations.erase(one.product);
                return put_foundation();
            }
            here_.set(one);
            last = "products " + one.product.name.text + " behind " + one.behind.name.text;
        }
        return;
    }
    const Consolidation one{requirement(), requirement(), Consolidating::manual};
    if (const auto known = facts_.consolidations.find(one.requirement);
        known != facts_.consolidations.end()) {
        here_.end(known->second);
        facts_.consolidations.erase(known);
        last = "apart " + one.requirement.product.name.text + " " + one.requirement.consumer.name;
        return;
    }
    facts_.consolidations.emplace(one.requirement, one);
    if (one.requirement == one.behind || stands_in_a_circle()) {
        facts_.consolidations.erase(one.requirement);
        return put_foundation();
    }
    here_.set(one);
    last = one.requirement.product.name.text + " " + one.requirement.consumer.name + " behind " +
           one.behind.product.name.text + " " + one.behind.consumer.name;
}

std::size_t Office::settle()
{
    std::size_t steps = 0;
    for (auto step = here_.step(); !step.empty(); step = here_.step()) {
        if (++steps > 10'000)
            throw std::runtime_error("it never ends");
        for (const Coverage& one : step)
            here_.cover(one);
    }
    return steps;
}

void Office::step()
{
    const std::size_t kind = below(20);
    if (kind < 9)
        put_foundation();
    else if (kind < 12)
        remove_foundation();
    else if (kind < 16)
        change_license();
    else if (kind < 18) {
        const std::string who = device();
        const UserName whose{one_in(4) ? "" : user()};
        if (whose.empty())
            facts_.principals.erase(who);
        else
            facts_.principals[who] = whose;
        here_.set_principal({who}, whose);
        last = "principal " + who + " " + whose.text;
    } else
        consolidate();
    told.push_back(last);
}

naive::Result Office::result() const
{
    naive::Result result;
    for (const auto& [product, book] : here_.books())
        for (const auto& [consumer, one] : book.requirements) {
            naive::Cover cover{.grants = {}, .trigger = {}, .into = one.into};
            for (const GrantRecord& grant : one.grants)
                cover.grants[grant.paper->pool.number] = grant.units;
            if (one.trigger)
                cover.trigger = one.trigger->pool.number;
            if (!cover.grants.empty() || cover.trigger)
                result[one.id] = cover;
        }
    return result;
}

std::string Office::text(const naive::Result& result) const
{
    std::ostringstream text;
    for (const auto& [id, cover] : result) {
        text << "  " << id.product.name.text << "/" << id.consumer.name << ":";
        for (const auto& [number, units] : cover.grants)
            text << " L" << number << "=" << units;
        if (cover.trigger)
            text << " by L" << *cover.trigger << " into " << cover.into.text;
        text << "\n";
    }
    return text.str();
}

std::string Office::all_facts() const
{
    std::ostringstream text;
    for (const auto& [number, one] : facts_.licenses) {
        text << "  L" << number << " of " << one.product.name.text << " per " << word(one.model)
             << " units " << one.units << (one.unlimited ? " unlimited" : "")
             << (one.changes_models ? "" : " changes nothing") << " to";
        for (const ProductId& older : one.downgrades_to)
            text << " " << older.name.text;
        text << "\n";
    }
    for (const auto& [id, list] : facts_.foundations)
        for (const Foundation& one : list)
            text << "  " << one.seq << ": " << id.product.name.text << "/" << id.consumer.name
                 << " per " << word(one.model) << " " << one.number
                 << (one.confirmed ? "" : " unconfirmed") << "\n";
    for (const auto& [device, user] : facts_.principals)
        text << "  " << device << " of " << user.text << "\n";
    for (const auto& [id, one] : facts_.consolidations)
        text << "  " << id.product.name.text << "/" << id.consumer.name << " behind "
             << one.behind.product.name.text << "/" << one.behind.consumer.name << "\n";
    for (const auto& [id, one] : facts_.product_consolidations)
        text << "  " << id.name.text << " behind " << one.behind.name.text << "\n";
    return text.str();
}

void Office::check(bool looks_at_all)
{
    const naive::Result wanted = naive::reconcile(facts_, before_);
    settle();
    const naive::Result found = result();
    if (found != wanted) {
        BOOST_TEST_MESSAGE("facts\n"
                           << all_facts() << "before\n"
                           << text(before_) << "wanted\n"
                           << text(wanted) << "found\n"
                           << text(found));
        throw std::runtime_error("incremental is not full after: " + last);
    }
    if (naive::reconcile(facts_, wanted) != wanted) {
        BOOST_TEST_MESSAGE("facts\n"
                           << all_facts() << "before\n"
                           << text(before_) << "wanted\n"
                           << text(wanted) << "again\n"
                           << text(naive::reconcile(facts_, wanted)));
        throw std::runtime_error("a second time changes something after: " + last);
    }
    before_ = wanted;
    if (!looks_at_all)
        return;
    here_.look_at_all();
    if (settle() != 0)
        throw std::runtime_error("looking at all changes something after: " + last);
}

std::uint64_t from_environment(const char* name, std::uint64_t otherwise)
{
    const char* said = std::getenv(name);
    return said ? std::strtoull(said, nullptr, 10) : otherwise;
}

/// One history.
template <class Look>
void live_in(std::uint64_t seed, Look look)
{
    Office office(seed);
    for (std::size_t at = 0; at < 150; ++at) {
        for (office.step(); office.goes_on();) // Of one turn.
            office.step();
        try {
            look(office, at);
        } catch (const std::runtime_error& wrong) {
            BOOST_TEST_MESSAGE(office.facts_text());
            BOOST_FAIL("seed " << seed << ", step " << at << ": " << wrong.what());
        }
    }
}

/// So many offices, each a history; `look` sees each of its moments. `USHER_OFFICES` and
/// `USHER_SEED` say others.
template <class Look>
void live(std::uint64_t offices, Look look)
{
    const std::uint64_t count = from_environment("USHER_OFFICES", offices);
    const std::uint64_t seed = from_environment("USHER_SEED", 1);
    for (std::uint64_t i = seed; i < seed + count; ++i)
        live_in(i, look);
}

} // namespace

BOOST_AUTO_TEST_SUITE(requirements)

BOOST_AUTO_TEST_CASE(
    incremental_reconciling_is_full_reconciling_and_changes_nothing_the_second_time)
{
    live(100, [](Office& office, std::size_t at) { office.check(at % 16 == 0); });
}

/// A user with rights of two licenses needs fewer, and one of the two shrinks: what is left is of
/// the other one.
BOOST_AUTO_TEST_CASE(a_need_that_falls_as_a_license_shrinks_keeps_the_rights_that_are_there)
{
    live_in(5540, [](Office& office, std::size_t at) { office.check(at % 16 == 0); });
}

BOOST_AUTO_TEST_CASE(what_is_told_would_change_with_another_license_is_so_when_it_is_done)
{
    test::Prospects prospects;
    live(100, [&](Office& office, std::size_t at) {
        office.check(false);
        if (at % 10 == 0)
            prospects.try_all(office.here());
    });
    if (from_environment("USHER_OFFICES", 100) < 100)
        return; // Few offices need not come to everything.
    for (const auto& [claim, count] : prospects.tried())
        BOOST_TEST(count > 0U, "nobody was told: " << claim);
}

BOOST_AUTO_TEST_SUITE_END()
