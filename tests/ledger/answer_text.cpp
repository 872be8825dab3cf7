#include "tests/ledger/answer_text.hpp"

#include "tests/ledger/scene.hpp"

namespace usher::ledger::test {
namespace {

std::string seconds(Duration duration)
{
    return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(duration).count()) + "s";
}

std::string_view state_word(LeaseState::State state)
{
    switch (state) {
    case LeaseState::State::held: return "held";
    case LeaseState::State::locked: return "locked";
    case LeaseState::State::waiting: return "waiting";
    case LeaseState::State::unknown: return "unknown";
    }
    return "";
}

std::string text_of(const RequirementId& id)
{
    return id.product.name.text + "/" + std::string(word(id.consumer.kind)) + ":" +
           id.consumer.name;
}

std::string text_of(const RequirementView& one)
{
    std::string text = text_of(one.id) + "=" + std::string(word(one.status)) + " " +
                       std::to_string(one.has) + "/" + std::to_string(one.need);
    for (const RequirementView::Cover& cover : one.covers)
        text += " by=" + cover.pool.text + ":" + std::to_string(cover.units);
    if (one.trigger)
        text += " trigger=" + one.trigger->text;
    if (one.behind)
        text += " behind=" + text_of(*one.behind) + " (" + one.because + ")";
    if (one.model)
        text += " per=" + std::string(word(*one.model));
    if (one.members > 0)
        text += " members=" + std::to_string(one.members);
    return text + (one.note.empty() ? "" : " note=" + one.note);
}

struct Words {
    std::string operator()(const Done&) const { return "ok"; }
    std::string operator()(const Refusal& refusal) const { return to_words(refusal); }
    std::string operator()(const Granted& granted) const
    {
        return "granted pool=" + granted.pool.text + " product=" + granted.product.text +
               " units=" + std::to_string(granted.units) + " term=" + seconds(granted.term) +
               " kind=" + std::string(word(granted.kind)) + (granted.shares_seat ? " shares" : "");
    }
    std::string operator()(const Waiting& waiting) const
    {
        return "waiting position=" + std::to_string(waiting.position) +
               " code=" + to_words(waiting.refusal);
    }
    std::string operator()(const Renewed& renewed) const
    {
        std::string states;
        std::string reasons;
        for (const LeaseState& lease : renewed.leases) {
            states += (states.empty() ? "" : ",") + std::string(state_word(lease.state));
            if (lease.refusal)
                reasons += " code=" + to_words(*lease.refusal);
            if (!lease.ended_because.empty())
                reasons += " because=" + lease.ended_because;
        }
        return states + reasons + " term=" + seconds(renewed.term);
    }
    std::string operator()(const Greeted& greeted) const
    {
        return "welcome identity=" + greeted.identity.text +
               " role=" + std::string(word(greeted.role)) + " term=" + seconds(greeted.term) +
               " grace=" + seconds(greeted.grace) + " mode=" + std::string(word(greeted.mode)) +
               " documents=" + std::to_string(greeted.documents->size());
    }
    std::string operator()(const Picture&) const { return "picture"; }
    std::string operator()(const PoolState& state) const
    {
        return "state pool=" + (state.pool.empty() ? "-" : state.pool.text) +
               " stock=" + (state.unlimited ? "unlimited" : std::to_string(state.stock)) +
               " held=" + std::to_string(state.held) +
               (state.locked ? " locked " + to_words(*state.locked) : " open") +
               " valid=" + seconds(state.validity);
    }
    std::string operator()(const Registered& registered) const
    {
        return "registered taken=" + std::to_string(registered.taken) +
               " already=" + std::to_string(registered.already) +
               " pool=" + registered.pool.pool.text +
               " held=" + std::to_string(registered.pool.held);
    }
    std::string operator()(const LeaseList& list) const
    {
        std::string text = "leases=" + std::to_string(list.leases.size());
        for (const Lease& lease : list.leases)
            text += " " + name_of(lease.id) + "@" + lease.pool.text;
        return text + " after=" + std::to_string(list.after);
    }
    std::string operator()(const RequirementList& list) const
    {
        std::string text = "required count=" + std::to_string(list.requirements.size());
        for (const RequirementView& one : list.requirements)
            text += " " + text_of(one.id) + "=" + std::string(word(one.status));
        return text + (list.after ? " more" : "");
    }
    std::string operator()(const PrincipalList& list) const
    {
        std::string text = "principals count=" + std::to_string(list.rows.size());
        for (const PrincipalList::Row& row : list.rows)
            text += " " + row.device.text + "=" + row.user.text;
        return text + (list.after ? " more" : "");
    }
    std::string operator()(const Explanation& told) const { return text_of(told.requirement); }
    std::string operator()(const Compliance& compliance) const
    {
        std::string text = "compliance";
        for (const ComplianceRow& row : compliance.rows)
            text += " " + row.product.name.text + "/" + std::string(word(row.model)) +
                    ":owned=" + (row.unlimited ? "unlimited" : std::to_string(row.owned)) +
                    ",used=" + std::to_string(row.used) + ",free=" + std::to_string(row.free) +
                    ",needed=" + std::to_string(row.needed) +
                    ",short=" + std::to_string(row.shortfall) +
                    ",downgrades=" + std::to_string(row.downgrades) +
                    ",changes=" + std::to_string(row.changes) +
                    ",unconfirmed=" + std::to_string(row.unconfirmed);
        return text;
    }
    std::string operator()(const Forecast& forecast) const
    {
        std::string text = "forecast locks=" + std::to_string(forecast.locks) +
                           " ended=" + std::to_string(forecast.leases_ended) +
                           " moved=" + std::to_string(forecast.leases_moved);
        if (forecast.stay_locked > 0)
            text += " stay=" + std::to_string(forecast.stay_locked);
        if (forecast.refusal)
            text += " refused " + to_words(*forecast.refusal);
        for (const Forecast::PoolChange& pool : forecast.pools)
            text += " " + pool.pool.text + ":" + std::to_string(pool.stock_before) + ">" +
                    std::to_string(pool.stock_after) + ":" + std::to_string(pool.held_before) +
                    ">" + std::to_string(pool.held_after) +
                    (pool.locked_after ? ":short=" + std::to_string(pool.short_by) : "") +
                    (pool.is_new ? ":new" : "") + (pool.is_gone ? ":gone" : "");
        return text;
    }
    std::string operator()(const Refusals& refusals) const
    {
        std::string text = "refusals=" + std::to_string(refusals.newest_first.size());
        for (const Denied& denied : refusals.newest_first)
            text += " " + denied.user.text + ":" + denied.profile.text + ":" +
                    std::string(word(denied.refusal.code));
        return text;
    }

