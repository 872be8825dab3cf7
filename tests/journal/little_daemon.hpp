#pragma once

#include "daemon/journal/sqlite_journal.hpp"
#include "daemon/ledger/ledger.hpp"
#include "tests/journal/house.hpp"

#include <memory>
#include <string>
#include <utility>
#include <variant>

namespace usher::journal::test {

/// A daemon without a network: one question a turn, as the desk would serve it.
class LittleDaemon {
  public:
    explicit LittleDaemon(const std::filesystem::path& file) : journal_(file)
    {
        journal_.replay([this](const Turn& turn) {
            for (const ledger::Fact& fact : turn.facts)
                ledger_.apply(fact, turn.at);
        });
        now_.calendar = std::max(day(0), ledger_.calendar_floor());
        ask(ledger::Start{});
    }

    ledger::Answer ask(const ledger::Command& command)
    {
        std::vector<ledger::Fact> facts;
        settle(facts);
        ledger::Verdict verdict = ledger_.decide(command, now_);
        record(verdict.facts, facts);
        settle(facts);
        journal_.append(now_.calendar, facts);
        return std::move(verdict.answer);
    }

    void pass(ledger::Duration time)
    {
        now_.calendar += time;
        now_.steady += time;
        ask(ledger::Look{});
    }

    void take_snapshot() { journal_.snapshot(ledger_.calendar_floor(), ledger_.facts()); }

    [[nodiscard]] std::vector<ledger::Fact> facts() const { return ledger_.facts(); }

  private:
    void record(const std::vector<ledger::Fact>& news, std::vector<ledger::Fact>& facts)
    {
        for (const ledger::Fact& fact : news) {
            ledger_.apply(fact, now_.calendar);
            facts.push_back(fact);
        }
    }
    void settle(std::vector<ledger::Fact>& facts)
    {
        for (auto news = ledger_.settle(now_); !news.empty(); news = ledger_.settle(now_))
            record(news, facts);
    }

    ledger::Ledger ledger_;
    SqliteJournal journal_;
    ledger::Now now_;
};

inline ledger::Checkout checkout(int number, const std::string& profile,
                                 ledger::Duration patience = {})
{
    ledger::Checkout command;
    command.asker = {{"key:office"}, {}};
    command.id.bytes[15] = static_cast<std::uint8_t>(number);
    command.tag = {static_cast<std::uint64_t>(number)};
    command.profile = {profile};
    command.user = {"user" + std::to_string(number)};
    command.device = {"device" + std::to_string(number)};
    command.patience = patience;
    return command;
}

inline ledger::Install license(const std::string& id, const std::string& profile,
                               ledger::Units quantity)
{
    ledger::Install command;
    command.by = {"local:root"};
    command.entitlement = {.id = {id},
                           .root = {id},
                           .product = {{"acme"}, {profile}},
                           .quantity = quantity,
                           .document = std::make_shared<const std::string>("signed " + id)};
    command.profile = {profile};
    return command;
}

/// A day in which a bit of everything happens: grants, waits, refusals, silence, maintenance.
inline void live_a_day(LittleDaemon& daemon)
{
    using namespace std::chrono_literals;
    daemon.ask(license("1", "Server", 100));
    daemon.ask(license("2", "Session", 2));
    for (int i = 1; i <= 3; ++i)
        daemon.ask(checkout(i, "Server"));
    for (int i = 11; i <= 12; ++i)
        daemon.ask(checkout(i, "Session"));
    daemon.ask(checkout(13, "Session"));
    daemon.ask(checkout(14, "Session", 1h));
    daemon.ask(checkout(15, "Session", 1h));
    daemon.ask(ledger::Checkin{{{"key:office"}, {}}, checkout(11, "").id});
    daemon.ask(ledger::Revoke{{"local:root"}, {2}, "needed elsewhere"});
    ledger::Credential key{.name = "office"};
    key.digest.bytes.fill(0xab);
    daemon.ask(ledger::IssueCredential{{"local:root"}, key});
    daemon.ask(ledger::SetMode{{"local:root"}, ledger::Mode::maintenance});
    daemon.ask(ledger::RenameProfile{{"local:root"}, {"Session"}, {"Solver"}});
    daemon.ask(ledger::SetUsers{{"local:root"}, {"1"}, std::set<ledger::UserName>{{"user1"}}});
    daemon.ask(ledger::SetMode{{"local:root"}, ledger::Mode::serving});
    daemon.ask(checkout(21, "Solver"));
    daemon.pass(30s);
    daemon.ask(checkout(22, "Solver"));
    daemon.ask(ledger::RevokeCredential{{"local:root"}, "office"});
}

} // namespace usher::journal::test
