#include "daemon/server/peer_log.hpp"

#include "protocol/answers.hpp"

#include "protocol/text.hpp"

#include <spdlog/spdlog.h>

namespace usher::server {
namespace {

std::string number(const std::optional<ledger::Units>& units)
{
    return units ? std::to_string(*units) : "-";
}

} // namespace

std::string quoted(std::string_view words, std::size_t bytes_max)
{
    const bool is_cut = words.size() > bytes_max;
    if (is_cut)
        while (bytes_max > 0 && (static_cast<unsigned char>(words[bytes_max]) & 0xc0U) == 0x80U)
            --bytes_max; // Between two characters.
    return '"' + protocol::printable(words.substr(0, bytes_max), "\"\\") + (is_cut ? "…\"" : "\"");
}

std::string_view word(Parting parting)
{
    switch (parting) {
    case Parting::left: return "left";
    case Parting::lost: return "lost";
    case Parting::handshake_failed: return "handshake_failed";
    case Parting::handshake_late: return "handshake_late";
    case Parting::made_room: return "made_room";
    case Parting::turned_away: return "turned_away";
    case Parting::not_let_in: return "not_let_in";
    case Parting::too_slow: return "too_slow";
    case Parting::idle: return "idle";
    case Parting::slow_reader: return "slow_reader";
    case Parting::protocol_error: return "protocol_error";
    case Parting::credential_revoked: return "credential_revoked";
    case Parting::stopping: return "stopping";
    }
    return "";
}

void PeerLog::ended(const Speaker& speaker, const Visit& visit, std::uint64_t lines_per_second_max)
{
    if (!may_write(lines_per_second_max))
        return;
    spdlog::info("ended connection={} peer={} identity={} client={} reason={} requests={} "
                 "refused={} leases={} ms={} fault={}",
                 speaker.connection.number, speaker.peer, quoted(speaker.identity),
                 quoted(speaker.client), word(visit.parting), visit.requests, visit.refused,
                 visit.leases, visit.lasted.count(), quoted(visit.fault));
}

/// All that the peer is told, but the sentence, which says the same, and the holders, who are in
/// the status.
void PeerLog::refused(const Speaker& speaker, std::string_view verb, const ledger::Refusal& refusal,
                      const Wish* wish, std::uint64_t lines_per_second_max)
{
    if (!may_write(lines_per_second_max))
        return;
    spdlog::info("refused connection={} peer={} identity={} client={} verb={} code={} subject={} "
                 "detail={} because={} stock={} held={} want={} short={} queue={} user={} "
                 "profile={} lease={}",
                 speaker.connection.number, speaker.peer, quoted(speaker.identity),
                 quoted(speaker.client), quoted(verb), ledger::word(refusal.code),
                 quoted(refusal.subject), quoted(refusal.detail),
                 refusal.because ? ledger::word(*refusal.because) : "-", number(refusal.stock),
                 number(refusal.held), number(refusal.want), number(refusal.short_by),
                 number(refusal.queue), wish ? quoted(wish->user) : "-",
                 wish ? quoted(wish->profile) : "-", wish ? protocol::to_text(wish->lease) : "-");
}

bool PeerLog::may_write(std::uint64_t lines_per_second_max)
{
    if (!spdlog::should_log(spdlog::level::info))
        return false;
    const auto now = std::chrono::steady_clock::now();
    if (now - second_ >= std::chrono::seconds(1)) {
        if (swallowed_ > 0)
            spdlog::warn("{} more lines about peers were not written", swallowed_);
        second_ = now;
        lines_ = swallowed_ = 0;
    }
    if (lines_ >= lines_per_second_max) {
        ++swallowed_;
        return false;
    }
    ++lines_;
    return true;
}

} // namespace usher::server
