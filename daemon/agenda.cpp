#include "daemon/agenda.hpp"

#include <algorithm>

namespace usher::daemon {

std::vector<ledger::Concern> Agenda::due(const ledger::Concerns& concerns, ledger::Now now)
{
    std::map<Key, Tried> known;
    std::vector<ledger::Concern> due;
    for (const ledger::Concern& concern : concerns) {
        const Tried tried = tried_[key_of(concern)];
        known.emplace(key_of(concern), tried);
        const bool is_wanted = concern.receipt || !tried.is_heard || concern.has_lapsed ||
                               (concern.due && now.calendar >= *concern.due);
        if (is_wanted && now.steady >= tried.not_before && !is_in_hand(concern, now))
            due.push_back(concern);
    }
    tried_ = std::move(known);
    std::ranges::sort(due, {}, [](const ledger::Concern& concern) {
        return std::tuple<const std::string&, Key>(concern.issuer, key_of(concern));
    });
    return due;
}

void Agenda::note(const ledger::Concern& concern, Outcome outcome, ledger::Now now)
{
    Tried& tried = tried_[key_of(concern)];
    tried.is_heard = tried.is_heard || outcome == Outcome::said_yes || outcome == Outcome::said_no;
    switch (outcome) {
    case Outcome::said_yes: tried.not_before = {}; break;
    case Outcome::said_no:
    case Outcome::refused: tried.not_before = now.steady + again_after_no; break;
    case Outcome::missed: tried.not_before = now.steady + again_after_miss; break;
    }
}

bool Agenda::is_in_hand(const ledger::Concern& concern, ledger::Now now) const
{
    return concern.shown && *concern.shown >= started_ && now.calendar < *concern.shown + in_hand;
}

Agenda::Key Agenda::key_of(const ledger::Concern& concern)
{
    return {concern.license, concern.number, concern.receipt != nullptr};
}

} // namespace usher::daemon
