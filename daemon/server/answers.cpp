#include "protocol/answers.hpp"
#include "daemon/ledger/limits.hpp"
#include "daemon/server/activation.hpp"
#include "daemon/server/fields.hpp"
#include "daemon/server/move_answers.hpp"
#include "daemon/server/requirement_answers.hpp"
#include "daemon/server/status_parts.hpp"
#include "daemon/server/translate.hpp"
#include "protocol/frame.hpp"

#include <algorithm>
#include <cassert>
#include <span>
#include <utility>

/// The other half of translate.hpp: from the ledger's words to the wire's.
namespace usher::server {
namespace {

using protocol::fill;
using protocol::microseconds;
using protocol::milliseconds;
using server::fill;

/// Every answer is made to fit in a frame, whatever names and lists a daemon holds.
void append(std::string& out, const v1::Response& response)
{
    const bool fits = protocol::append_frame(out, response);
    assert(fits);
    static_cast<void>(fits);
}

/// Why a lease is locked or unknown; unless `is_explained` by its code alone.
void fill(v1::Refused& to, const ledger::Refusal& from, bool is_explained)
{
    if (is_explained)
        fill(to, from);
    else
        to.set_code(std::string(ledger::word(from.code)));
}

/// Four thousand explained refusals would not fit, and half a frame of them keeps the hall from
/// everybody else for twice as long: from a sixteenth of a frame on, only their codes are said.
///
/// Messages of one type that follow each other are one message with the lists of all. So one with
/// one lease is written again and again: thousands are not built to be written once, and what
/// several have in common is put into words once.
void append_renewed(std::string& out, std::uint64_t request, const ledger::Renewed& renewed)
{
    constexpr std::size_t explained_bytes_max = protocol::frame_bytes_max / 16;
    std::string bytes;
    v1::Renewed part;
    v1::LeaseState& state = *part.add_leases();
    const ledger::Refusal* said = nullptr; // In `state`.
    bool is_explained = true;
    for (const ledger::LeaseState& lease : renewed.leases) {
        fill(state, lease);
        const bool was_explained = std::exchange(is_explained, bytes.size() < explained_bytes_max);
        if (lease.refusal.get() != said || is_explained != was_explained) {
            said = lease.refusal.get();
            state.clear_refused();
            if (said)
                fill(*state.mutable_refused(), *said, is_explained);
        }
        part.AppendToString(&bytes);
    }
    part.clear_leases();
    part.set_term_ms(milliseconds(renewed.term));
    part.AppendToString(&bytes);

    v1::Response response;
    response.set_id(request);
    const bool fits =
        protocol::append_frame(out, response, v1::Response::kRenewedFieldNumber, bytes);
    assert(fits);
    static_cast<void>(fits);
}

/// The newest ones, as many as fit.
void fill(v1::Refusals& refusals, const ledger::Refusals& from)
{
    std::size_t bytes = 0;
    for (const ledger::Denied& denied : from.newest_first) {
        v1::Refusals::Denied& line = *refusals.add_newest_first();
        line.set_at_us(microseconds(denied.at));
        line.set_profile(denied.profile.text);
        line.set_user(denied.user.text);
        line.set_device(denied.device.text);
        fill(*line.mutable_refused(), denied.refusal);
        bytes += line.ByteSizeLong();
        if (bytes >= protocol::frame_bytes_max / 2)
            return;
    }
}

/// A list of leases is not cut here: what of it was left out, nobody could ask for.
constexpr std::size_t listed_lease_bytes_max = 5 * (protocol::name_bytes_max + 3) + 64;
static_assert(ledger::page_max * listed_lease_bytes_max < protocol::frame_bytes_max);

/// The first of what an operator is told; both lists of an answer leave room in a frame. A sentence
/// is about names, the pools of a profile at most.
std::span<const std::string> those_that_fit(std::span<const std::string> sentences)
{
    constexpr std::size_t bytes_max = protocol::frame_bytes_max / 4;
    std::size_t count = 0;
    for (std::size_t bytes = 0; count < sentences.size(); ++count) {
        bytes += sentences[count].size();
        if (bytes > bytes_max)
            break;
    }
    return sentences.first(count);
}

void fill(v1::Forecast::Pool& to, const ledger::Forecast::PoolChange& from)
{
    to.set_pool(from.pool.text);
    to.set_is_new(from.is_new);
    to.set_is_gone(from.is_gone);
    to.set_unlimited_before(from.unlimited_before);
    to.set_unlimited_after(from.unlimited_after);
    to.set_stock_before(from.stock_before);
    to.set_stock_after(from.stock_after);
    to.set_held_before(from.held_before);
    to.set_held_after(from.held_after);
    to.set_locked_before(from.locked_before);
    to.set_locked_after(from.locked_after);
    to.set_short_(from.short_by);
    for (const std::string& cure : from.cures)
        to.add_cures(cure);
}

/// The pools that would lock are the first, so what does not fit is the least that matters.
void fill(v1::Forecast& to, const ledger::Forecast& from)
{
    to.set_at_us(microseconds(from.at));
    if (from.refusal)
        fill(*to.mutable_refused(), *from.refusal);
    std::size_t bytes = 0;
    for (const ledger::Forecast::PoolChange& pool : from.pools) {
        if (bytes >= protocol::frame_bytes_max / 2)
            break;
        v1::Forecast::Pool& shown = *to.add_pools();
        fill(shown, pool);
        bytes += shown.ByteSizeLong();
    }
    const std::size_t told = static_cast<std::size_t>(to.pools_size());
    to.set_pools_left_out(from.pools_left_out + from.pools.size() - told);
    to.set_locks(from.locks);
    to.set_stay_locked(from.stay_locked);
    to.set_leases_ended(from.leases_ended);
    to.set_leases_moved(from.leases_moved);
    for (const std::string& warning : those_that_fit(from.warnings))
        to.add_warnings(warning);
}

/// How each answer stands in a response. A picture and a report have more than one, and are written
/// elsewhere, and a renewal's is written lease by lease.
struct Answers {
    v1::Response& response;
    const Keepsake& keepsake;
    const Premises& premises;

