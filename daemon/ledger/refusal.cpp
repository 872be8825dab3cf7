#include "daemon/ledger/refusal.hpp"

#include <array>
#include <cassert>

namespace usher::ledger {
namespace {

/// How a refusal is said and cured. `{subject}`, `{wanted}`, `{detail}`, `{because}`, `{host}`,
/// `{retry_at}` and the numbers `{stock}`, `{held}`, `{want}`, `{short}`, `{queue}` stand for what
/// the refusal carries.
struct Wording {
    Code code;
    std::string_view word;
    std::string_view sentence;
    std::array<std::string_view, 3> cures; ///< Empty ones are left out.
};

constexpr auto wordings = std::to_array<Wording>({
    {Code::bad_request,
     "BAD_REQUEST",
     "the request cannot be understood: {detail}",
     {"correct the request; it is refused the same way every time"}},
    {Code::bad_name,
     "BAD_NAME",
     "{subject} is not a name: {detail}",
     {"use 1 to 256 bytes of UTF-8 that show what they are, without angle brackets"}},
    {Code::bad_quantity,
     "BAD_QUANTITY",
     "{want} is no quantity for {subject}",
     {"ask for a whole number from 1 on, within the limits"}},
    {Code::not_allowed,
     "NOT_ALLOWED",
     "this needs another role: {detail}",
     {"ask an operator who has that role"}},
    {Code::unknown_credential,
     "UNKNOWN_CREDENTIAL",
     "{subject} is not known here, or was revoked",
     {"ask the operator for a key or certificate of this server"}},
    {Code::in_maintenance,
     "IN_MAINTENANCE",
     "the server is in maintenance and lends nothing new",
     {"try again when maintenance has ended", "usher maintenance off"}},
    {Code::not_in_maintenance,
     "NOT_IN_MAINTENANCE",
     "this is done in maintenance mode only",
     {"usher maintenance on"}},
    {Code::server_ending, "SERVER_ENDING", "the server is stopping", {"try again in a moment"}},
    {Code::server_departed,
     "SERVER_DEPARTED",
     "what this server lent is lent by another one now: {detail}",
     {"ask that server"}},
    {Code::server_arriving,
     "SERVER_ARRIVING",
     "the server is taking over from another one",
     {"try again in a moment", "usher move, to finish what was begun"}},
    {Code::unknown_profile,
     "UNKNOWN_PROFILE",
     "there is no profile {subject}",
     {"usher status lists the profiles there are", "usher profile add"}},
    {Code::unknown_pool,
     "UNKNOWN_POOL",
     "there is no pool {subject}",
     {"usher pool list shows the pools there are"}},
    {Code::unknown_license,
     "UNKNOWN_LICENSE",
     "there is no license {subject}",
     {"usher license list shows the licenses there are"}},
    {Code::unknown_lease,
     "UNKNOWN_LEASE",
     "there is no such lease{detail}",
     {"check out again", "usher leases shows the leases there are"}},
    {Code::lease_id_reused,
     "LEASE_ID_REUSED",
     "this lease id belongs to another checkout",
     {"make a new random id for each checkout"}},
    {Code::name_taken, "NAME_TAKEN", "the name {subject} is taken", {"choose another name"}},
    {Code::list_full,
     "LIST_FULL",
     "{want} named users are more than the {stock} that {subject} may list",
     {"take users off the list", "buy more units"}},
    {Code::not_registered_user,
     "NOT_REGISTERED_USER",
     "{detail} is not a named user of {subject}",
     {"ask the operator to add the user: usher pool users"}},
    {Code::nodelock_mismatch,
     "NODELOCK_MISMATCH",
     "{subject} is locked to another host",
     {"usher doctor shows which identifiers of this host changed",
      "give the vendor the output of usher node for a license of this host"}},
    {Code::expired, "EXPIRED", "{subject} has expired", {"renew it with the vendor"}},
    {Code::not_yet_valid,
     "NOT_YET_VALID",
     "{subject} is not valid yet",
     {"wait for its first day: usher license list", "check this server's clock"}},
    {Code::not_active_here,
     "NOT_ACTIVE_HERE",
     "{subject} is not active on this server",
     {"usher license install", "usher activate, with the vendor's activation code"}},
    {Code::activation_pending,
     "ACTIVATION_PENDING",
     "{subject} waits for the response to its activation request",
     {"usher activation load, with the vendor's response", "usher activation cancel"}},
    {Code::activation_lapsed,
     "ACTIVATION_LAPSED",
     "{subject} has lapsed: this host did not show itself to the issuer in time, or was refused",
     {"usher license check", "ask the vendor where the license is active"}},
    {Code::state_in_doubt,
     "STATE_IN_DOUBT",
     "{subject} may have ended here: this host's counter does not show that the state directory is "
     "the newest",
     {"usher license check, for the issuer to say that it is active here",
      "usher activate, with the vendor's activation code",
      "usher doctor shows what the counter says"}},
    {Code::pool_locked,
     "POOL_LOCKED",
     "{subject} is locked: {held} units are held and it has {stock}, {short} too few{because}",
     {"give seats back", "buy more units", "ask the operator to revoke seats: usher revoke"}},
    {Code::no_free_seat,
     "NO_FREE_SEAT",
     "no free seats available: {held} of {stock} units of {subject} are held{queue}",
     {"wait for one: --wait", "ask a holder to give a seat back",
      "ask the operator to revoke a seat: usher revoke"}},
    {Code::capacity_exceeded,
     "CAPACITY_EXCEEDED",
     "a capacity of {want} is more than the {stock} units behind profile {subject}",
     {"lower the capacity", "add pools to the profile"}},
    {Code::limit_reached,
     "LIMIT_REACHED",
     "a limit of this server is reached: {detail}",
     {"try again later", "ask the operator to raise the limit"}},
    {Code::leases_outstanding,
     "LEASES_OUTSTANDING",
     "{held} units of {subject} are still held",
     {"wait until they are given back", "usher revoke", "--force, to end them all"}},
    {Code::license_invalid,
     "LICENSE_INVALID",
     "this is not a valid license: {detail}",
     {"use the file as the vendor sent it; not a byte of it may change"}},
    {Code::unknown_vendor,
     "UNKNOWN_VENDOR",
     "the license was not signed by a trusted vendor: {detail}",
     {"add the vendor's key to vendor_keys in usherd.toml and reload"}},
    {Code::already_installed,
     "ALREADY_INSTALLED",
     "license {subject} is installed already",
     {"usher license remove, to replace it"}},
    {Code::bad_activation_code,
     "BAD_ACTIVATION_CODE",
     "this is no activation code{detail}",
     {"type it as the vendor sent it", "ask the vendor for a new code"}},
    {Code::already_active,
     "ALREADY_ACTIVE",
     "license {subject} is active on {host}",
     {"usher deactivate there, and deliver its receipt", "ask the vendor, if that host is lost"}},
    {Code::transfer_limit,
     "TRANSFER_LIMIT",
     "license {subject} was moved as often as it may be; the next move is possible from {retry_at}",
     {"activate it where it was last", "wait until then", "ask the vendor"}},
    {Code::nodelock_kind_locked,
     "NODELOCK_KIND_LOCKED",
     "license {subject} is locked to a machine, and cannot become personal",
     {"--kind machine"}},
    {Code::nodelock_kind_not_allowed,
     "NODELOCK_KIND_NOT_ALLOWED",
     "license {subject} is not sold with this kind of node-lock: {detail}",
     {"choose another --kind"}},
    {Code::document_invalid,
     "DOCUMENT_INVALID",
     "this document is not what it should be: {detail}",
     {"use the file as it was made; not a byte of it may change"}},
    {Code::document_expired,
     "DOCUMENT_EXPIRED",
     "this document is too old, or of a clock that is wrong: {detail}",
     {"make a new one", "check the clocks of both hosts"}},
    {Code::document_used,
     "DOCUMENT_USED",
     "this document is of no use any more: {detail}",
     {"usher license list shows what is active", "make a new request"}},
    {Code::product_mismatch,
     "PRODUCT_MISMATCH",
     "{subject} is another product than what stands here: {detail}",
     {"usher license list shows what stands here", "ask the vendor"}},
    {Code::not_movable,
     "NOT_MOVABLE",
     "license {subject} cannot be moved: {detail}",
     {"usher license check", "ask the vendor for an activation code", "usher license remove"}},
    {Code::target_not_empty,
     "TARGET_NOT_EMPTY",
     "the server that should take over has licenses of its own",
     {"usher license remove, there", "take a new server"}},
    {Code::unsupported,
     "UNSUPPORTED",
     "this server does not know that request: {detail}",
     {"upgrade the server"}},
});

constexpr bool each_code_has_its_wording()
{
    for (std::size_t i = 0; i < wordings.size(); ++i)
        if (static_cast<std::size_t>(wordings[i].code) != i)
            return false;
    return wordings.size() == static_cast<std::size_t>(Code::unsupported) + 1;
}
static_assert(each_code_has_its_wording());

// Where the same no needs other words.

constexpr Wording no_default{Code::unknown_profile,
                             "UNKNOWN_PROFILE",
                             "no profile was named, and this server has no default one",
                             {"name a profile: usher status lists them", "usher profile default"}};
constexpr Wording active_here{Code::already_active,
                              "ALREADY_ACTIVE",
                              "license {subject} is active on this server",
                              {"usher deactivate, for a receipt that frees it"}};
constexpr Wording active_over_tickets{Code::already_active,
                                      "ALREADY_ACTIVE",
                                      "license {subject} is active on {host}, and {detail}",
                                      {"usher move, to finish what was begun",
                                       "usher receipt --deliver, if it has ended there",
                                       "ask the vendor to release it"}};
constexpr Wording nothing_to_move{Code::not_movable,
                                  "NOT_MOVABLE",
                                  "there is nothing to move: this server has no license",
                                  {"usher status shows what a server has",
                                   "--server or --socket, of the one that has the licenses"}};
constexpr Wording without_activation{
    Code::not_active_here,
    "NOT_ACTIVE_HERE",
    "license {subject} was never activated here: {detail}",
    {"usher license remove", "ask the vendor for an activation code"}};
constexpr Wording counter_away{
    Code::state_in_doubt,
    "STATE_IN_DOUBT",
    "no receipt leaves this server while the counter of its TPM is not reached",
    {"usher doctor shows why; make it work again and restart usherd",
     "node.tpm = \"none\" in usherd.toml and a restart give the counter up"}};
constexpr Wording beyond_stock{
    Code::no_free_seat,
    "NO_FREE_SEAT",
    "no free seats available: {want} units of {subject} are wanted, and it has {stock}",
    {"ask for fewer units", "buy more units"}};

const Wording& wording(Code code)
{
    return wordings[static_cast<std::size_t>(code)];
}

const Wording& wording(const Refusal& refusal)
{
    if (refusal.code == Code::unknown_profile && refusal.subject.empty())
        return no_default;
    if (refusal.code == Code::already_active && refusal.host.empty())
        return active_here;
    if (refusal.code == Code::already_active && !refusal.detail.empty())
        return active_over_tickets;
    if (refusal.code == Code::state_in_doubt && refusal.subject.empty())
        return counter_away;
    if (refusal.code == Code::not_movable && refusal.subject.empty())
        return nothing_to_move;
    if (refusal.code == Code::not_active_here && !refusal.detail.empty())
        return without_activation;
    if (refusal.code == Code::no_free_seat && refusal.want && refusal.stock &&
        *refusal.want > *refusal.stock)
        return beyond_stock;
    return wording(refusal.code);
}

std::string number(const std::optional<Units>& units)
{
    return units ? std::to_string(*units) : "unlimited";
}

/// `2031-01-16 12:00:00 UTC`
std::string number(const std::optional<CalendarInstant>& instant)
{
    if (!instant)
        return "later";
    const auto day = std::chrono::floor<std::chrono::days>(*instant);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss of_day(std::chrono::floor<std::chrono::seconds>(*instant - day));
    std::array<char, 64> text{};
    const int size = std::snprintf(text.data(), text.size(), "%04d-%02u-%02u %02d:%02d:%02d UTC",
                                   int(date.year()), unsigned(date.month()), unsigned(date.day()),
                                   int(of_day.hours().count()), int(of_day.minutes().count()),
                                   int(of_day.seconds().count()));
    return {text.data(), static_cast<std::size_t>(size)};
}

std::string value(std::string_view key, const Refusal& refusal)
{
    if (key == "subject")
        return refusal.wanted.empty()
                   ? refusal.subject
                   : refusal.subject + ", which " + refusal.wanted + " stands on,";
    if (key == "detail")
        return refusal.detail;
    if (key == "host")
        return refusal.host;
    if (key == "retry_at")
        return number(refusal.retry_at);
    if (key == "because")
        return refusal.because ? " (" + std::string(word(*refusal.because)) + ")" : "";
    if (key == "queue")
        return refusal.queue && *refusal.queue > 0
                   ? ", and " + std::to_string(*refusal.queue) + " wait"
                   : "";
    if (key == "stock")
        return number(refusal.stock);
    if (key == "held")
        return number(refusal.held);
    if (key == "want")
        return number(refusal.want);
    assert(key == "short");
    return number(refusal.short_by);
}

} // namespace

std::string_view word(Code code)
{
    return wording(code).word;
}

std::string sentence(const Refusal& refusal)
{
    std::string text;
    for (std::string_view rest = wording(refusal).sentence; !rest.empty();) {
        const std::size_t open = rest.find('{');
        text += rest.substr(0, open);
        if (open == std::string_view::npos)
            break;
        const std::size_t close = rest.find('}', open);
        text += value(rest.substr(open + 1, close - open - 1), refusal);
        rest.remove_prefix(close + 1);
    }
    return text;
}

std::vector<std::string> cures(const Refusal& refusal)
{
    // What ended the right to the units is cured first; giving seats back would not bring it back.
    const Wording& said = refusal.because ? wording(*refusal.because) : wording(refusal);
    std::vector<std::string> list;
    for (const std::string_view cure : said.cures)
        if (!cure.empty())
            list.emplace_back(cure);
    return list;
}

} // namespace usher::ledger
