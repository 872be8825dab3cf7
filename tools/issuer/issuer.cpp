#include "tools/issuer/issuer.hpp"

#include "protocol/text.hpp"

#include <algorithm>

namespace usher::issuer {
namespace {

using ledger::Code;

Refusal invalid(const std::string& what)
{
    return {.code = Code::document_invalid, .detail = what};
}

Refusal unknown(const std::string& license)
{
    return {.code = Code::unknown_license, .subject = license};
}

Instant whole_seconds(Instant at)
{
    return std::chrono::floor<std::chrono::seconds>(at);
}

/// What a buyer is given, and what is kept of it.
struct FreshCode {
    std::string text;
    trust::PublicKey key;
};

FreshCode fresh_code(const std::string& license)
{
    std::string text = trust::new_activation_code(license);
    const auto opened = trust::activation_code_from(text);
    return {std::move(text), std::get<trust::ActivationCode>(opened).key.public_key()};
}

/// Where hosts are known to, as people see it: a name may be anybody's, a key is one host's.
std::string host_of(const std::string& name, const trust::PublicKey& node)
{
    return name + " (" + trust::base64url(node).substr(0, 8) + ")";
}

/// What a release is about: what is active; or, where nothing is, what came last by a transfer,
/// which may be one too many for the next host. Null: neither.
const Grant* to_release(const Account& account)
{
    if (account.active != 0)
        return account.grant(account.active);
    const auto last = std::ranges::find_if(account.grants, [&](const Grant& grant) {
        return grant.is_transfer && grant.was_active && grant.node == account.last_node;
    });
    return account.is_waived || last == account.grants.end() ? nullptr : &*last;
}

} // namespace

std::variant<std::string, Refusal> Issuer::answer(std::string_view document, Instant now,
                                                  const std::string& who)
{
    const auto open = [&](auto opened, auto judged) -> Answer {
        if (const auto* error = std::get_if<trust::DocumentError>(&opened))
            return invalid(error->what);
        return judged(std::get<0>(opened));
    };
    const auto kind = trust::document_kind(document);
    if (kind == trust::DocumentKind::activation_request)
        return open(trust::open_activation_request(document),
                    [&](const auto& request) { return answer(request, now, who); });
    if (kind == trust::DocumentKind::transfer_request)
        return open(trust::open_transfer_request(document),
                    [&](const auto& request) { return answer(request, now, who); });
    if (kind == trust::DocumentKind::receipt)
        return open(trust::open_receipt(document),
                    [&](const auto& receipt) { return answer(receipt, document, now, who); });
    if (kind == trust::DocumentKind::showing)
        return open(trust::open_showing(document),
                    [&](const auto& showing) { return answer(showing, now, who); });
    return invalid(kind ? "an issuer has no use for a " + std::string(trust::word(*kind))
                        : "it is no document of Usher");
}

Issuer::Answer Issuer::answer(const trust::ActivationRequest& request, Instant now,
                              const std::string& who)
{
    Answer answer;
    record_.decide([&] {
        auto account = record_.account(request.license, {.nonce = request.nonce});
        Ruling ruling = judge(account, request, now);
        if (account)
            answer = give(*account, std::move(ruling), request.lock, who, request.host, now);
        else
            answer = std::get<Refusal>(ruling);
    });
    return answer;
}

Issuer::Answer Issuer::answer(const trust::TransferRequest& request, Instant now,
                              const std::string& who)
{
    Answer answer;
    record_.decide([&] {
        auto account = record_.account(request.license, {.number = request.source.number});
        Ruling ruling = judge(account, request, now);
        const Grant* const source = account ? account->grant(request.source.number) : nullptr;
        if (source != nullptr && source->node == request.source.node)
            answer = give(*account, std::move(ruling), request.lock, who, request.host, now);
        else
            answer = std::get<Refusal>(ruling); // A stranger's: there is nothing to note.
    });
    return answer;
}

/// Writes down what was ruled, and signs it.
Issuer::Answer Issuer::give(Account& account, Ruling ruling, const trust::NodeLockTerms& lock,
                            const std::string& who, const std::string& host, Instant now)
{
    if (auto* no = std::get_if<Refusal>(&ruling)) {
        note_refusal(account, *no, host_of(host, lock.node), who, now);
        return std::move(*no);
    }
    if (auto* again = std::get_if<Again>(&ruling))
        return std::move(again->document);
    Grant& grant = std::get<Grant>(ruling);
    grant.document = activation(account, grant, lock);
    account.last = grant.number;
    if (grant.was_active) {
        account.active = grant.number;
        account.last_node = grant.node;
        account.last_kind = grant.kind;
        account.is_waived = false;
    }
    record_.put(account);
    const std::string& license = account.sold.license.number;
    record_.put(license, grant);
    record_.add({.at = now,
                 .who = who,
                 .license = license,
                 .what = grant.after != 0 ? "ticket given"
                         : grant.ends     ? "activated in an emergency"
                                          : "activated",
                 .host = host_of(grant.host, grant.node),
                 .number = grant.number});
    return grant.document;
}

std::string Issuer::activation(const Account& account, const Grant& grant,
                               const trust::NodeLockTerms& lock)
{
    trust::Activation made{.license = account.sold.license,
                           .number = grant.number,
                           .nonce = grant.after == 0 ? grant.nonce : std::nullopt,
                           .issuer = record_.address(),
                           .check = account.sold.check,
                           .made = grant.made,
                           .load_by = grant.load_by,
                           .after = {}};
    made.license.vendor = vendor_.name;
    made.license.lock = lock;
    made.license.lock->need = account.sold.need;
    if (grant.ends && (!made.license.to || *grant.ends < *made.license.to))
        made.license.to = grant.ends;
    if (grant.after != 0)
        made.after = trust::ActivationMark{account.grant(grant.after)->node, grant.after};
    return trust::sign_activation(made, vendor_.key);
}

Issuer::Answer Issuer::answer(const trust::Receipt& receipt, std::string_view text, Instant now,
                              const std::string& who)
{
    std::optional<Refusal> no;
    record_.decide([&] { no = take(receipt, text, now, who); });
    if (no)
        return *std::move(no);
    return say(receipt.license, receipt.ended.number, trust::nonce_of(text), false, now);
}

/// Within a decision. None: it is received, now or before.
std::optional<Refusal> Issuer::take(const trust::Receipt& receipt, std::string_view text,
                                    Instant now, const std::string& who)
{
    text = protocol::without_surrounding_space(text);
    auto account = record_.account(receipt.license, {.nonce = {},
                                                     .number = receipt.ended.number,
                                                     .other = receipt.to ? receipt.to->number : 0});
    auto ruling = judge(account, receipt, text);
    if (auto* no = std::get_if<Refusal>(&ruling)) {
        const Grant* const ended = account ? account->grant(receipt.ended.number) : nullptr;
        if (ended != nullptr && ended->node == receipt.ended.node)
            note_refusal(*account, *no, host_of(ended->host, ended->node), who, now);
        return std::move(*no);
    }
    const Handover handover = std::get<Handover>(ruling);
    if (handover.is_known)
        return std::nullopt;
    Grant ended = *account->grant(handover.ended);
    ended.receipt = text;
    record_.put(receipt.license, ended);
    AuditLine line{.at = now,
                   .who = who,
                   .license = receipt.license,
                   .what = "receipt received",
                   .host = host_of(ended.host, ended.node),
                   .number = ended.number};
    record_.add(line);
    account->active = handover.successor;
    if (handover.successor != 0) {
        Grant ticket = *account->grant(handover.successor);
        ticket.was_active = true;
        account->last_node = ticket.node;
        account->last_kind = ticket.kind;
        record_.put(receipt.license, ticket);
        line.what = "activated by ticket";
        line.host = host_of(ticket.host, ticket.node);
        line.number = ticket.number;
        record_.add(line);
    }
    record_.put(*account);
    return std::nullopt;
}

Issuer::Answer Issuer::answer(const trust::Showing& showing, Instant now, const std::string& who)
{
    Answer answer;
    record_.decide([&] {
        if (showing.receipt) // A no to it is said by what is alive.
            (void)take(*showing.receipt, showing.receipt_text, now, who);
        const auto account = record_.account(showing.license, {.number = showing.active.number});
        const auto ruling = judge(account, showing, now);
        if (const auto* no = std::get_if<Refusal>(&ruling)) {
            answer = *no;
            return;
        }
        const bool active = std::get<bool>(ruling);
        Grant shown = *account->grant(showing.active.number);
        const bool is_news = !shown.seen || now - *shown.seen >= std::chrono::hours(1);
        const bool has_started = active && (!shown.started || *shown.started < showing.started);
        if (is_news)
            shown.seen = now;
        if (has_started)
            shown.started = showing.started;
        if (is_news || has_started)
            record_.put(showing.license, shown);
        if (!active)
            note_refusal(*account, {.code = Code::not_active_here}, host_of(shown.host, shown.node),
                         who, now);
        answer = say(showing.license, showing.active.number, showing.nonce, active, now);
    });
    return answer;
}

std::string Issuer::say(const std::string& license, std::uint64_t number, const trust::Nonce& nonce,
                        bool active, Instant now) const
{
    return trust::sign_issuer_answer({.vendor = vendor_.name,
                                      .license = license,
                                      .number = number,
                                      .nonce = nonce,
                                      .active = active,
                                      .made = whole_seconds(now)},
                                     vendor_.key);
}

/// A no that is said again within a day, as to a host that tries each minute, is not written again:
/// nobody shall fill the disk by asking. Wrong codes are not written at all, for anybody can send
/// them; nor is what a host wants that never had this license.
void Issuer::note_refusal(const Account& account, const Refusal& no, const std::string& host,
                          const std::string& who, Instant now)
{
    if (no.code == Code::bad_activation_code)
        return;
    const std::string& license = account.sold.license.number;
    const AuditLine line{.at = now,
                         .who = who,
                         .license = license,
                         .what = "refused " + std::string(ledger::word(no.code)),
                         .host = host};
    if (!record_.has(line, now - std::chrono::hours(24)))
        record_.add(line);
}

// By the vendor's own people.

std::string Issuer::sell(const Sold& sold, Instant now, const std::string& who)
{
    const std::string& license = sold.license.number;
    const FreshCode fresh = fresh_code(license);
    record_.decide([&] {
        auto account = record_.account(license, {});
        const bool is_new = !account;
        if (!account)
            account.emplace();
        account->sold = sold;
        account->code = fresh.key;
        record_.put(*account);
        record_.add({.at = now,
                     .who = who,
                     .license = license,
                     .what = is_new ? "sold" : "sold anew, with another code",
                     .host = {}});
    });
    return fresh.text;
}

std::variant<std::string, Refusal> Issuer::renew_code(const std::string& license, Instant now,
                                                      const std::string& who)
{
    std::optional<Sold> sold;
    record_.decide([&] {
        if (const auto account = record_.account(license, {}))
            sold = account->sold;
    });
    if (!sold)
        return unknown(license);
    return sell(*sold, now, who);
}

std::variant<std::string, Refusal> Issuer::release(const std::string& license, Instant now,
                                                   const std::string& who)
{
    return decide_about(license, [&](Account& account) -> Answer {
        const Grant* const ended = to_release(account);
        if (ended == nullptr)
            return Refusal{.code = Code::not_active_here, .subject = license};
        record_.add({.at = now,
                     .who = who,
                     .license = license,
                     .what = "released by the vendor",
                     .host = host_of(ended->host, ended->node),
                     .number = ended->number});
        account.active = 0;
        account.is_waived = true;
        record_.put(account);
        return ended->host;
    });
}

std::variant<std::string, Refusal> Issuer::emergency(const std::string& license, Instant now,
                                                     const std::string& who)
{
    return decide_about(license, [&](Account& account) -> Answer {
        const FreshCode fresh = fresh_code(license);
        account.emergency = {fresh.key, whole_seconds(now) + emergency_time};
        record_.put(account);
        record_.add({.at = now,
                     .who = who,
                     .license = license,
                     .what = "emergency code given",
                     .host = {}});
        return fresh.text;
    });
}

Issuer::Answer Issuer::decide_about(const std::string& license,
                                    const std::function<Answer(Account&)>& rule)
{
    Answer answer = unknown(license);
    record_.decide([&] {
        if (auto account = record_.account(license, {}))
            answer = rule(*account);
    });
    return answer;
}

} // namespace usher::issuer
