#include "daemon/clerk.hpp"

#include "client/courier.hpp"
#include "daemon/agenda.hpp"
#include "daemon/server/activation.hpp"
#include "daemon/server/inbox.hpp"
#include "daemon/server/peer_log.hpp"

#include <algorithm>
#include <atomic>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <spdlog/spdlog.h>
#include <string>
#include <utility>
#include <variant>

namespace usher::daemon {
namespace {

using client::Instant;
using ledger::Concern;
using Outcome = Agenda::Outcome;

/// No hall gives it to a connection.
constexpr ledger::ConnectionId clerk_id{std::numeric_limits<std::uint64_t>::max()};

/// How often it looks whether something is due.
constexpr auto look_interval = std::chrono::seconds(1);

/// Longest for one look, so that the next one sees what has come meanwhile. An issuer whose record
/// is busy answers within.
constexpr auto look_time = std::chrono::seconds(15);

/// Longest for an answer of the desk. One that has ended must not hold up the start that says so.
constexpr auto desk_time = std::chrono::seconds(2);

} // namespace

struct Clerk::Inside {
    using Premises = std::shared_ptr<const server::Premises>;

    Inside(const server::Clock& the_clock, Premises the_premises)
        : clock(the_clock), premises(std::move(the_premises)), agenda(premises->started)
    {}

    void look(server::Desk& desk, Instant until);
    void tell(server::Desk& desk, std::span<const Concern> of_one_issuer, Instant until);
    Outcome tell(server::Desk& desk, const Concern& concern, const std::string& document,
                 Instant until);
    Outcome hear(server::Desk& desk, const Concern& concern, const std::string& document);
    std::shared_ptr<const std::string> showing(server::Desk& desk, const Concern& concern);
    void log_changes(const ledger::Concerns& concerns);
    void log_missed(const std::string& issuer, const client::Failure& failure);
    void log_reached(const std::string& issuer);
    std::optional<ledger::Answer> ask(server::Desk& desk, ledger::Command command);
    std::optional<ledger::Answer> letter(std::uint64_t request);
    [[nodiscard]] bool is_stopping() const { return stopping.load(std::memory_order_acquire); }

    const server::Clock& clock;

    // Any thread.
    using Message = std::variant<server::Letter, Premises>;
    server::Inbox<Message> inbox;
    server::Bell bell;
    server::Bell ending; ///< Rung once, and then for ever.
    std::atomic<bool> stopping = false;
    std::atomic<std::uint64_t> pulse = 0;

