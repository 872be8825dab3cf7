#include "tools/issuer/judge.hpp"

#include "protocol/text.hpp"

#include <algorithm>
#include <cassert>

namespace usher::issuer {
namespace {

using ledger::Code;

Refusal used(std::string detail)
{
    return {.code = Code::document_used, .detail = std::move(detail)};
}

Refusal of(Code code, const Account& account, std::string detail = {})
{
    return {.code = code, .subject = account.sold.license.number, .detail = std::move(detail)};
}

/// The same whether there is no such license or another code, so that guessing teaches nothing.
Refusal bad_code()
{
    return {.code = Code::bad_activation_code,
            .detail = ": it is none of this license, or not any more"};
}

std::optional<Refusal> objection_to_age(Instant made, Instant now)
{
    if (now - made > request_age_max)
        return Refusal{.code = Code::document_expired, .detail = "it was made over 30 days ago"};
    if (made - now > clock_ahead_max)
        return Refusal{.code = Code::document_expired,
                       .detail = "it was made more than 2 days from now"};
    return std::nullopt;
}

/// The guards that a request and a transfer share.
std::optional<Refusal> objection_to_terms(const Account& account, const trust::NodeLockTerms& lock)
{
    const Sold& sold = account.sold;
    if (!sold.kinds.contains(lock.kind))
        return of(Code::nodelock_kind_not_allowed, account,
                  "it is sold as " + *sold.kinds.begin() + " only");
    if (account.last_kind == "machine" && lock.kind == "personal")
        return of(Code::nodelock_kind_locked, account);
    if (lock.identifiers.size() < sold.need)
        return Refusal{.code = Code::document_invalid,
                       .detail = "identifiers: are fewer than the " + std::to_string(sold.need) +
                                 " that must agree"};
    return std::nullopt;
}

/// Whether a ticket may still become an activation; its host has not been heard of since.
bool is_outstanding(const Account& account, const Grant& grant, Instant now)
{
    return grant.after != 0 && grant.after == account.active && !grant.was_active &&
           now < grant.load_by;
}

/// Tickets count as if they were used: else any number of them would be a way around the limit. But
/// two for the same host are one move that is tried again.
std::vector<Instant> transfers(const Account& account, const trust::PublicKey& target, Instant now)
{
    std::vector<Instant> made;
    std::set<trust::PublicKey> waiting{target};
    for (const Grant& grant : account.grants)
        if (grant.was_active
                ? grant.is_transfer
                : is_outstanding(account, grant, now) && waiting.insert(grant.node).second)
            made.push_back(grant.made);
    std::ranges::sort(made, std::greater<>());
    return made;
}

std::optional<Refusal> objection_to_transfer(const Account& account,
                                             const trust::NodeLockTerms& lock, Instant now)
{
    const TransferLimit limit = transfer_limit(lock.kind);
    const std::vector<Instant> made = transfers(account, lock.node, now);
    if (made.size() < limit.count || now >= made[limit.count - 1] + limit.time)
        return std::nullopt;
    Refusal no = of(Code::transfer_limit, account);
    no.retry_at = made[limit.count - 1] + limit.time;
    return no;
}

Grant next_grant(const Account& account, const trust::NodeLockTerms& lock, std::string host,
                 const trust::Nonce& nonce, Instant now)
{
    const Instant made = std::chrono::floor<std::chrono::seconds>(now);
    return {.number = account.last + 1,
            .node = lock.node,
            .host = std::move(host),
            .kind = lock.kind,
            .made = made,
            .load_by = made + load_time,
            .nonce = nonce};
}

bool is_emergency(const Account& account, const trust::PublicKey& code, Instant now)
{
    return account.emergency && account.emergency->code == code && now < account.emergency->until;
}

Ruling judge_emergency(const Account& account, const trust::ActivationRequest& request, Instant now)
{
    const Instant until = account.emergency->until;
    const Grant* const alive = account.alive(now);
    if (alive != nullptr && alive->ends && alive->node != request.lock.node) {
        Refusal no = of(Code::already_active, account); // One emergency, one host.
        no.host = alive->host;
        return no;
    }
    if (account.sold.license.from && *account.sold.license.from >= until)
        return of(Code::not_yet_valid, account);
    Grant grant = next_grant(account, request.lock, request.host, request.nonce, now);
    grant.ends = until;
    grant.was_active = true;
    return grant;
}

} // namespace

TransferLimit transfer_limit(std::string_view kind)
{
    using std::chrono::hours;
    return kind == "personal" ? TransferLimit{3, hours(24)} : TransferLimit{3, hours(24 * 365)};
}

Ruling judge(const std::optional<Account>& account, const trust::ActivationRequest& request,
             Instant now)
{
    if (!account)
        return bad_code();
    const trust::PublicKey& node = request.lock.node;
    for (const Grant& grant : account->grants)
        if (grant.after == 0 && grant.node == node && grant.nonce == request.nonce) {
            if (grant.number == account->active)
                return Again{grant.document};
            return used("what it asked for was given, and has ended since");
        }
    const bool is_for_emergency = is_emergency(*account, request.code, now);
    if (!is_for_emergency && account->code != request.code)
        return bad_code();
    if (auto no = objection_to_age(request.made, now))
        return *std::move(no);
    if (account->sold.license.to && now >= *account->sold.license.to)
        return of(Code::expired, *account);
    if (auto no = objection_to_terms(*account, request.lock))
        return *std::move(no);
    if (is_for_emergency)
        return judge_emergency(*account, request, now);
    const Grant* const alive = account->alive(now);
    if (alive != nullptr && (alive->node != node || account->has_tickets())) {
        Refusal no = of(Code::already_active, *account);
        no.host = alive->host;
        if (alive->node == node)
            no.detail = "a move from there was prepared, whose receipt the issuer has not seen";
        return no;
    }
    const bool is_transfer = account->last_node != trust::PublicKey{} &&
                             account->last_node != node && !account->is_waived;
    if (is_transfer)
        if (auto no = objection_to_transfer(*account, request.lock, now))
            return *std::move(no);
    Grant grant = next_grant(*account, request.lock, request.host, request.nonce, now);
    grant.is_transfer = is_transfer;
    grant.was_active = true;
    return grant;
}

Ruling judge(const std::optional<Account>& account, const trust::TransferRequest& request,
             Instant now)
{
    if (!account)
        return Refusal{.code = Code::unknown_license, .subject = request.license};
    if (auto no = objection_to_age(request.made, now))
        return *std::move(no);
    const Grant* const alive = account->alive(now);
    const bool is_source = alive != nullptr && alive->node == request.source.node &&
                           alive->number == request.source.number;
    if (!is_source)
        return of(Code::not_active_here, *account);
    if (alive->ends) // It is for a lost host until that is replaced, and goes nowhere else.
        return of(Code::nodelock_kind_not_allowed, *account, "an emergency activation stays");
    // One that has ended counts nowhere, and must not keep back the server that it stands on.
    if (auto no = objection_to_terms(*account, request.lock))
        return *std::move(no);
    // One move that is tried again gets the same ticket, so that trying costs nothing.
    for (const Grant& grant : account->grants)
        if (is_outstanding(*account, grant, now) && grant.node == request.lock.node) {
            const auto ticket = trust::read_activation_unverified(grant.document);
            const auto* const given = std::get_if<trust::Activation>(&ticket);
            trust::NodeLockTerms lock = request.lock;
            lock.need = account->sold.need;
            if (given != nullptr && given->license.lock == lock && grant.host == request.host &&
                now < grant.made + load_time / 2)
                return Again{grant.document};
        }
    if (auto no = objection_to_transfer(*account, request.lock, now))
        return *std::move(no);
    Grant grant = next_grant(*account, request.lock, request.host, request.nonce, now);
    grant.is_transfer = true;
    grant.after = alive->number;
    return grant;
}

std::variant<Handover, Refusal> judge(const std::optional<Account>& account,
                                      const trust::Receipt& receipt, std::string_view text)
{
    if (!account)
        return Refusal{.code = Code::unknown_license, .subject = receipt.license};
    const Grant* const ended = account->grant(receipt.ended.number);
    if (ended == nullptr || ended->node != receipt.ended.node)
        return used("this issuer gave that host no activation " +
                    std::to_string(receipt.ended.number));
    Handover handover{.ended = ended->number,
                      .successor = receipt.to ? receipt.to->number : 0,
                      .is_known = !ended->receipt.empty()};
    if (handover.is_known) {
        if (ended->receipt == protocol::without_surrounding_space(text))
            return handover;
        return used("another receipt of that activation was received before");
    }
    if (ended->number != account->active)
        return used("that activation has ended before");
    if (ended->started && receipt.made < *ended->started)
        return used("its host has started again since, with that activation alive");
    if (receipt.to) {
        const Grant* const ticket = account->grant(receipt.to->number);
        if (ticket == nullptr || ticket->node != receipt.to->node || ticket->after != ended->number)
            return used("this issuer gave no such ticket");
    }
    return handover;
}

std::variant<bool, Refusal> judge(const std::optional<Account>& account,
                                  const trust::Showing& showing, Instant now)
{
    if (!account)
        return Refusal{.code = Code::unknown_license, .subject = showing.license};
    const Grant* const shown = account->grant(showing.active.number);
    if (shown == nullptr || shown->node != showing.active.node)
        return used("this issuer gave that host no activation " +
                    std::to_string(showing.active.number));
    return account->alive(now) == shown;
}

} // namespace usher::issuer
