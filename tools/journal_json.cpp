#include "tools/journal_json.hpp"

#include "daemon/trust/node.hpp"
#include "daemon/trust/signature.hpp"
#include "protocol/answers.hpp"
#include "tools/fact_teller.hpp"
#include "tools/instants.hpp"
#include "tools/pool_fact_json.hpp"
#include "tools/printable.hpp"
#include "tools/requirement_fact_json.hpp"

#include <ranges>
#include <span>
#include <variant>

namespace usher::tools {
namespace {

/// As status names a host.
std::string node_text(const ledger::NodeKey& key)
{
    return trust::short_name_of(key.bytes);
}

Json refusal_json(const ledger::Refusal& refusal)
{
    Json json{{"code", word(refusal.code)}, {"text", sentence(refusal)}};
    const auto tell = [&](const char* key, const std::optional<ledger::Units>& units) {
        if (units)
            json[key] = *units;
    };
    tell("stock", refusal.stock);
    tell("held", refusal.held);
    tell("want", refusal.want);
    tell("short", refusal.short_by);
    tell("queue", refusal.queue);
    tell("row", refusal.row);
    for (const ledger::Holder& holder : refusal.holders)
        json["holders"].push_back({{"user", holder.user.text},
                                   {"device", holder.device.text},
                                   {"lease", protocol::to_text(holder.lease)},
                                   {"units", holder.units},
                                   {"since", instant(holder.since)}});
    if (!refusal.host.empty())
        json["host"] = refusal.host;
    if (refusal.retry_at)
        json["retry_at"] = instant(*refusal.retry_at);
    return json;
}

/// No catch-all: a new fact does not compile until it can be told.
struct Told {
    Json operator()(const ledger::ProductDefined& fact) const
    {
        return Teller("product_defined")
            .tell("product", fact.product.id.name)
            .tell("vendor", fact.product.id.vendor)
            .tell("requires", fact.product.requires_product)
            .tell_text("model", fact.product.model ? std::string(word(*fact.product.model)) : "");
    }
    Json operator()(const ledger::EntitlementRemoved& fact) const
    {
        return Teller("license_removed").tell("license", fact.id).tell("by", fact.by);
    }
    Json operator()(const ledger::NodeLockSeen& fact) const
    {
        return Teller("node_lock_seen")
            .tell("license", fact.id)
            .tell("on_this_node", Json(fact.on_this_node));
    }
    Json operator()(const ledger::PoolRemoved& fact) const
    {
        return Teller("pool_removed").tell("pool", fact.pool);
    }
    Json operator()(const ledger::Posted& fact) const
    {
        return Teller("posted")
            .tell("from", Json(fact.from ? fact.from->text : "issuer"))
            .tell("to", Json(fact.to ? fact.to->text : "issuer"))
            .tell("units", Json(fact.units))
            .tell_text("cause", fact.cause);
    }
    Json operator()(const ledger::EntitlementCounted& fact) const
    {
        return Teller("license_counted")
            .tell("license", fact.id)
            .tell("counts", Json(fact.counts))
            .tell("unlimited", Json(fact.unlimited))
            .tell("units", Json(fact.units));
    }
    Json operator()(const ledger::ProfileSet& fact) const
    {
        return Teller("profile_set")
            .tell("profile", fact.profile.name)
            .tell_list("pools", fact.profile.pools)
            .tell("default", Json(fact.profile.is_default))
            .tell("capacity", fact.profile.capacity)
            .tell("by", fact.by);
    }
    Json operator()(const ledger::ProfileRenamed& fact) const
    {
        return Teller("profile_renamed")
            .tell("from", fact.from)
            .tell("to", fact.to)
            .tell("by", fact.by);
    }
    Json operator()(const ledger::ProfileRemoved& fact) const
    {
        return Teller("profile_removed").tell("profile", fact.name).tell("by", fact.by);
    }
    Json operator()(const ledger::ProfileUsed& fact) const
    {
        return Teller("profile_used")
            .tell("profile", fact.profile)
            .tell("user", fact.user)
            .tell("device", fact.device)
            .tell("last", Json(instant(fact.last)));
    }
    Json operator()(const ledger::LeaseGranted& fact) const
    {
        return Teller("lease_granted").tell_lease(fact.lease);
    }
    Json operator()(const ledger::LeaseEnded& fact) const
    {
        return Teller("lease_ended")
            .tell("lease", Json(tag_text(fact.id)))
            .tell("reason", Json(word(fact.reason)))
            .tell("by", fact.by)
            .tell_text("note", fact.note);
    }
    Json operator()(const ledger::EndingRemembered& fact) const
    {
        return Teller("ending_remembered")
            .tell("lease", Json(tag_text(fact.id)))
            .tell("identity", fact.identity)
            .tell("reason", Json(word(fact.reason)));
    }
    Json operator()(const ledger::Queued& fact) const
    {
        return Teller("queued")
            .tell_lease(fact.waiter.lease)
            .tell_list("pools", fact.waiter.ways | std::views::transform(&ledger::Way::pool))
            .tell_list("profiles", fact.waiter.ways | std::views::transform(&ledger::Way::profile))
            .tell("place", Json(fact.waiter.place))
            .tell("patience", Json(span_text(fact.waiter.patience.count())));
    }
    Json operator()(const ledger::Unqueued& fact) const
    {
        return Teller("unqueued")
            .tell("lease", Json(tag_text(fact.id)))
            .tell("reason", Json(word(fact.reason)))
            .tell("by", fact.by)
            .tell_text("note", fact.note);
    }
    Json operator()(const ledger::ModeSet& fact) const
    {
        return Teller("mode_set").tell("mode", Json(word(fact.mode))).tell("by", fact.by);
    }
    Json operator()(const ledger::CredentialIssued& fact) const
    {
        const ledger::Credential& credential = fact.credential;
        const bool is_key = credential.kind == ledger::Credential::Kind::key;
        return Teller("credential_issued")
            .tell("name", Json(credential.name))
            .tell("kind", Json(is_key ? "key" : "certificate"))
            .tell("role", Json(word(credential.role)))
            .tell("digest", Json(trust::hex(std::span(credential.digest.bytes).first<4>())))
            .tell("by", fact.by);
    }
    Json operator()(const ledger::CredentialRevoked& fact) const
    {
        return Teller("credential_revoked").tell("name", Json(fact.name)).tell("by", fact.by);
    }
    Json operator()(const ledger::Denied& fact) const
    {
        return Teller("denied")
            .tell("profile", fact.profile)
            .tell("user", fact.user)
            .tell("device", fact.device)
            .tell("refused", refusal_json(fact.refusal));
    }
    Json operator()(const ledger::TimeSeen&) const { return Teller("time_seen"); }
    Json operator()(const ledger::ActivationRequested& fact) const
    {
        return Teller("activation_requested")
            .tell("license", fact.license)
            .tell("kind", Json(word(fact.pending.kind)))
            .tell("since", Json(instant(fact.pending.since)))
            .tell("by", fact.by);
    }
    Json operator()(const ledger::ActivationCancelled& fact) const
    {
        return Teller("activation_cancelled").tell("license", fact.license).tell("by", fact.by);
    }
    Json operator()(const ledger::Activated& fact) const
    {
        Teller teller("activated");
        teller.tell("license", fact.license).tell("number", Json(fact.number));
        teller.tell("kind", Json(word(fact.kind))).tell_text("issuer", fact.issuer);
        if (fact.check)
            teller.tell("check_every", Json(span_text(fact.check->every.count())))
                .tell("check_grace", Json(span_text(fact.check->grace.count())));
        return teller.tell("checked", Json(instant(fact.checked))).tell("by", fact.by);
    }
    Json operator()(const ledger::ActivationEnded& fact) const
    {
        return Teller("activation_ended")
            .tell("license", fact.license)
            .tell("number", Json(fact.receipt.number))
            .tell("delivered", Json(fact.receipt.delivered))
            .tell("by", fact.by);
    }
    Json operator()(const ledger::ReceiptDelivered& fact) const
    {
        return Teller("receipt_delivered")
            .tell("license", fact.license)
            .tell("number", Json(fact.number));
    }
    Json operator()(const ledger::ShowingMade& fact) const
    {
        return Teller("showing_made")
            .tell("license", fact.license)
            .tell("made", Json(instant(fact.showing.made)));
    }
    Json operator()(const ledger::IssuerAnswered& fact) const
    {
        return Teller("issuer_answered")
            .tell("license", fact.license)
            .tell("number", Json(fact.number))
            .tell("active", Json(fact.active))
            .tell("checked", Json(instant(fact.checked)));
    }