    std::string operator()(const Concerns& concerns) const
    {
        std::string text = "concerns=" + std::to_string(concerns.size());
        for (const Concern& one : concerns)
            text += " " + one.license.text + ":" + std::to_string(one.number) + ":" +
                    (one.receipt      ? *one.receipt
                     : one.has_lapsed ? "lapsed"
                                      : "active") +
                    "@" + one.issuer +
                    (one.due ? ":" + std::to_string((*one.due - noon) / 1h) + "h" : "");
        return text;
    }
    std::string operator()(const Handed& handed) const
    {
        return "handed document=" + *handed.document + " number=" + std::to_string(handed.number) +
               (handed.issuer.empty() ? "" : " issuer=" + handed.issuer) +
               (handed.delivered ? " delivered" : "");
    }

    std::string operator()(const Showing& showing) const
    {
        return "showing number=" + std::to_string(showing.number) +
               (showing.redeemed.empty() ? "" : " redeemed=" + showing.redeemed) +
               (showing.issuer.empty() ? "" : " issuer=" + showing.issuer);
    }
    std::string operator()(const MoveBegun& begun) const
    {
        std::string text = "begun facts=" + std::to_string(begun.facts) +
                           (begun.has_departed ? " departed" : "") +
                           (begun.is_confirmed ? " confirmed" : "");
        for (const MoveBegun::License& one : begun.licenses)
            text += " " + one.license.text + ":" + std::to_string(one.number) +
                    (one.receipt ? ":" + *one.receipt : "");
        return text;
    }
    std::string operator()(const StreamPart& part) const
    {
        return "part from=" + std::to_string(part.from) +
               " count=" + std::to_string(part.facts.size()) + (part.has_more ? " more" : "") +
               (part.is_end ? " end" : "");
    }
    std::string operator()(const Receipts& receipts) const
    {
        std::string text = "departed redirect=" + receipts.redirect;
        for (const auto& receipt : receipts.receipts)
            text += " " + *receipt;
        return text;
    }
    std::string operator()(const Position& position) const
    {
        return "at position=" + std::to_string(position.position) +
               (position.arrived ? " arrived" : "");
    }
    std::string operator()(const Arrival& arrival) const
    {
        return "arrived position=" + std::to_string(arrival.position);
    }

