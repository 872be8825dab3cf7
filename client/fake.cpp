#include "client/fake.hpp"

#include "client/fake_wire.hpp"
#include "client/socket.hpp"

#include <algorithm>
#include <poll.h>
#include <utility>

namespace usher::client {
namespace {

const ledger::Identity operator_name{"fake:operator"};
const ledger::Identity application_name{"fake:application"};

Failure cut_off()
{
    return {.step = Step::connect,
            .text = "cannot connect to the fake server: its network is cut",
            .cure = "end the cut"};
}

Failure hung_up()
{
    return {.step = Step::exchange,
            .text = "the connection to the fake server ended",
            .cure = "try again"};
}

/// Pools for devices: all that is registered stays so, and operators are asked for no maintenance.
ledger::Scheme devices_scheme()
{
    return {.name = "devices",
            .leases = ledger::LeaseKind::persistent,
            .asks_maintenance = false,
            .restarts_leases = false};
}

bool is_quantity(std::optional<ledger::Units> units)
{
    return !units || (*units >= 1 && *units <= ledger::units_max);
}

ledger::Entitlement license(const std::string& profile, std::optional<ledger::Units> units,
                            const std::string& document)
{
    return {.id = {profile},
            .root = {profile},
            .product = {{"fake"}, {profile}},
            .type = {},
            .quantity = units,
            .lock = ledger::NodeLock::machine,
            .document = std::make_shared<const std::string>(document)};
}

} // namespace

/// What an attendant holds while it is connected.
class FakeConversation final : public Conversation {
  public:
    FakeConversation(Fake& fake, ledger::ConnectionId id, std::shared_ptr<Fake::Peer> peer,
                     v1::Welcome welcome)
        : fake_(fake), id_(id), peer_(std::move(peer)), welcome_(std::move(welcome))
    {}
    ~FakeConversation() override
    {
        const std::lock_guard lock(fake_.guard_);
        fake_.peers_.erase(id_);
        if (fake_.is_cut_ || peer_->is_over)
            return; // The server does not see it.
        fake_.ask(ledger::LoseConnection{id_, {peer_->leases.begin(), peer_->leases.end()}});
    }

    const v1::Welcome& welcome() const override { return welcome_; }

    Result<std::uint64_t> send(v1::Request request, const Patience&) override
    {
        const std::lock_guard lock(fake_.guard_);
        if (peer_->is_over)
            return hung_up();
        const std::uint64_t id = ++last_request_;
        if (fake_.is_cut_)
            return id; // It went out, and will never arrive.
        const auto command = command_of(request, {application_name, id_});
        if (!command)
            return hung_up();
        if (const auto* checkout = std::get_if<ledger::Checkout>(&*command))
            peer_->leases.insert(checkout->id);
        if (const auto* renew = std::get_if<ledger::Renew>(&*command))
            peer_->leases.insert(renew->leases.begin(), renew->leases.end());
        v1::Response response;
        response.set_id(id);
        fill(response, fake_.ask(*command));
        peer_->inbox.push_back(std::move(response));
        return id;
    }

    Result<std::optional<v1::Response>> receive(const Patience& patience) override
    {
        for (;;) {
            Patience until = patience;
            {
                const std::lock_guard lock(fake_.guard_);
                peer_->bell.silence();
                fake_.turn(nullptr);
                if (peer_->is_over)
                    return hung_up();
                if (!fake_.is_cut_ && !peer_->inbox.empty()) {
                    std::optional<v1::Response> next(std::move(peer_->inbox.front()));
                    peer_->inbox.pop_front();
                    return next;
                }
                until.until = std::min(until.until, Clock::now() + fake_.nap());
            }
            const Waited waited = wait_for(peer_->bell.fd(), POLLIN, until);
            if (waited == Waited::woken || Clock::now() >= patience.until)
                return std::optional<v1::Response>();
        }
    }

    void close() override {}

