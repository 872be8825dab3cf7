#include "daemon/ledger/refusal.hpp"

#include "daemon/ledger/wordings.hpp"

#include <array>
#include <cassert>

namespace usher::ledger {
namespace {

constexpr bool each_code_has_its_wording()
{
    for (std::size_t i = 0; i < wordings.size(); ++i)
        if (static_cast<std::size_t>(wordings[i].code) != i)
            return false;
    return wordings.size() == static_cast<std::size_t>(Code::unsupported) + 1;
}
static_assert(each_code_has_its_wording());

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
    if (refusal.code == Code::leases_outstanding && refusal.detail == "users")
        return company_with_users;
    if (refusal.code == Code::insufficient_units && refusal.detail == "granted")
        return all_granted;
    if (refusal.code == Code::not_leasable && refusal.detail == "paper")
        return on_paper;
    if (refusal.code == Code::pool_locked && !refusal.root.empty())
        return refusal.donor.empty() ? locked_alone : locked_child;
    if (refusal.code == Code::would_overcommit && !refusal.detail.empty())
        return pools_would_lack;
    if (refusal.code == Code::no_free_seat && refusal.row)
        return full_for_rows;
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

std::optional<Units> units(std::string_view key, const Refusal& refusal)
{
    if (key == "stock")
        return refusal.stock;
    if (key == "held")
        return refusal.held;
    if (key == "want")
        return refusal.want;
    if (key == "spare")
        return refusal.spare;
    assert(key == "short");
    return refusal.short_by;
}

/// `is` or `are`, of `is|are`.
std::string_view form(std::string_view forms, const std::optional<Units>& count)
{
    const std::size_t bar = forms.find('|');
    return count == Units(1) ? forms.substr(0, bar) : forms.substr(bar + 1);
}

std::string value(std::string_view key, const Refusal& refusal)
{
    if (const std::size_t mark = key.find_first_of(":?"); mark != std::string_view::npos) {
        const std::optional<Units> count = units(key.substr(0, mark), refusal);
        const std::string words(form(key.substr(mark + 1), count));
        return key[mark] == ':' ? number(count) + " " + words : words;
    }
    if (key == "subject")
        return refusal.wanted.empty()
                   ? refusal.subject
                   : refusal.subject + ", which " + refusal.wanted + " stands on,";
    if (key == "detail")
        return refusal.detail;
    if (key == "host")
        return refusal.host;
    if (key == "root")
        return refusal.root;
    if (key == "donor")
        return refusal.donor;
    if (key == "retry_at")
        return number(refusal.retry_at);
    if (key == "because")
        return refusal.because ? " (" + std::string(word(*refusal.because)) + ")" : "";
    if (key == "queue")
        return refusal.queue && *refusal.queue > 0
                   ? ", and " + std::to_string(*refusal.queue) + " wait"
                   : "";
    return number(units(key, refusal));
}

/// The text with what the refusal carries in its places.
std::string filled(std::string_view rest, const Refusal& refusal)
{
    std::string text;
    while (!rest.empty()) {
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

} // namespace

std::string_view word(Code code)
{
    return wording(code).word;
}

std::string sentence(const Refusal& refusal)
{
    const std::string where =
        refusal.row ? "row " + std::to_string(*refusal.row) + ": " : std::string();
    return where + filled(wording(refusal).sentence, refusal);
}

std::vector<std::string> cures(const Refusal& refusal)
{
    // What ended the right to the units is cured first; giving seats back would not bring it back.
    const Wording& said = refusal.because ? wording(*refusal.because) : wording(refusal);
    std::vector<std::string> list;
    for (const std::string_view cure : said.cures)
        if (!cure.empty())
            list.push_back(filled(cure, refusal));
    return list;
}

} // namespace usher::ledger