    std::string operator()(const WaitEnded& ended) const
    {
        return name_of(ended.id) + " ended " + std::string(word(ended.reason)) +
               " code=" + to_words(ended.refusal) +
               (ended.note.empty() ? "" : " note=" + ended.note);
    }
    std::string operator()(const SeatLost& lost) const
    {
        return name_of(lost.id) + " lost " + std::string(word(lost.reason)) +
               (lost.note.empty() ? "" : " note=" + lost.note);
    }
    std::string operator()(const StateChanged& changed) const
    {
        return "told party=" + (changed.party.empty() ? "-" : changed.party.text) +
               " asked=" + changed.asked.text + " " + (*this)(changed.state);
    }
    std::string operator()(const ModeChanged& changed) const
    {
        return "all mode=" + std::string(word(changed.mode));
    }
    std::string operator()(const Redirected& redirected) const
    {
        return "all redirect=" + redirected.document;
    }
    std::string operator()(const CredentialGone& gone) const
    {
        return "all credential=" + gone.name;
    }
};

} // namespace

std::string to_words(const Refusal& refusal)
{
    std::string text(word(refusal.code));
    const auto say = [&](const char* key, const std::string& value) {
        if (!value.empty())
            text += " " + std::string(key) + "=" + value;
    };
    const auto count = [&](const char* key, const std::optional<Units>& units) {
        say(key, units ? std::to_string(*units) : "");
    };
    say("subject", refusal.subject);
    say("redirect", refusal.redirect);
    say("wanted", refusal.wanted);
    say("because", refusal.because ? std::string(word(*refusal.because)) : "");
    count("stock", refusal.stock);
    count("held", refusal.held);
    count("want", refusal.want);
    count("short", refusal.short_by);
    count("queue", refusal.queue);
    say("root", refusal.root);
    if (refusal.row)
        say("row", std::to_string(*refusal.row));
    std::string holders;
    for (const Holder& holder : refusal.holders)
        holders += (holders.empty() ? "" : ",") + holder.user.text + "@" + holder.device.text;
    say("holders", holders);
    return text;
}

std::string to_words(const Answer& answer)
{
    return std::visit(Words{}, answer);
}

std::string to_words(const Notice& notice)
{
    if (const auto* granted = std::get_if<Granted>(&notice))
        return name_of(granted->id) + " " + Words{}(*granted);
    return std::visit(Words{}, notice);
}

std::string sentences(const Answer& answer)
{
    std::string text;
    if (const auto* done = std::get_if<Done>(&answer))
        for (const auto* told : {&done->warnings, &done->changes})
            for (const std::string& line : *told)
                text += line + "\n";
    if (const auto* handed = std::get_if<Handed>(&answer))
        for (const std::string& warning : handed->warnings)
            text += warning + "\n";
    if (const auto* begun = std::get_if<MoveBegun>(&answer))
        for (const std::string& warning : begun->warnings)
            text += warning + "\n";
    if (const auto* forecast = std::get_if<Forecast>(&answer)) {
        for (const std::string& warning : forecast->warnings)
            text += warning + "\n";
        for (const Forecast::PoolChange& pool : forecast->pools)
            for (const std::string& cure : pool.cures)
                text += pool.pool.text + ": " + cure + "\n";
    }
    if (const auto* told = std::get_if<Explanation>(&answer))
        for (const auto* list : {&told->because, &told->obstacles, &told->what_if})
            for (const std::string& line : *list)
                text += line + "\n";
    if (const auto* refusal = std::get_if<Refusal>(&answer)) {
        text = sentence(*refusal) + "\n";
        for (const std::string& cure : cures(*refusal))
            text += cure + "\n";
    }
    return text;
}

} // namespace usher::ledger::test
