#include "daemon/ledger/invariants.hpp"
#include "daemon/server/roles.hpp"
#include "daemon/server/translate.hpp"
#include "protocol/frame.hpp"
#include "tests/fuzz/require.hpp"
#include "tests/world/neighborhood.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <variant>

/// Any bytes as a request of somebody with any role: who they are, the translation, what a ledger
/// makes of it, and the answer's way back. The first byte chooses the role.
using namespace usher;
using usher::tests::require;

namespace {

const server::Premises& premises()
{
    static const world::Neighborhood made;
    return made.premises();
}

constexpr ledger::Now noon{std::chrono::sys_days{std::chrono::year{2030} / 1 / 15},
                           ledger::SteadyInstant(std::chrono::hours(1))};

/// A license for three, lent by the profile `P`, in a ledger that has just begun.
ledger::Ledger one_license()
{
    ledger::Ledger ledger;
    const auto record = [&](const std::vector<ledger::Fact>& facts) {
        for (const ledger::Fact& fact : facts)
            ledger.apply(fact, noon.calendar);
    };
    const auto ask = [&](const ledger::Command& command) {
        record(ledger.decide(command, noon).facts);
        for (auto news = ledger.settle(noon); !news.empty(); news = ledger.settle(noon))
            record(news);
    };
    ask(ledger::Start{});
    ask(world::license_for(3));
    return ledger;
}

bool is_settled(ledger::Ledger& ledger)
{
    return ledger.settle(noon).empty() && ledger::broken_invariants(ledger, noon).empty();
}

/// What a ledger makes of it leaves it whole, and the answer fits into frames.
void as_command(const v1::Request& request, const server::Asked& asked)
{
    ledger::Ledger ledger = one_license();
    const ledger::Verdict verdict = ledger.decide(asked.command, noon);
    for (const ledger::Fact& fact : verdict.facts)
        ledger.apply(fact, noon.calendar);
    for (auto news = ledger.settle(noon); !news.empty(); news = ledger.settle(noon))
        for (const ledger::Fact& fact : news)
            ledger.apply(fact, noon.calendar);
    require(is_settled(ledger));

    std::string out;
    server::append_answer(out, request.id(), verdict.answer, asked.keepsake, premises());
    std::span<const std::byte> rest = std::as_bytes(std::span(out));
    require(!rest.empty());
    while (!rest.empty()) {
        const protocol::FrameView frame = protocol::first_frame(rest);
        require(frame.error == protocol::FrameError::none && frame.message.has_value());
        v1::Response response;
        require(response.ParseFromArray(frame.message->data(),
                                        static_cast<int>(frame.message->size())));
        require(response.id() == request.id());
        rest = rest.subspan(frame.consumed);
    }
}

void as_greeting(const v1::Hello& hello)
{
    for (const bool is_admin : {false, true}) {
        server::Peer peer;
        peer.address = "local";
        if (is_admin) {
            peer.local_user = "root";
            peer.local_admin = true;
        }
        const auto greet = server::translate_hello(hello, peer, premises());
        if (const auto* const no = std::get_if<ledger::Refusal>(&greet))
            require(!sentence(*no).empty());
        else // Only root is one without being asked for it by a credential.
            require(is_admin || std::get<ledger::Greet>(greet).role == ledger::Role::application);
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size)
{
    if (size < 2)
        return 0;
    server::Caller caller{{1}, {"key:fuzz"}, static_cast<ledger::Role>(bytes[0] % 4)};
    v1::Request request;
    if (!request.ParseFromArray(bytes + 1, static_cast<int>(size - 1)))
        return 0;
    if (request.has_hello())
        as_greeting(request.hello());
    if (request.has_leave())
        return 0; // The session's own.
    const server::Translation translation = server::translate(request, caller, premises());
    const auto objection = server::objection(request, caller.role);
    if (const auto* const no = std::get_if<ledger::Refusal>(&translation)) {
        require(!sentence(*no).empty() && !word(no->code).empty());
        require(!objection || no->code == objection->code);
    } else {
        require(!objection); // Nobody gets further than his role.
        if (const auto* const asked = std::get_if<server::Asked>(&translation))
            as_command(request, *asked);
    }
    return 0;
}
