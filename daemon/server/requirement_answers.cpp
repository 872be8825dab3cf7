#include "daemon/server/requirement_answers.hpp"

#include "daemon/ledger/limits.hpp"
#include "protocol/frame.hpp"
#include "protocol/limits.hpp"
#include "protocol/usher.pb.h"

#include <algorithm>
#include <cassert>
#include <span>

namespace usher::server {
namespace {

/// A part is sent when it has grown beyond this.
constexpr std::size_t part_bytes = 256 << 10;

/// Covers of a requirement, and likewise foundations, that are told at most: nobody bounds how many
/// sources ask for the same.
constexpr std::size_t told_max = 100;

/// The longest requirement: all its names, and each of its lists as long as it may be.
constexpr std::size_t requirement_bytes_max =
    told_max * (3 * protocol::name_bytes_max + protocol::source_bytes_max + 128) +
    16 * protocol::name_bytes_max;
static_assert(part_bytes + requirement_bytes_max < protocol::frame_bytes_max);

/// Three lists of sentences and the requirement itself share a frame.
constexpr std::size_t sentences_bytes_max = protocol::frame_bytes_max / 4;
static_assert(3 * sentences_bytes_max + requirement_bytes_max < protocol::frame_bytes_max);

void fill(v1::RequirementName& to, const ledger::RequirementId& from)
{
    to.set_product(from.product.name.text);
    to.set_vendor(from.product.vendor.text);
    to.set_kind(std::string(ledger::word(from.consumer.kind)));
    to.set_consumer(from.consumer.name);
}

void fill(v1::Requirement::Cover& to, const ledger::RequirementView::Cover& from)
{
    to.set_pool(from.pool.text);
    to.set_product(from.product.name.text);
    to.set_vendor(from.product.vendor.text);
    to.set_units(from.units);
    to.set_is_downgrade(from.is_downgrade);
}

void fill(v1::Requirement::Foundation& to, const ledger::Foundation& from)
{
    to.set_source(from.source);
    to.set_model(std::string(ledger::word(from.model)));
    to.set_units(from.number);
    to.set_confirmed(from.confirmed);
}

template <class Value>
std::span<const Value> told_of(const std::vector<Value>& all)
{
    return std::span(all).first(std::min(all.size(), told_max));
}

void fill(v1::Requirement& to, const ledger::RequirementView& from)
{
    fill(*to.mutable_name(), from.id);
    to.set_status(std::string(ledger::word(from.status)));
    if (from.model)
        to.set_model(std::string(ledger::word(*from.model)));
    to.set_need(from.need);
    to.set_has(from.has);
    for (const auto& cover : told_of(from.covers))
        fill(*to.add_covers(), cover);
    to.set_covers_left_out(from.covers.size() - told_of(from.covers).size());
    if (from.trigger)
        to.set_trigger(from.trigger->text);
    if (from.behind)
        fill(*to.mutable_behind(), *from.behind);
    to.set_because(from.because);
    to.set_note(from.note);
    for (const ledger::Foundation& foundation : told_of(from.foundations))
        fill(*to.add_foundations(), foundation);
    to.set_foundations_left_out(from.foundations.size() - told_of(from.foundations).size());
    to.set_members(from.members);
}

void fill(v1::Compliance::Row& to, const ledger::ComplianceRow& from)
{
    to.set_product(from.product.name.text);
    to.set_vendor(from.product.vendor.text);
    to.set_model(std::string(ledger::word(from.model)));
    to.set_owned(from.owned);
    to.set_unlimited(from.unlimited);
    to.set_used(from.used);
    to.set_free(from.free);
    to.set_needed(from.needed);
    to.set_shortfall(from.shortfall);
    to.set_downgrades(from.downgrades);
    to.set_changes(from.changes);
    to.set_requirements(from.requirements);
    to.set_unconfirmed(from.unconfirmed);
}

template <class Add>
void add_those_that_fit(const std::vector<std::string>& sentences, Add add)
{
    constexpr std::size_t field_bytes = 5; // Its number, and its length.
    std::size_t bytes = 0;
    for (const std::string& sentence : sentences) {
        bytes += sentence.size() + field_bytes;
        if (bytes > sentences_bytes_max)
            return;
        add(sentence);
    }
}

} // namespace

void fill(v1::RequirementList& to, const ledger::RequirementList& from)
{
    std::size_t bytes = 0;
    for (const ledger::RequirementView& view : from.requirements) {
        v1::Requirement& shown = *to.add_requirements();
        fill(shown, view);
        bytes += shown.ByteSizeLong();
        if (bytes < part_bytes || &view == &from.requirements.back())
            continue;
        fill(*to.mutable_after(), view.id);
        return;
    }
    if (from.after)
        fill(*to.mutable_after(), *from.after);
}

void fill(v1::PrincipalList& to, const ledger::PrincipalList& from)
{
    static_assert(ledger::page_max * (2 * protocol::name_bytes_max + 16) <
                  protocol::frame_bytes_max);
    for (const ledger::PrincipalList::Row& row : from.rows) {
        v1::PrincipalList::Row& shown = *to.add_rows();
        shown.set_device(row.device.text);
        shown.set_user(row.user.text);
    }
    if (from.after)
        to.set_after(from.after->text);
}

void fill(v1::RequirementExplained& to, const ledger::Explanation& from)
{
    fill(*to.mutable_requirement(), from.requirement);
    add_those_that_fit(from.because, [&](const auto& sentence) { to.add_because(sentence); });
    add_those_that_fit(from.obstacles, [&](const auto& sentence) { to.add_obstacles(sentence); });
    add_those_that_fit(from.what_if, [&](const auto& sentence) { to.add_what_if(sentence); });
}

void append_compliance(std::string& out, std::uint64_t request, const ledger::Compliance& from)
{
    v1::Response response;
    response.set_id(request);
    v1::Compliance& part = *response.mutable_operated()->mutable_compliance();
    std::size_t bytes = 0;
    const auto send = [&] {
        const bool fits = protocol::append_frame(out, response);
        assert(fits);
        static_cast<void>(fits);
        part.Clear();
        bytes = 0;
    };
    for (const ledger::ComplianceRow& row : from.rows) {
        if (bytes >= part_bytes) {
            part.set_more(true);
            send();
        }
        v1::Compliance::Row& shown = *part.add_rows();
        fill(shown, row);
        bytes += shown.ByteSizeLong();
    }
    send();
}

} // namespace usher::server