  private:
    Fake& fake_;
    ledger::ConnectionId id_;
    std::shared_ptr<Fake::Peer> peer_;
    v1::Welcome welcome_;
    std::uint64_t last_request_ = 0;
};

class FakeDoor final : public Door {
  public:
    explicit FakeDoor(Fake& fake) : fake_(fake) {}

    Result<std::unique_ptr<Conversation>> open(const Patience&) override
    {
        const std::lock_guard lock(fake_.guard_);
        if (fake_.is_cut_)
            return cut_off();
        const ledger::ConnectionId id{++fake_.last_connection_};
        const auto peer = fake_.peers_[id] = std::make_shared<Fake::Peer>();
        v1::Welcome welcome;
        welcome.set_version(1);
        welcome.set_server("fake");
        welcome.set_identity(application_name.text);
        welcome.set_role("application");
        const auto ms = [](ledger::Duration duration) {
            return static_cast<std::uint32_t>(
                std::chrono::ceil<std::chrono::milliseconds>(duration).count());
        };
        welcome.set_term_ms(ms(fake_.term_));
        welcome.set_grace_ms(ms(fake_.grace_));
        welcome.set_mode(std::string(ledger::word(fake_.mode_)));
        return std::unique_ptr<Conversation>(
            std::make_unique<FakeConversation>(fake_, id, peer, std::move(welcome)));
    }