    // The clerk's thread.
    Premises premises;
    Agenda agenda;
    std::uint64_t asked = 0;
    std::set<ledger::EntitlementId> lapsed;
    std::set<std::string> unreachable; ///< Issuers.
    /// Showings that nobody has answered yet, by the number that they show: to try again costs the
    /// journal nothing.
    std::map<ledger::EntitlementId, std::pair<std::uint64_t, std::shared_ptr<const std::string>>>
        showings;
};

/// One issuer that does not answer must not use up the time of the others: each has an equal share
/// of what is left.
void Clerk::Inside::look(server::Desk& desk, Instant until)
{
    const auto answer = ask(desk, ledger::ListConcerns{});
    const auto* const concerns = answer ? std::get_if<ledger::Concerns>(&*answer) : nullptr;
    if (concerns == nullptr)
        return;
    log_changes(*concerns);
    const std::vector<Concern> due = agenda.due(*concerns, clock.now());
    std::set<std::string_view> left;
    for (const Concern& concern : due)
        left.insert(concern.issuer);
    for (std::span<const Concern> rest = due; !rest.empty() && !is_stopping();) {
        const auto is_other = [&](const Concern& one) { return one.issuer != rest[0].issuer; };
        const auto end = std::ranges::find_if(rest, is_other);
        const auto count = static_cast<std::size_t>(end - rest.begin());
        const auto share =
            std::max(until - client::Clock::now(), client::Duration(0)) / left.size();
        tell(desk, rest.first(count), client::Clock::now() + share);
        left.erase(rest[0].issuer);
        rest = rest.subspan(count);
    }
}

/// Whom nobody reaches for the first thing is not tried for the next; what there is no time for is
/// due at the next look.
void Clerk::Inside::tell(server::Desk& desk, std::span<const Concern> of_one_issuer, Instant until)
{
    Outcome outcome = Outcome::said_yes;
    for (const Concern& concern : of_one_issuer) {
        if (outcome != Outcome::missed) {
            if (client::Clock::now() >= until)
                return;
            const auto document = concern.receipt ? concern.receipt : showing(desk, concern);
            if (document == nullptr || is_stopping())
                return; // It has ended meanwhile.
            outcome = tell(desk, concern, *document, until);
        }
        if (outcome != Outcome::missed && !concern.receipt)
            showings.erase(concern.license);
        agenda.note(concern, outcome, clock.now());
    }
}

Outcome Clerk::Inside::tell(server::Desk& desk, const Concern& concern, const std::string& document,
                            Instant until)
{
    const client::Errand errand =
        client::carry(concern.issuer, document, premises->server, {until, ending.descriptor()});
    if (const auto* failure = std::get_if<client::Failure>(&errand)) {
        log_missed(concern.issuer, *failure);
        return Outcome::missed;
    }
    log_reached(concern.issuer);
    if (const auto* no = std::get_if<v1::Refused>(&errand)) {
        spdlog::warn("issuer would not say license={} activation={} code={} text={}",
                     server::quoted(concern.license.text), concern.number,
                     server::quoted(no->code()), server::quoted(no->text(), 256));
        const bool is_busy = no->code() == ledger::word(ledger::Code::limit_reached);
        return is_busy ? Outcome::missed : Outcome::refused;
    }
    return hear(desk, concern, std::get<std::string>(errand));
}

/// The issuer's answer goes the way of every operator's.
Outcome Clerk::Inside::hear(server::Desk& desk, const Concern& concern, const std::string& document)
{
    auto translation = server::load_issuer_answer(document, *premises);
    std::optional<ledger::Refusal> no;
    bool is_active = false;
    if (auto* const refusal = std::get_if<ledger::Refusal>(&translation)) {
        no = std::move(*refusal);
    } else {
        ledger::Command& command = std::get<server::Asked>(translation).command;
        is_active = std::get<ledger::HearIssuer>(command).active;
        const auto answer = ask(desk, std::move(command));
        if (!answer)
            return Outcome::missed;
        if (const auto* refused = std::get_if<ledger::Refusal>(&*answer))
            no = *refused;
    }
    if (no && no->code == ledger::Code::document_used) { // By a showing that an operator made.
        showings.erase(concern.license);
        return Outcome::missed;
    }
    if (no) {
        spdlog::warn("issuer is not believed license={} activation={} code={} text={}",
                     server::quoted(concern.license.text), concern.number, ledger::word(no->code),
                     server::quoted(ledger::sentence(*no), 256));
        return Outcome::refused;
    }
    if (!concern.receipt)
        return is_active ? Outcome::said_yes : Outcome::said_no;
    spdlog::info("receipt delivered license={} activation={}", server::quoted(concern.license.text),
                 concern.number);
    return Outcome::said_yes;
}

/// Null: it is not active any more, or the daemon stops.
std::shared_ptr<const std::string> Clerk::Inside::showing(server::Desk& desk,
                                                          const Concern& concern)
{
    const auto known = showings.find(concern.license);
    if (known != showings.end() && known->second.first == concern.number)
        return known->second.second;
    v1::ShowingMake make;
    make.set_license(concern.license.text);
    make.set_number(concern.number);
    auto translation = server::make_showing(make);
    auto* const asked_for = std::get_if<server::Asked>(&translation);
    if (asked_for == nullptr)
        return nullptr;
    const auto answer = ask(desk, std::move(asked_for->command));
    const auto* const shown = answer ? std::get_if<ledger::Showing>(&*answer) : nullptr;
    if (shown == nullptr)
        return nullptr;
    auto document = std::make_shared<const std::string>(server::sign_showing(*shown, *premises));
    showings[concern.license] = {concern.number, document};
    return document;
}

void Clerk::Inside::log_changes(const ledger::Concerns& concerns)
{
    std::set<ledger::EntitlementId> lapsed_now;
    for (const Concern& concern : concerns) {
        if (concern.receipt)
            continue;
        if (concern.has_lapsed)
            lapsed_now.insert(concern.license);
        if (concern.has_lapsed && !lapsed.contains(concern.license))
            spdlog::warn("lapsed license={} activation={}", server::quoted(concern.license.text),
                         concern.number);
        if (!concern.has_lapsed && lapsed.contains(concern.license))
            spdlog::info("healed license={} activation={}", server::quoted(concern.license.text),
                         concern.number);
    }
    lapsed = std::move(lapsed_now);
}

void Clerk::Inside::log_missed(const std::string& issuer, const client::Failure& failure)
{
    if (!is_stopping() && unreachable.insert(issuer).second)
        spdlog::warn("issuer unreachable at={} text={}; it is tried again each minute",
                     server::quoted(issuer, 256), server::quoted(failure.text, 256));
}

void Clerk::Inside::log_reached(const std::string& issuer)
{
    if (unreachable.erase(issuer) > 0)
        spdlog::info("issuer reached again at={}", server::quoted(issuer, 256));
}

/// None: the daemon stops, or its desk does not answer.
std::optional<ledger::Answer> Clerk::Inside::ask(server::Desk& desk, ledger::Command command)
{
    const std::uint64_t request = ++asked;
    const Instant until = client::Clock::now() + desk_time;
    desk.ask({clerk_id, request, std::move(command)});
    while (!is_stopping()) {
        if (auto answer = letter(request))
            return answer;
        const auto left =
            std::chrono::ceil<std::chrono::microseconds>(until - client::Clock::now());
        if (left.count() <= 0)
            break;
        bell.sleep(left);
    }
    return std::nullopt;
}

/// The answer to `request`, if it has come.
std::optional<ledger::Answer> Clerk::Inside::letter(std::uint64_t request)
{
    std::optional<ledger::Answer> answer;
    std::vector<Message> messages;
    inbox.take_all(messages);
    for (Message& message : messages) {
        if (auto* const newest = std::get_if<Premises>(&message)) {
            premises = std::move(*newest);
            continue;
        }
        auto& come = std::get<server::Letter>(message);
        if (come.request == request)
            answer = std::get<ledger::Answer>(std::move(come.text));
    }
    return answer;
}

Clerk::Clerk(const server::Clock& clock, std::shared_ptr<const server::Premises> premises)
    : inside_(std::make_unique<Inside>(clock, std::move(premises)))
{}

Clerk::~Clerk() = default;

void Clerk::begin(server::Desk& desk, std::chrono::milliseconds time_max)
{
    inside_->look(desk, client::Clock::now() + time_max);
}

void Clerk::run(server::Desk& desk)
{
    while (!inside_->is_stopping()) {
        inside_->look(desk, client::Clock::now() + look_time);
        inside_->pulse.fetch_add(1, std::memory_order_release);
        inside_->bell.sleep(look_interval);
    }
}

void Clerk::stop()
{
    inside_->stopping.store(true, std::memory_order_release);
    inside_->ending.ring();
    inside_->bell.ring();
}

void Clerk::receive(std::vector<server::Letter>& letters)
{
    const auto is_mine = [](const server::Letter& letter) { return letter.to == clerk_id; };
    if (std::ranges::none_of(letters, is_mine))
        return;
    for (server::Letter& letter : letters)
        if (is_mine(letter))
            inside_->inbox.put(std::move(letter));
    std::erase_if(letters, is_mine);
    inside_->bell.ring();
}

void Clerk::adopt(std::shared_ptr<const server::Premises> premises)
{
    inside_->inbox.put(std::move(premises));
    inside_->bell.ring();
}

void Clerk::wake()
{
    inside_->bell.ring();
}

std::uint64_t Clerk::pulse() const
{
    return inside_->pulse.load(std::memory_order_acquire);
}

} // namespace usher::daemon
