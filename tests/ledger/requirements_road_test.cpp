#include "tests/ledger/scene.hpp"

#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <random>

/// Requirements by the road of every command: after each turn the scene walks the invariants (I10
/// to I13 among them), and a restart must find what was there.
namespace {

using namespace usher::ledger;
using namespace usher::ledger::test;

const Identity by{"local:root"};

class Company {
  public:
    explicit Company(std::uint64_t seed) : random_(seed), scene_(seed) {}

    void step();

    Scene& scene() { return scene_; }

  private:
    std::size_t below(std::size_t count) { return random_() % count; }
    bool one_in(std::size_t count) { return below(count) == 0; }
    ProductCall product() { return {{"p" + std::to_string(below(4))}, {"acme"}}; }
    RequirementCall requirement()
    {
        const Model kind = one_in(3) ? Model::user : Model::device;
        const std::string name =
            (kind == Model::user ? "u" : "d") + std::to_string(below(kind == Model::user ? 3 : 6));
        return {product(), {kind, name}};
    }
    ConnectionId connection() { return {1 + below(2)}; }
    EntitlementId license() { return {"L" + std::to_string(below(5))}; }
    Command any();
    Command foundations();
    Command install();

    std::mt19937_64 random_;
    Scene scene_;
    std::size_t documents_ = 0;
};

Command Company::foundations()
{
    PutFoundations command{.by = by, .rows = {}, .dry_run = one_in(10)};
    for (std::size_t i = 0; i <= below(3); ++i) {
        PutFoundations::Row row{.of = requirement(),
                                .source = one_in(2) ? "inventory" : "group",
                                .model = {},
                                .number = static_cast<Units>(1 + below(3)),
                                .confirmed = !one_in(6)};
        if (one_in(2))
            row.model = one_in(2) ? Model::user : Model::device;
        command.rows.push_back(std::move(row));
    }
    if (one_in(4))
        command.part = {.connection = connection(), .more = one_in(2)};
    return command;
}

Command Company::install()
{
    const std::size_t of = below(4);
    Install command{.by = by, .profile = {}, .scheme = "requirements", .pool = {}, .replace = true};
    command.metric = one_in(3) ? Metric::device : Metric::user;
    command.entitlement = {.id = license(), .root = {}, .product = {{"acme"}, {}}, .quantity = 1};
    command.entitlement.product.name = {"p" + std::to_string(of)};
    command.entitlement.root = {command.entitlement.id.text};
    command.entitlement.quantity = static_cast<Units>(1 + below(4));
    for (std::size_t older = 0; older < of; ++older)
        if (!one_in(3))
            command.entitlement.downgrades_to.insert({"p" + std::to_string(older)});
    if (one_in(3))
        command.entitlement.to = noon + 1h * below(100);
    command.entitlement.document =
        std::make_shared<const std::string>("document " + std::to_string(++documents_));
    return command;
}

Command Company::any()
{
    switch (below(15)) {
    case 0: return DefineProduct{by, product(), one_in(2) ? Model::user : Model::device};
    case 1: return RemoveFoundation{by, requirement(), {}};
    case 2: return ConfirmFoundation{by, requirement(), {}, one_in(2)};
    case 3:
        return SetPrincipals{by,
                             {{{"d" + std::to_string(below(6))},
                               {one_in(4) ? "" : "u" + std::to_string(below(3))}}}};
    case 4: return Consolidate{by, requirement(), requirement(), Consolidating::manual, one_in(3)};
    case 5: return ConsolidateProducts{by, product(), product(), Consolidating::suite, one_in(3)};
    case 6: return Entitle{by, requirement(), license()};
    case 7: return ChangeModel{by, requirement(), license()};
    case 8: return Remove{by, license()};
    case 9:
    case 10: return install();
    case 11:
        return one_in(4) ? Command(Reconcile{by}) : Command(SetSchemes{{[&] {
            Scheme scheme = preset_schemes().back();
            scheme.changes_models = !one_in(3);
            return scheme;
        }()}});
    case 12: return LoseConnection{connection(), {}};
    default: return foundations();
    }
}

void Company::step()
{
    if (one_in(10))
        scene_.pass(1h * below(30));
    (void)scene_.ask(any());
    if (one_in(12)) {
        scene_.restart(one_in(2));
        (void)scene_.ask(Start{});
    }
}

} // namespace

BOOST_AUTO_TEST_SUITE(requirements)

BOOST_AUTO_TEST_CASE(whatever_is_asked_the_invariants_hold_and_a_restart_changes_nothing)
{
    const char* first = std::getenv("USHER_SEED");
    const std::uint64_t seed = first ? std::strtoull(first, nullptr, 10) : std::random_device{}();
    for (std::uint64_t i = seed; i < seed + 60; ++i) {
        BOOST_TEST_INFO_SCOPE("USHER_SEED=" << i);
        Company company(i);
        for (int at = 0; at < 80; ++at) {
            company.step();
            for (const std::string& broken : company.scene().broken)
                BOOST_FAIL("step " << at << ": " << broken);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