    Json operator()(const ledger::Departed& fact) const
    {
        Json licenses = Json::array();
        for (const ledger::Departure::Ticket& ticket : fact.departure.tickets)
            licenses.push_back(ticket.license.text);
        return Teller("departed")
            .tell("target", Json(node_text(fact.departure.target)))
            .tell_text("to", fact.departure.uri)
            .tell("licenses", std::move(licenses))
            .tell("by", fact.by);
    }
    Json operator()(const ledger::DepartureConfirmed& fact) const
    {
        return Teller("departure_confirmed").tell("by", fact.by);
    }
    Json operator()(const ledger::ArrivalBegun& fact) const
    {
        return Teller("arrival_begun")
            .tell("source", Json(node_text(fact.arrival.source)))
            .tell("followed", Json(fact.arrival.position))
            .tell("whole", Json(fact.arrival.is_whole))
            .tell("by", fact.by);
    }
    Json operator()(const ledger::Followed& fact) const
    {
        return Teller("followed").tell("count", Json(fact.count)).tell("end", Json(fact.is_end));
    }
    Json operator()(const ledger::Arrived& fact) const
    {
        return Teller("arrived").tell("by", fact.by);
    }
    Json operator()(const ledger::ArrivalAbandoned& fact) const
    {
        return Teller("arrival_abandoned").tell("by", fact.by);
    }
    Json operator()(const ledger::CounterAnchored& fact) const
    {
        Teller teller("counter_anchored");
        if (fact.anchor)
            teller.tell("counter", Json(fact.anchor->counter.substr(0, 16)))
                .tell("value", Json(fact.anchor->value));
        return teller.tell("after_doubt", Json(fact.is_after_doubt));
    }
    Json operator()(const ledger::ActivationDoubted& fact) const
    {
        return Teller("activation_doubted")
            .tell("license", fact.license)
            .tell("doubt", Json(word(fact.doubt)));
    }

