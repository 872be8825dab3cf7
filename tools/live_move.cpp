#include "tools/live_move.hpp"

#include "daemon/trust/activation.hpp"
#include "daemon/trust/node.hpp"
#include "tools/fault.hpp"
#include "tools/instants.hpp"
#include "tools/printable.hpp"

#include <algorithm>
#include <utility>

namespace usher::tools {
namespace {

using std::chrono::microseconds;

/// A part no longer than this is carried in a moment: the switch need not wait for less.
constexpr std::uint64_t tail_facts_max = 256;
/// Where that is never reached, so much happens that waiting longer would not help.
constexpr int rounds_max = 50;
constexpr microseconds clock_difference_max = std::chrono::minutes(1);

std::int64_t us(client::Clock::duration duration)
{
    return std::chrono::duration_cast<microseconds>(duration).count();
}

std::string node_text_of(const std::function<v1::Operated(v1::Operate)>& server, const char* which)
{
    v1::Operate operate;
    operate.mutable_node_show();
    std::string text = server(std::move(operate)).node().text();
    if (text.empty())
        throw Fault(std::string("too few identifiers of the ") + which +
                        " were found to bind a license to it",
                    {"usher doctor, there, shows which"});
    return text;
}

trust::PublicKey node_key_from(const std::string& text)
{
    const auto terms = trust::lock_from(text, "machine", 2);
    if (!terms)
        throw Fault("what the server says of its node is none of ours",
                    {"see that both servers are of versions that fit"});
    return terms->node;
}

/// Whether the target that says `node_text` of itself is the host of `lock`: else it refuses the
/// ticket, but only when the source has departed already.
bool is_host_of(const trust::NodeLockTerms& lock, const std::string& node_text)
{
    const auto target = trust::lock_from(node_text, lock.kind, lock.need);
    if (!target || target->node != lock.node)
        return false;
    const auto agreeing = std::ranges::count_if(lock.identifiers, [&](const auto& identifier) {
        const auto found = target->identifiers.find(identifier.first);
        return found != target->identifiers.end() && found->second == identifier.second;
    });
    return std::cmp_greater_equal(agreeing, lock.need);
}

std::string bytes_of(const trust::PublicKey& key)
{
    return {key.begin(), key.end()};
}

std::string counted(std::size_t count, const std::string& noun)
{
    return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

} // namespace

LiveMove::LiveMove(MoveParties parties, Wish wish)
    : parties_(std::move(parties)), wish_(std::move(wish))
{}

void LiveMove::begin()
{
    const std::string source_text = node_text_of(parties_.source, "source");
    target_text_ = node_text_of(parties_.target, "target");
    source_node_ = node_key_from(source_text);
    if (source_node_ == node_key_from(target_text_))
        throw Fault("the target is the source itself", {"--to, the address of another server"});
    v1::Operate operate;
    v1::MoveBegin& begin = *operate.mutable_move_begin();
    begin.set_target_node(target_text_);
    begin.set_uri(wish_.uri);
    begun_ = std::move(*parties_.source(std::move(operate)).mutable_move_begun());
    begun_at_ = parties_.now();
    for (const std::string& warning : begun_.warnings())
        parties_.warning(printable(warning));
    is_between_ = begun_.departed() && !begun_.confirmed();
    if (!begun_.departed())
        return require_empty_target();
    parties_.remark(is_finished() ? "the source has departed already, and the target has it all"
                                  : "the source has departed already: finishing that move");
    for (const Ticketed& license : begun_.licenses()) {
        tickets_[license.license()] = license.ticket();
        receipts_[license.license()] = license.receipt();
    }
}

/// The target says so itself; but a ticket counts as a transfer, and would be in vain by then.
void LiveMove::require_empty_target()
{
    v1::Operate operate;
    operate.mutable_look();
    const v1::Operated seen = parties_.target(std::move(operate));
    const v1::StatusPart& picture = seen.status();
    if (picture.mode() == "arriving") {
        if (picture.arriving_from() == trust::short_name_of(source_node_))
            return;
        throw Fault("the target takes over from another server, node " +
                        printable(picture.arriving_from()),
                    {"finish that move, or usher move --abandon, there"});
    }
    const bool is_empty = picture.pools().empty() && picture.profiles().empty() &&
                          picture.leases().empty() && picture.queue().empty();
    if (!is_empty)
        throw Fault("the target has licenses or profiles of its own",
                    {"usher status, there, shows them: a live move needs a server that has none",
                     "usher export and usher import take names along to a server that has"});
}

std::string LiveMove::issuer_of(const Ticketed& license) const
{
    return wish_.issuer.empty() ? license.issuer() : wish_.issuer;
}

LiveMove::Request LiveMove::request_for(const Ticketed& license)
{
    v1::Operate operate;
    v1::TransferMake& make = *operate.mutable_transfer_make();
    make.set_license(license.license());
    make.set_number(license.number());
    make.set_target_node(target_text_);
    make.set_host(wish_.host);
    make.set_kind(license.kind());
    const v1::Operated made = parties_.source(std::move(operate));
    for (const std::string& warning : made.handed().warnings())
        parties_.warning(printable(warning));
    return {license.license(), issuer_of(license), made.handed().document()};
}

std::vector<LiveMove::Request> LiveMove::requests()
{
    std::vector<Request> all;
    for (const Ticketed& license : begun_.licenses())
        if (!tickets_.contains(license.license()))
            all.push_back(request_for(license));
    return all;
}

void LiveMove::add_ticket(const std::string& document)
{
    const auto opened = trust::read_activation_unverified(document);
    const auto* ticket = std::get_if<trust::Activation>(&opened);
    if (ticket == nullptr || !ticket->after)
        throw Fault("that is no ticket",
                    {"give what the vendor made of a request of usher move --requests"});
    const auto meant = std::ranges::find_if(begun_.licenses(), [&](const Ticketed& license) {
        return license.license() == ticket->license.number &&
               ticket->after == trust::ActivationMark{source_node_, license.number()};
    });
    if (meant == begun_.licenses().end())
        throw Fault("the ticket for " + printable(ticket->license.number) +
                        " is for no activation of the source",
                    {"usher move --requests, again, and send the vendor the new request"});
    if (begun_.departed())
        return;
    if (!is_host_of(*ticket->license.lock, target_text_))
        throw Fault("the ticket for " + printable(ticket->license.number) +
                        " is for another host than the target is now",
                    {"usher move --requests, again, and send the vendor the new request"});
    tickets_[meant->license()] = document;
}

void LiveMove::fetch_tickets()
{
    for (const Request& request : requests()) {
        if (request.issuer.empty())
            throw Fault("no issuer is known that could give a ticket for " +
                            printable(request.license),
                        {"--issuer usher://… or USHER_ISSUER, as the vendor tells it",
                         "--requests DIR, and send the files that it writes to the vendor"});
        tickets_[request.license] = parties_.issuer(request.issuer, request.document);
    }
    if (!begun_.departed())
        parties_.remark("has " + counted(tickets_.size(), "ticket"));
}

void LiveMove::begin_arrival()
{
    v1::Operate operate;
    v1::ArrivalBegin& begin = *operate.mutable_arrival_begin();
    begin.set_stream(begun_.stream());
    begin.set_source_node(bytes_of(source_node_));
    begin.set_departed(begun_.departed());
    const v1::Operated answer = parties_.target(std::move(operate));
    compare_clocks(answer.arrival_begun().clock_us(), parties_.now());
    position_ = answer.arrival_begun().position();
    arrived_ = answer.arrival_begun().arrived();
}

void LiveMove::compare_clocks(std::int64_t target_us, client::Clock::time_point target_at)
{
    const std::int64_t ahead = target_us - begun_.clock_us() - us(target_at - begun_at_);
    const microseconds apart(std::abs(ahead));
    if (apart > clock_difference_max)
        parties_.warning("the target's clock is " + span_text(apart.count()) +
                         (ahead > 0 ? " ahead of" : " behind") +
                         " the source's: set them, for what is bought until when goes by them");
}

v1::MovePart LiveMove::carry_part()
{
    v1::Operate reading;
    reading.mutable_move_read()->set_stream(begun_.stream());
    reading.mutable_move_read()->set_after(position_);
    v1::Operated read = parties_.source(std::move(reading));
    v1::MovePart part = std::move(*read.mutable_move_part());
    if (part.count() > 0 || part.end()) {
        v1::Operate following;
        following.mutable_follow()->set_mark(part.mark());
        following.mutable_follow()->set_record(std::move(*part.mutable_record()));
        position_ = parties_.target(std::move(following)).arrival_begun().position();
    }
    return part;
}

void LiveMove::follow()
{
    if (is_finished()) // Asked anew, the target might by now be the source of another move.
        return;
    begin_arrival();
    has_followed_ = true;
    if (begun_.departed())
        return; // All that is left is the end of it.
    for (int round = 0; round < rounds_max;) {
        const v1::MovePart part = carry_part();
        if (!part.more() && part.count() <= tail_facts_max)
            break;
        if (position_ >= begun_.facts()) // What was there at the beginning is not news.
            ++round;
    }
    parties_.remark("the target follows: " + counted(position_, "fact"));
}

void LiveMove::depart()
{
    v1::Operate operate;
    v1::Depart& depart = *operate.mutable_depart();
    depart.set_stream(begun_.stream());
    for (const Ticketed& license : begun_.licenses())
        depart.add_tickets(tickets_.at(license.license()));
    is_between_ = true; // Also where the answer gets lost.
    const v1::Operated answer = [&] {
        try {
            return parties_.source(std::move(operate));
        } catch (const Refused&) {
            is_between_ = false;
            throw;
        }
    }();
    for (int i = 0; i < std::min(begun_.licenses_size(), answer.departed().receipts_size()); ++i)
        receipts_[begun_.licenses(i).license()] = answer.departed().receipts(i);
}

void LiveMove::arrive()
{
    v1::Operate operate;
    v1::Arrive& arrive = *operate.mutable_arrive();
    arrive.set_stream(begun_.stream());
    for (const auto& [license, receipt] : receipts_) {
        arrive.add_tickets(tickets_.at(license));
        arrive.add_receipts(receipt);
    }
    v1::Operated answer = parties_.target(std::move(operate));
    for (const std::string& warning : answer.handed().warnings())
        parties_.warning(printable(warning));
    arrived_ = answer.handed().document();
}

void LiveMove::switch_over()
{
    if (is_finished())
        return;
    if (arrived_.empty()) {
        const auto from = parties_.now();
        if (!begun_.departed())
            depart();
        while (!carry_part().end()) {
        }
        arrive();
        if (!begun_.departed())
            pause_ = std::chrono::ceil<Milliseconds>(parties_.now() - from);
    }
    is_between_ = false;
    v1::Operate operate;
    operate.mutable_departure_confirm()->set_document(arrived_);
    parties_.source(std::move(operate));
}

void LiveMove::deliver(const Ticketed& license)
{
    const std::string issuer = issuer_of(license);
    if (issuer.empty())
        throw Fault("no issuer is known", {});
    v1::Operate operate;
    operate.mutable_issuer_answer_load()->set_document(
        parties_.issuer(issuer, receipts_.at(license.license())));
    parties_.source(std::move(operate));
}

void LiveMove::deliver_receipts()
{
    for (const Ticketed& license : begun_.licenses()) {
        Delivery& delivery = deliveries_.emplace_back(license.license());
        std::string why;
        try {
            deliver(license);
            delivery.has_been_made = true;
            continue;
        } catch (const Fault& fault) {
            why = fault.what();
        } catch (const Refused& no) {
            why = no.what();
        }
        const std::string name = printable(license.license());
        parties_.warning("the issuer has no receipt for " + name + " yet: " + printable(why) +
                         "; the servers bring it once they reach the issuer, and usher license "
                         "check " +
                         name + " at the target does so at once");
    }
}

} // namespace usher::tools