  private:
    Fake& fake_;
};

Fake::Fake()
{
    ask(ledger::Start{});
    ask(ledger::SetSchemes{.schemes = {devices_scheme()}});
    ask(ledger::SetTerms{.term = term_, .grace = grace_});
}

bool Fake::add(const std::string& profile, std::optional<ledger::Units> units,
               ledger::Metric metric)
{
    return install(profile, units, metric, {});
}

bool Fake::add_devices(const std::string& profile, std::optional<ledger::Units> units)
{
    return install(profile, units, ledger::Metric::lease, devices_scheme().name);
}

bool Fake::install(const std::string& profile, std::optional<ledger::Units> units,
                   ledger::Metric metric, const std::string& scheme)
{
    const std::lock_guard lock(guard_);
    if (profile.empty() || !is_quantity(units))
        return false;
    const auto answer = ask(ledger::Install{.by = operator_name,
                                            .entitlement = license(profile, units, profile),
                                            .metric = metric,
                                            .profile = {profile},
                                            .scheme = scheme});
    return !std::holds_alternative<ledger::Refusal>(answer);
}

bool Fake::resize(const std::string& profile, std::optional<ledger::Units> units)
{
    const std::lock_guard lock(guard_);
    const auto picture = std::get<ledger::Picture>(ask(ledger::Look{}));
    const auto sold = std::ranges::find_if(
        picture->entitlements, [&](const auto& one) { return one.entitlement.id.text == profile; });
    if (sold == picture->entitlements.end() || !is_quantity(units))
        return false;
    const auto pool = std::ranges::find_if(
        picture->pools, [&](const auto& one) { return one.pool.id == sold->entitlement.root; });
    const std::string signature = profile + " " + std::to_string(++signed_);
    const auto answer = ask(ledger::Install{.by = operator_name,
                                            .entitlement = license(profile, units, signature),
                                            .metric = pool->pool.metric,
                                            .profile = {profile},
                                            .replace = true});
    return !std::holds_alternative<ledger::Refusal>(answer);
}

bool Fake::set_locked(const std::string& profile, bool is_locked)
{
    const std::lock_guard lock(guard_);
    const auto picture = std::get<ledger::Picture>(ask(ledger::Look{}));
    const bool is_known = std::ranges::any_of(picture->entitlements, [&](const auto& sold) {
        return sold.entitlement.id.text == profile;
    });
    if (is_known)
        ask(ledger::Start{.on_this_node = {{ledger::EntitlementId{profile}, !is_locked}}});
    return is_known;
}

void Fake::set_maintenance(bool is_on)
{
    const std::lock_guard lock(guard_);
    mode_ = is_on ? ledger::Mode::maintenance : ledger::Mode::serving;
    ask(ledger::SetMode{operator_name, mode_});
}

std::size_t Fake::revoke(const std::string& user, const std::string& reason)
{
    const std::lock_guard lock(guard_);
    const auto picture = std::get<ledger::Picture>(ask(ledger::Look{}));
    std::size_t count = 0;
    for (const ledger::LeasePicture& held : picture->leases) {
        if (!user.empty() && held.lease.user.text != user)
            continue;
        ask(ledger::Revoke{operator_name, held.lease.tag, reason});
        ++count;
    }
    return count;
}

void Fake::set_cut(bool is_cut)
{
    const std::lock_guard lock(guard_);
    is_cut_ = is_cut;
    for (const auto& [id, peer] : peers_)
        peer->bell.ring();
}

void Fake::restart()
{
    const std::lock_guard lock(guard_);
    end_connections();
    ask(ledger::Start{});
}

void Fake::pass(ledger::Duration time)
{
    const std::lock_guard lock(guard_);
    ahead_ += time;
    turn(nullptr);
}

void Fake::set_terms(ledger::Duration term, ledger::Duration grace)
{
    const std::lock_guard lock(guard_);
    term_ = term;
    grace_ = grace;
    ask(ledger::SetTerms{.term = term, .grace = grace, .validity = validity_});
}

void Fake::set_validity(ledger::Duration validity)
{
    const std::lock_guard lock(guard_);
    validity_ = validity;
    ask(ledger::SetTerms{.term = term_, .grace = grace_, .validity = validity_});
}

std::unique_ptr<Door> Fake::door()
{
    return std::make_unique<FakeDoor>(*this);
}

ledger::Now Fake::now() const
{
    const auto wall = std::chrono::floor<ledger::Duration>(std::chrono::system_clock::now());
    const auto steady =
        std::chrono::floor<ledger::Duration>(Clock::now().time_since_epoch()) + ahead_;
    return {std::max(wall + ahead_, ledger_.calendar_floor()), ledger::SteadyInstant(steady)};
}

ledger::Answer Fake::turn(const ledger::Command* command)
{
    const ledger::Now at = now();
    const auto settle = [&] {
        for (auto facts = ledger_.settle(at); !facts.empty(); facts = ledger_.settle(at))
            record(facts, at);
    };
    settle();
    if (command == nullptr)
        return ledger::Done{};
    ledger::Verdict verdict = ledger_.decide(*command, at);
    record(verdict.facts, at);
    settle();
    return std::move(verdict.answer);
}

void Fake::record(const std::vector<ledger::Fact>& facts, ledger::Now at)
{
    for (const ledger::Fact& fact : facts) {
        const auto message = ledger_.message_about(fact);
        ledger_.apply(fact, at.calendar);
        if (!message)
            continue;
        for (const auto& [id, peer] : peers_) {
            if (message->to && message->to != id)
                continue;
            fill(peer->inbox.emplace_back(), message->notice);
            peer->bell.ring();
        }
    }
}

void Fake::end_connections()
{
    for (const auto& [id, peer] : peers_) {
        ask(ledger::LoseConnection{id, {}}); // What it watched; its leases have their term.
        peer->is_over = true;
        peer->bell.ring();
    }
    peers_.clear();
}

ledger::Duration Fake::nap() const
{
    ledger::Duration nap = std::chrono::hours(1);
    const ledger::Now at = now();
    if (const auto deadline = ledger_.next_deadline())
        nap = std::min(nap, *deadline - at.steady);
    if (const auto boundary = ledger_.next_boundary())
        nap = std::min(nap, *boundary - at.calendar);
    return std::max(nap, ledger::Duration(0));
}

} // namespace usher::client
