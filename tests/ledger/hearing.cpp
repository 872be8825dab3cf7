#include "tests/ledger/witness.hpp"

#include "tests/ledger/naive_activation.hpp"
#include "tests/ledger/scene.hpp"

#include <algorithm>

namespace usher::ledger::test {
namespace {

bool is_same(const Claim& claim, const Checkout& command)
{
    return claim.identity == command.asker.identity && claim.user == command.user &&
           claim.device == command.device && claim.units == command.units &&
           claim.party == command.party &&
           (command.profile == claim.asked || command.profile == claim.profile());
}

} // namespace

template <class Command, class... Others>
constexpr bool is_one_of = (std::is_same_v<Command, Others> || ...);

template <class Command>
constexpr bool is_of_estates =
    is_one_of<Command, SetSchemes, OpenPool, Allocate, ClosePool, AddParty, Rebind, SetSource,
              RemoveParty, Register, CheckinMany, ListLeases, AskState, Plan, DefineProduct,
              ForgetProduct, PutFoundations, RemoveFoundation, RemoveSource, ListPrincipals,
              ConfirmFoundation, SetPrincipals, Consolidate, ConsolidateProducts, Entitle,
              ChangeModel, Reconcile, ListRequirements, ExplainRequirement, ReportCompliance>;

/// What each command and its answer mean for the claims.
struct Witness::Hearing {
    Witness& witness;
    const Answer& answer;
    Now now;
    NaiveHouse& house = witness.house_;

    [[nodiscard]] bool is_done() const { return std::holds_alternative<Done>(answer); }
    void expect(bool holds, const std::string& complaint) const
    {
        witness.expect(holds, complaint);
    }
    void expect_code(Code code) const
    {
        const auto* refusal = std::get_if<Refusal>(&answer);
        expect(refusal && refusal->code == code, "should be " + std::string(word(code)));
    }
    /// Where something changed that may take something from somebody.
    [[nodiscard]] bool is_done_in_maintenance() const
    {
        expect(!is_done() || house.mode == Mode::maintenance, "done outside maintenance");
        return is_done();
    }
    /// Drops a claim; its connection must hear of it.
    void end(Claims& claims, const LeaseId& id) const
    {
        if (find(claims, id)->connection)
            witness.told_.insert(id);
        std::erase_if(claims, [&](const Claim& claim) { return claim.id == id; });
    }
    void forgive(SteadyInstant until, bool is_new) const;
    void renew(Claim& claim, ConnectionId connection) const;

