#include "tests/world/server.hpp"

#include "daemon/journal/sqlite_journal.hpp"
#include "daemon/ledger/scheme.hpp"
#include "daemon/ledger/state.hpp"
#include "daemon/server/session.hpp"
#include "daemon/trust/signature.hpp"

#include <utility>

namespace usher::world {

class Server::WatchedJournal final : public journal::Journal {
  public:
    WatchedJournal(Server& server, const std::filesystem::path& file)
        : server_(server), journal_(file)
    {}

    void replay(const std::function<void(const journal::Turn&)>& visit) override
    {
        journal_.replay(visit);
    }
    std::uint64_t append(ledger::CalendarInstant at, std::span<const ledger::Fact> facts) override
    {
        if (std::exchange(server_.dies_at_, leave(Moment::before_commit)) == Moment::before_commit)
            throw Died();
        const std::uint64_t number = journal_.append(at, facts);
        server_.outlook_.when_durable(server_.ledger_);
        if (std::exchange(server_.dies_at_, leave(Moment::after_commit)) == Moment::after_commit)
            throw Died();
        return number;
    }
    void snapshot(ledger::CalendarInstant at, std::span<const ledger::Fact> facts) override
    {
        journal_.snapshot(at, facts);
    }
    [[nodiscard]] std::uint64_t turns_since_snapshot() const override
    {
        return journal_.turns_since_snapshot();
    }

  private:
    /// What is armed, unless it is `moment`.
    [[nodiscard]] Moment leave(Moment moment) const
    {
        return server_.dies_at_ == moment ? Moment::never : server_.dies_at_;
    }

    Server& server_;
    journal::SqliteJournal journal_;
};

Server::Server(const std::filesystem::path& journal, const server::Premises& premises,
               const WorldClock& clock, Rules rules, Outlook outlook)
    : outlook_(std::move(outlook)), clock_(clock),
      journal_(std::make_unique<WatchedJournal>(*this, journal)), hall_([&]() -> server::Hall& {
          halls_.push_back(std::make_unique<server::Hall>(
              0, 1, server::Rules{std::make_shared<const server::Premises>(premises), rules.limits},
              std::make_shared<server::Usage>(1), clock));
          return *halls_.front();
      }()),
      desk_(ledger_, *journal_, clock_,
            server::Desk::Limits{.turns_per_snapshot = rules.turns_per_snapshot},
            [this](std::vector<server::Letter>&& letters) {
                outlook_.when_posted(letters);
                deliver(std::move(letters), halls_);
            })
{
    journal_->replay([this](const journal::Turn& turn) {
        for (const ledger::Fact& fact : turn.facts)
            ledger_.apply(fact, turn.at);
    });
}

Server::~Server()
{
    halls_.clear(); // Sessions look at the desk until they go.
}

void Server::start()
{
    desk_.open(ledger::Start{});
    drain();
}

void Server::configure(std::span<const std::string> keys)
{
    ledger::SetSchemes schemes;
    const auto presets = ledger::preset_schemes();
    schemes.schemes.assign(presets.begin(), presets.end());
    ledger::Scheme teams{.name = "teams"};
    teams.has_children = true;
    teams.asks_maintenance = teams.restarts_leases = false;
    schemes.schemes.push_back(teams);
    desk_.ask({{}, 0, std::move(schemes)});
    for (const std::string& key : keys) {
        const std::string name = "key of " + key.substr(key.rfind('-') + 1);
        if (!ledger_.state().credentials.contains(name))
            desk_.ask({{},
                       0,
                       ledger::IssueCredential{.by = {"local:root"},
                                               .credential = {.name = name,
                                                              .kind = ledger::Credential::Kind::key,
                                                              .role = ledger::Role::application,
                                                              .digest = {trust::sha256(key)}}}});
    }
    serve_desk();
}

void Server::seat(const std::shared_ptr<Wire>& wire, bool is_operator, std::uint64_t address)
{
    server::Visitor visitor;
    visitor.channel = std::make_unique<WireChannel>(wire);
    visitor.origin[0] = static_cast<std::uint8_t>(address);
    visitor.is_local = is_operator;
    visitor.peer.address = "patron";
    if (is_operator) {
        visitor.peer.local_user = "root";
        visitor.peer.local_admin = true;
    }
    auto session = std::make_shared<server::Session>(hall_, desk_, std::move(visitor));
    wire->connection = session->id();
    hall_.seat(std::move(session));
    drain();
}

bool Server::serve(Wire& wire)
{
    const bool has_served = wire.serve_waiter();
    drain();
    return has_served;
}

void Server::look_at_deadlines()
{
    hall_.look_at_deadlines();
    drain();
}

void Server::serve_desk()
{
    desk_.serve();
    drain();
}

void Server::await_holders()
{
    desk_.ask({{}, 0, ledger::AwaitHolders{}});
}

void Server::stop()
{
    hall_.wind_down([] {});
    drain();
    serve_desk();
    desk_.close();
}

/// What was posted to the hall's thread, which is ours.
void Server::drain()
{
    hall_.context().restart();
    while (hall_.context().poll() > 0) {
    }
}

} // namespace usher::world