    void operator()(const ledger::Done& done) const
    {
        if (!keepsake.key.empty())
            response.mutable_operated()->mutable_key_created()->set_key(keepsake.key);
        else if (!keepsake.chain_pem.empty())
            response.mutable_operated()->mutable_certificate_created()->set_chain_pem(
                keepsake.chain_pem);
        else
            fill_done(keepsake.operated ? *response.mutable_operated()->mutable_done()
                                        : *response.mutable_done(),
                      done);
    }
    void operator()(const ledger::Refusal& refusal) const
    {
        fill(*response.mutable_refused(), refusal);
    }
    void operator()(const ledger::Granted& granted) const
    {
        fill(*response.mutable_granted(), granted);
    }
    void operator()(const ledger::Waiting& waiting) const
    {
        fill(*response.mutable_waiting(), waiting);
    }
    void operator()(const ledger::Refusals& refusals) const
    {
        fill(*response.mutable_operated()->mutable_refusals(), refusals);
    }
    void operator()(const ledger::Handed& handed) const
    {
        v1::Handed& to = *response.mutable_operated()->mutable_handed();
        to.set_document(*handed.document);
        to.set_number(handed.number);
        to.set_delivered(handed.delivered);
        to.set_issuer(handed.issuer);
        for (const std::string& warning : handed.warnings)
            to.add_warnings(warning);
    }
    void operator()(const ledger::Showing& showing) const
    {
        v1::Handed& to = *response.mutable_operated()->mutable_handed();
        to.set_document(sign_showing(showing, premises));
        to.set_number(showing.number);
        to.set_issuer(showing.issuer);
    }
    void operator()(const ledger::Arrival& arrival) const
    {
        response.mutable_operated()->mutable_handed()->set_document(mark_of(arrival, premises));
    }
    void operator()(const ledger::MoveBegun& begun) const
    {
        if (const auto no = fill(*response.mutable_operated()->mutable_move_begun(), begun))
            fill(*response.mutable_refused(), *no);
    }
    void operator()(const ledger::StreamPart& part) const
    {
        fill(*response.mutable_operated()->mutable_move_part(), part, premises);
    }
    void operator()(const ledger::Receipts& receipts) const
    {
        fill(*response.mutable_operated()->mutable_departed(), receipts);
    }
    void operator()(const ledger::Position& position) const
    {
        fill(*response.mutable_operated()->mutable_arrival_begun(), position, premises);
    }
    void operator()(const ledger::PoolState& state) const
    {
        fill(*response.mutable_pool_state(), state);
    }
    void operator()(const ledger::Registered& registered) const
    {
        fill(*response.mutable_registered(), registered);
    }
    void operator()(const ledger::LeaseList& list) const
    {
        fill(*response.mutable_lease_list(), list);
    }
    void operator()(const ledger::Forecast& forecast) const
    {
        fill(*response.mutable_operated()->mutable_forecast(), forecast);
    }
    void operator()(const ledger::RequirementList& list) const
    {
        fill(*response.mutable_operated()->mutable_requirement_list(), list);
    }
    void operator()(const ledger::PrincipalList& list) const
    {
        fill(*response.mutable_operated()->mutable_principal_list(), list);
    }
    void operator()(const ledger::Explanation& explanation) const
    {
        fill(*response.mutable_operated()->mutable_requirement_explained(), explanation);
    }
    void operator()(const ledger::Greeted&) const
    {
        assert(false && "a greeting is answered by `welcome`, which knows the connection");
    }
    void operator()(const ledger::Concerns&) const
    {
        assert(false && "nobody asks for the concerns of issuers over the wire");
    }
    void operator()(const ledger::Renewed&) const { assert(false && "it is written in parts"); }
    void operator()(const ledger::Picture&) const { assert(false && "a picture has parts"); }
    void operator()(const ledger::Compliance&) const { assert(false && "a report has parts"); }