    void operator()(const Start& start) const
    {
        for (const auto& [id, here] : start.on_this_node)
            if (const auto known = house.licenses.find({id.text}); known != house.licenses.end())
                known->second.on_this_node = here;
        if (start.counter)
            see(house, *start.counter);
        forgive(now.steady + house.term, true);
    }
    void operator()(const AwaitHolders&) const
    {
        const SteadyInstant until = std::min(now.steady + house.term, house.amnesty_from + 2min);
        const bool is_over = now.steady >= house.amnesty_until;
        const bool is_ample = house.amnesty_until - now.steady > house.term / 2;
        if (!is_over && !is_ample && until > house.amnesty_until)
            forgive(until, false);
    }
    void operator()(const SetTerms& terms) const
    {
        house.leases_max = terms.leases_max;
        if (terms.term == house.term && terms.grace == house.grace)
            return;
        forgive(now.steady + std::max(terms.term, house.term), true);
        house.term = terms.term;
        house.grace = terms.grace;
    }
    void operator()(const Checkout& command) const;
    void operator()(const Renew& command) const;
    void operator()(const Checkin& command) const
    {
        for (Claims* claims : {&house.holders, &house.waiters})
            if (const Claim* claim = find(*claims, command.lease);
                claim && claim->identity == command.asker.identity) {
                expect(is_done(), "a seat cannot be given back");
                std::erase_if(*claims, [&](const Claim& one) { return one.id == command.lease; });
                return house.note_returned(command.lease);
            }
        expect_code(Code::unknown_lease);
        if (!find(house.holders, command.lease) && !find(house.waiters, command.lease))
            house.note_returned(command.lease);
    }
    void operator()(const LoseConnection& command) const;
    void operator()(const Revoke& command) const
    {
        for (Claims* claims : {&house.holders, &house.waiters})
            for (const Claim& claim : *claims)
                if (lease_tag(claim.id) == command.lease) {
                    expect(is_done(), "a seat cannot be taken away");
                    return end(*claims, LeaseId(claim.id));
                }
        expect_code(Code::unknown_lease);
    }
    void operator()(const Install& command) const
    {
        const Entitlement& license = command.entitlement;
        if (house.licenses.contains(license.root))
            return expect_code(Code::already_installed);
        expect(is_done(), "a license is not installed");
        house.bring_in(command);
    }
    void operator()(const Import& command) const
    {
        if (command.dry_run || !is_done_in_maintenance())
            return;
        for (const auto& [license, metric, users, scheme] : command.licenses) {
            if (!house.licenses.contains(license.root)) {
                house.metrics.try_emplace(license.root, metric);
                house.foundations.try_emplace(license.product, std::nullopt);
                house.expected[license.root] = license;
            }
            house.allowed[license.root] = users;
        }
        for (const Profile& profile : command.profiles) {
            const auto known = std::ranges::find(house.profiles, profile.name, &Profile::name);
            if (known != house.profiles.end() && known->capacity == profile.capacity) {
                *known = profile;
                continue;
            }
            if (known != house.profiles.end())
                house.profiles.erase(known);
            house.profiles.push_back(profile);
        }
    }
    void operator()(const Remove& command) const
    {
        if (!is_done_in_maintenance())
            return;
        expect(house.activations[command.license].active == 0, "an active license is forgotten");
        const PoolId pool{command.license.text};
        expect(command.force || house.held(pool) == 0,
               "a license is removed from under its holders");
        const Claims held = house.holders;
        for (const Claim& holder : held)
            if (holder.pool() == pool)
                end(house.holders, holder.id);
        for (Profile& profile : house.profiles)
            std::erase(profile.pools, pool);
        std::erase_if(house.profiles, [](const Profile& profile) { return profile.pools.empty(); });
        for (std::size_t i = 0; i < house.waiters.size();) {
            Claim& waiter = house.waiters[i];
            std::erase_if(waiter.ways, [&](const Way& way) { return way.pool == pool; });
            if (waiter.ways.empty())
                end(house.waiters, LeaseId(waiter.id));
            else
                ++i;
        }
        house.licenses.erase(pool);
        house.expected.erase(pool);
    }
    template <AboutActivation Command>
    void operator()(const Command& command) const
    {
        const Heard heard = hear(house, command, answer, now);
        expect(heard.complaint.empty(), heard.complaint);
        for (const LeaseId& id : heard.ended)
            end(house.holders, id);
    }
    template <AboutMove Command>
    void operator()(const Command&) const
    {}
    void operator()(const AddProfile& command) const
    {
        if (is_done())
            house.profiles.push_back(command.profile);
    }
    void operator()(const RenameProfile& command) const
    {
        if (!is_done_in_maintenance())
            return;
        std::ranges::find(house.profiles, command.from, &Profile::name)->name = command.to;
        for (Claims* claims : {&house.holders, &house.waiters})
            for (Claim& claim : *claims)
                for (Way& way : claim.ways)
                    if (way.profile == command.from)
                        way.profile = command.to;
    }
    void operator()(const RemoveProfile& command) const
    {
        if (is_done_in_maintenance())
            std::erase_if(house.profiles,
                          [&](const Profile& one) { return one.name == command.name; });
    }
    void operator()(const SetDefault& command) const
    {
        if (is_done_in_maintenance())
            std::ranges::find(house.profiles, command.name, &Profile::name)->is_default =
                command.is_default;
    }
    void operator()(const SetUsers& command) const
    {
        if (is_done_in_maintenance())
            house.allowed[command.pool] = command.users;
    }
    void operator()(const SetMode& command) const
    {
        expect(is_done() == (command.mode != house.mode),
               "the mode is not what it was asked to be");
        if (is_done() && command.mode == Mode::serving)
            while (!house.holders.empty())
                end(house.holders, LeaseId(house.holders.front().id));
        house.mode = command.mode;
    }
    void operator()(const Greet&) const {}
    void operator()(const IssueCredential&) const {}
    void operator()(const RevokeCredential&) const {}
    void operator()(const Look&) const {}
    void operator()(const ExplainRefusals&) const {}
    void operator()(const ListConcerns&) const {}
    // Its histories know one pool a license; `EstateHistory` asks for the others.
    template <class Command>
    requires(is_of_estates<Command>) void operator()(const Command&) const {}
};

void Witness::Hearing::forgive(SteadyInstant until, bool is_new) const
{
    house.amnesty_until = std::max(house.amnesty_until, until);
    if (is_new) {
        house.amnesty_from = now.steady;
        for (Claim& holder : house.holders)
            holder.lost = false;
    }
    for (Claim& waiter : house.waiters) {
        if (waiter.patient_until == SteadyInstant{})
            waiter.patient_until = std::max(now.steady + waiter.patience, until);
        if (!waiter.connection && waiter.deadline < until)
            waiter.deadline = std::min(until, waiter.patient_until);
    }
}

void Witness::Hearing::renew(Claim& claim, ConnectionId connection) const
{
    claim.connection = connection;
    claim.lost = false;
    claim.deadline =
        claim.patient_until == SteadyInstant{} ? now.steady + house.term : claim.patient_until;
}

void Witness::Hearing::operator()(const Checkout& command) const
{
    for (Claims* claims : {&house.holders, &house.waiters}) {
        Claim* claim = find(*claims, command.id);
        if (!claim)
            continue;
        if (!is_same(*claim, command))
            return expect_code(Code::lease_id_reused);
        expect(claims == &house.holders ? std::holds_alternative<Granted>(answer)
                                        : std::holds_alternative<Waiting>(answer),
               "a retry is answered otherwise");
        return renew(*claim, command.asker.connection);
    }
    if (house.was_returned(command.id))
        return expect_code(Code::lease_id_reused);
    if (command.units < 1 || command.units > units_max)
        return expect_code(Code::bad_quantity);
    if (house.mode == Mode::maintenance)
        return expect_code(Code::in_maintenance);
    const std::vector<Way> route = house.route(command.profile);
    if (route.empty())
        return expect_code(Code::unknown_profile);

    Claim claim{.id = command.id,
                .identity = command.asker.identity,
                .party = command.party,
                .user = command.user,
                .device = command.device,
                .units = command.units,
                .asked = command.profile,
                .ways = route,
                .connection = command.asker.connection};
    std::optional<Code> first;
    std::vector<Way> to_wait_for;
    for (const auto& [pool, profile] : route) {
        const auto code = house.why_not(pool, claim, house.waiters.size(), now.calendar);
        if (!code && house.is_full())
            return expect_code(Code::limit_reached);
        if (!code) {
            const auto* granted = std::get_if<Granted>(&answer);
            expect(granted && granted->pool == pool, "a free seat of " + pool.text + " is refused");
            return witness.grant(std::move(claim), pool, house.waiters.size(), now);
        }
        first = first ? first : code;
        if (code == Code::no_free_seat && house.is_enough(pool, claim, now.calendar))
            to_wait_for.push_back({pool, profile});
    }
    if (command.patience == Duration{} || to_wait_for.empty())
        return expect_code(*first);
    if (house.is_full())
        return expect_code(Code::limit_reached);
    expect(std::holds_alternative<Waiting>(answer), "who would wait may not");
    claim.ways = std::move(to_wait_for);
    claim.patience = command.patience;
    claim.deadline = claim.patient_until = now.steady + command.patience;
    house.waiters.push_back(std::move(claim));
}

void Witness::Hearing::operator()(const Renew& command) const
{
    const auto* renewed = std::get_if<Renewed>(&answer);
    expect(renewed && renewed->leases.size() == command.leases.size(), "a renewal loses leases");
    for (const LeaseState& lease : renewed->leases) {
        using State = LeaseState::State;
        State state = State::unknown;
        if (Claim* holder = find(house.holders, lease.id);
            holder && holder->identity == command.asker.identity) {
            const auto stock = house.stock(holder->pool(), now.calendar);
            state = stock && house.held(holder->pool()) > *stock ? State::locked : State::held;
            renew(*holder, command.asker.connection);
        } else if (Claim* waiter = find(house.waiters, lease.id);
                   waiter && waiter->identity == command.asker.identity) {
            state = State::waiting;
            renew(*waiter, command.asker.connection);
        }
        expect(lease.state == state, "a renewal hears of another state than there is");
    }
}

void Witness::Hearing::operator()(const LoseConnection& command) const
{
    const SteadyInstant until = now.steady + house.grace;
    for (const LeaseId& id : command.leases) {
        Claim* holder = find(house.holders, id);
        if (holder && holder->connection == command.connection) {
            holder->connection = {};
            if (until < house.silent_at(*holder)) {
                holder->deadline = until;
                holder->lost = true;
            }
        }
        Claim* waiter = find(house.waiters, id);
        if (waiter && waiter->connection == command.connection) {
            waiter->connection = {};
            waiter->deadline = std::min(until, waiter->deadline);
        }
    }
}

void Witness::move(const Arrive& command, const std::optional<CounterSeen>& counter,
                   const std::vector<Message>& heard, Now now, const Summary& after)
{
    restart();
    house_.mode = Mode::serving;
    const Answer answer;
    Hearing{*this, answer, now}.forgive(now.steady + house_.term, true);
    house_.activations.clear(); // Those were of the other host.
    for (const auto& [pool, license] : house_.licenses)
        house_.activations[license.id] = {};
    house_.anchor.reset();
    house_.was_doubted = false;
    if (counter)
        see(house_, *counter);
    for (const Arrive::Ticket& ticket : command.tickets) {
        const Entitlement& license = ticket.install.entitlement;
        house_.activations[license.id].active = license.activation;
        if (house_.was_doubted)
            house_.activations[license.id].doubt = Doubt::state_restored;
        house_.licenses[license.root] = license;
    }
    watch(heard, now, after);
}

void Witness::watch(const Command& command, const Answer& answer, const std::vector<Message>& heard,
                    Now now, const Summary& after)
{
    std::visit(Hearing{*this, answer, now}, command);
    watch(heard, now, after);
}

} // namespace usher::ledger::test