    Json operator()(const ledger::EntitlementInstalled& fact) const { return told(fact); }
    Json operator()(const ledger::EntitlementAmended& fact) const { return told(fact); }
    Json operator()(const ledger::LicenseExpected& fact) const { return told(fact); }
    Json operator()(const ledger::LicenseForgotten& fact) const { return told(fact); }
    Json operator()(const ledger::SchemeSet& fact) const { return told(fact); }
    Json operator()(const ledger::PoolOpened& fact) const { return told(fact); }
    Json operator()(const ledger::PoolClosed& fact) const { return told(fact); }
    Json operator()(const ledger::PoolRenamed& fact) const { return told(fact); }
    Json operator()(const ledger::UsersSet& fact) const { return told(fact); }
    Json operator()(const ledger::PartySet& fact) const { return told(fact); }
    Json operator()(const ledger::PartyRemoved& fact) const { return told(fact); }
    Json operator()(const ledger::LeaseMoved& fact) const { return told(fact); }
    Json operator()(const ledger::ProductForgotten& fact) const { return told(fact); }
    Json operator()(const ledger::FoundationPut& fact) const { return told(fact); }
    Json operator()(const ledger::FoundationRemoved& fact) const { return told(fact); }
    Json operator()(const ledger::PrincipalSet& fact) const { return told(fact); }
    Json operator()(const ledger::ConsolidationSet& fact) const { return told(fact); }
    Json operator()(const ledger::ProductConsolidationSet& fact) const { return told(fact); }
    Json operator()(const ledger::Covered& fact) const { return told(fact); }

    // Fleeting: no journal has them.
    Json operator()(const ledger::LeaseRenewed&) const { return {}; }
    Json operator()(const ledger::ConnectionLost&) const { return {}; }
    Json operator()(const ledger::AmnestyGranted&) const { return {}; }
    Json operator()(const ledger::TermsSet&) const { return {}; }
    Json operator()(const ledger::StreamBegun&) const { return {}; }
    Json operator()(const ledger::StreamRead&) const { return {}; }
    Json operator()(const ledger::CounterReached&) const { return {}; }
    Json operator()(const ledger::StateWatched&) const { return {}; }
    Json operator()(const ledger::WatchEnded&) const { return {}; }
    Json operator()(const ledger::IdReturned&) const { return {}; }
    Json operator()(const ledger::RowsKept&) const { return {}; }
    Json operator()(const ledger::TableEnded&) const { return {}; }
    Json operator()(const ledger::StateTold&) const { return {}; }
    Json operator()(const ledger::Reviewed&) const { return {}; }
};

/// A text with quotes where it would else not end where it ends, or pass for another value.
std::string text_of(const std::string& text)
{
    const bool is_plain = !text.empty() && text.find_first_of(" =,\"\\") == std::string::npos;
    return printable(is_plain ? text
                              : Json(text).dump(-1, ' ', false, Json::error_handler_t::replace));
}

/// One of a list: a text, or so many units of a pool.
std::string element_text(const Json& one)
{
    if (!one.is_object())
        return text_of(one.get<std::string>());
    return text_of(one.at("pool").get<std::string>()) + ":" + one.at("units").dump();
}

/// A value behind its `=`.
std::string value_text(const Json& value)
{
    if (value.is_object())
        return value.at("code").get<std::string>() + " " +
               text_of(value.at("text").get<std::string>());
    if (value.is_array()) {
        std::string list;
        for (const Json& one : value)
            list += (list.empty() ? "" : ",") + element_text(one);
        return list;
    }
    return value.is_string() ? text_of(value.get<std::string>()) : value.dump();
}

} // namespace

Json turn_json(const journal::Turn& turn)
{
    Json json{{"turn", turn.number},
              {"at", instant(turn.at)},
              {"at_us", turn.at.time_since_epoch().count()}};
    json["facts"] = Json::array();
    for (const ledger::Fact& fact : turn.facts)
        json["facts"].push_back(std::visit(Told{}, fact));
    return json;
}

std::string turn_text(const journal::Turn& turn)
{
    std::string text = "turn " + std::to_string(turn.number) + "  " + instant(turn.at) + "\n";
    for (const ledger::Fact& fact : turn.facts) {
        const Json json = std::visit(Told{}, fact);
        std::string line = "    " + json.at("fact").get<std::string>();
        for (const auto& [key, value] : json.items())
            if (key != "fact")
                line += " " + key + "=" + value_text(value);
        text += line + "\n";
    }
    return text;
}

} // namespace usher::tools