    static void fill_done(v1::Done& to, const ledger::Done& done)
    {
        for (const std::string& warning : those_that_fit(done.warnings))
            to.add_warnings(warning);
        for (const std::string& change : those_that_fit(done.changes))
            to.add_changes(change);
    }
};

/// How each notice stands in a response without a request.
struct Notices {
    v1::Response& response;

    void operator()(const ledger::Granted& granted) const
    {
        fill(*response.mutable_granted(), granted);
    }
    void operator()(const ledger::WaitEnded& ended) const
    {
        fill(*response.mutable_wait_ended(), ended);
    }
    void operator()(const ledger::SeatLost& lost) const
    {
        fill(*response.mutable_seat_lost(), lost);
    }
    void operator()(const ledger::ModeChanged& changed) const
    {
        fill(*response.mutable_mode_changed(), changed);
    }
    void operator()(const ledger::Redirected& redirected) const
    {
        response.mutable_redirected()->set_document(redirected.document);
    }
    void operator()(const ledger::StateChanged& changed) const
    {
        fill(*response.mutable_state_changed(), changed);
    }
    void operator()(const ledger::CredentialGone&) const
    {
        response.mutable_ending()->set_reason("credential_revoked");
    }
};

} // namespace

v1::Response welcome(std::uint64_t request, const ledger::Greeted& greeted,
                     std::string_view exporter, const Premises& premises)
{
    v1::Response response;
    response.set_id(request);
    v1::Welcome& to = *response.mutable_welcome();
    to.set_version(1);
    to.set_server(premises.server);
    to.set_identity(greeted.identity.text);
    to.set_role(std::string(ledger::word(greeted.role)));
    to.set_term_ms(milliseconds(greeted.term));
    to.set_grace_ms(milliseconds(greeted.grace));
    to.set_mode(std::string(ledger::word(greeted.mode)));
    if (exporter.empty() || !premises.node) // An issuer is nobody's customer.
        return response;
    v1::Proof& proof = *to.mutable_proof();
    const trust::PublicKey& key = premises.node->key();
    const trust::Signature signature = premises.node->prove(exporter);
    proof.set_node_key(key.data(), key.size());
    proof.set_signature(signature.data(), signature.size());
    if (greeted.documents) {
        const std::size_t count = std::min(greeted.documents->size(), protocol::proofs_max);
        for (std::size_t i = 0; i < count; ++i)
            proof.add_licenses(*(*greeted.documents)[i]);
    }
    return response;
}

void append_answer(std::string& out, std::uint64_t request, const ledger::Answer& answer,
                   const Keepsake& keepsake, const Premises& premises,
                   std::span<const LimitPicture> limits)
{
    if (const auto* picture = std::get_if<ledger::Picture>(&answer)) {
        append_status(out, request, **picture, premises, limits);
        return;
    }
    if (const auto* report = std::get_if<ledger::Compliance>(&answer)) {
        append_compliance(out, request, *report);
        return;
    }
    if (const auto* renewed = std::get_if<ledger::Renewed>(&answer)) {
        append_renewed(out, request, *renewed);
        return;
    }
    v1::Response response;
    response.set_id(request);
    std::visit(Answers{response, keepsake, premises}, answer);
    append(out, response);
}

void append_notice(std::string& out, const ledger::Notice& notice)
{
    v1::Response response;
    std::visit(Notices{response}, notice);
    append(out, response);
}

void append_refusal(std::string& out, std::uint64_t request, const ledger::Refusal& refusal)
{
    v1::Response response;
    response.set_id(request);
    fill(*response.mutable_refused(), refusal);
    append(out, response);
}

} // namespace usher::server
