#include "daemon/server/session.hpp"

#include "daemon/server/roles.hpp"
#include "protocol/frame.hpp"

#include <boost/asio/post.hpp>
#include <utility>

/// The way in: from the socket to the desk. The way out is in session_out.cpp.
namespace usher::server {
namespace {

using ledger::Code;
using ledger::Refusal;

/// An answer that may be as large as everything a daemon holds: only one at a time.
bool is_large(const ledger::Command& command)
{
    return std::holds_alternative<ledger::Look>(command) ||
           std::holds_alternative<ledger::ExplainRefusals>(command) ||
           std::holds_alternative<ledger::ListLeases>(command) ||
           std::holds_alternative<ledger::Plan>(command);
}

bool is_part_of_a_table(const ledger::Command& command)
{
    const auto* foundations = std::get_if<ledger::PutFoundations>(&command);
    const auto* principals = std::get_if<ledger::SetPrincipals>(&command);
    return (foundations && foundations->part.more) || (principals && principals->part.more);
}

/// All that one turn of a session takes on, so that the turns of others come soon.
constexpr int messages_per_turn_max = 32;

/// Of its verb; for the log.
std::string_view word_of(const v1::Request& request)
{
    const auto row = verb_of(request);
    return row ? row->word : "unknown";
}

std::span<const std::byte> bytes_of(const std::string& text)
{
    return std::as_bytes(std::span(text));
}

} // namespace

Session::Session(Hall& hall, Desk& desk, Visitor visitor)
    : hall_(hall), desk_(desk), id_(hall.next_id()), origin_(visitor.origin),
      is_local_(visitor.is_local), place_(std::move(visitor.place)), peer_(std::move(visitor.peer)),
      channel_(std::move(visitor.channel)), began_(hall.now()), phase_since_(began_),
      stepped_at_(began_), heard_at_(began_), wrote_at_(began_)
{
    caller_.connection = id_;
    share_ = is_local_ ? hall_.shares().of_local_newcomers() : hall_.shares().of_newcomers(origin_);
}

Session::~Session() = default;

void Session::start()
{
    waits_to_read_ = true;
    hall_.line_up(shared_from_this());
}

// Waiting for the socket.

void Session::arm()
{
    if (phase_ == Phase::over)
        return;
    weigh();
    const bool to_read = phase_ == Phase::handshake || may_read();
    if (to_read && !write_first_ && !waits_to_read_)
        wait_to_read();
    if ((unsent() > 0 || write_first_) && !waits_to_write_)
        wait_to_write();
}

void Session::wait_to_read()
{
    waits_to_read_ = true;
    const auto self = shared_from_this();
    if (is_unfinished_ || channel_->has_more()) // The others have their turn in between.
        return hall_.line_up(self);
    channel_->wait_to_read(self);
}

void Session::wait_to_write()
{
    waits_to_write_ = true;
    channel_->wait_to_write(shared_from_this());
}

void Session::on_readable()
{
    hall_.line_up(shared_from_this());
}

void Session::take_turn()
{
    waits_to_read_ = false;
    if (phase_ == Phase::over)
        return;
    if (phase_ == Phase::handshake)
        advance_handshake();
    else if (std::exchange(is_unfinished_, false))
        take_in({});
    else if (phase_ == Phase::lingering || may_take_on())
        read();
    write();
    arm();
}

void Session::on_writable()
{
    waits_to_write_ = false;
    if (phase_ == Phase::over)
        return;
    if (std::exchange(write_first_, false))
        phase_ == Phase::handshake ? advance_handshake() : read();
    flush();
}

// In.

void Session::advance_handshake()
{
    const int stage = channel_->stage();
    const Channel::Step step = channel_->handshake();
    if (channel_->stage() != stage)
        stepped_at_ = hall_.now();
    heard_ = heard_ || channel_->has_begun();
    write_first_ = step == Channel::Step::wants_to_write;
    if (step == Channel::Step::done)
        meet();
    else if (step == Channel::Step::ended || step == Channel::Step::broken)
        cut(Parting::handshake_failed);
}

/// What we have not come to read is no delay of the peer's.
std::optional<Session::Instant> Session::waits_since()
{
    const bool is_its_turn = phase_ == Phase::handshake || phase_ == Phase::hello;
    return is_its_turn && !channel_->has_arrivals() ? std::optional(stepped_at_) : std::nullopt;
}

void Session::meet()
{
    if (auto shown = channel_->client_certificate()) {
        peer_.certificate = shown->digest;
        peer_.certificate_name = std::move(shown->common_name);
        peer_.certificate_is_foreign = shown->is_foreign;
    }
    phase_ = Phase::hello;
    phase_since_ = stepped_at_ = hall_.now();
    read(); // The first message often comes with the handshake's last.
}

void Session::read()
{
    const std::span<std::byte> room = hall_.scratch();
    std::size_t filled = 0;
    Channel::Moved moved;
    do {
        moved = channel_->read(room.subspan(filled));
        filled += moved.bytes;
    } while (moved.step == Channel::Step::done && filled < room.size() && channel_->has_more());
    write_first_ = moved.step == Channel::Step::wants_to_write;
    if (filled > 0)
        take_in(room.first(filled));
    if (moved.step == Channel::Step::ended || moved.step == Channel::Step::broken)
        lose();
}

void Session::take_in(std::span<const std::byte> bytes)
{
    if (phase_ >= Phase::closing && !turns_away())
        return; // It is read only so that the peer can close in peace.
    if (!bytes.empty())
        heard_at_ = hall_.now();
    if (rest_.empty()) {
        const auto rest = bytes.subspan(decode(bytes));
        rest_.assign(reinterpret_cast<const char*>(rest.data()), rest.size());
    } else {
        rest_.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
        rest_.erase(0, decode(bytes_of(rest_)));
    }
    if (rest_.empty() || (phase_ >= Phase::closing && !turns_away()))
        rest_ = {};
}

/// How many bytes are done with: whole messages, as long as more may be taken on.
std::size_t Session::decode(std::span<const std::byte> bytes)
{
    std::size_t used = 0;
    const auto began = std::exchange(frame_since_, std::nullopt);
    is_unfinished_ = false;
    for (int taken = 0; used < bytes.size() && may_take_on(); ++taken) {
        if (taken == messages_per_turn_max) {
            is_unfinished_ = true;
            break;
        }
        const std::size_t bytes_max =
            requests_ == 0 ? protocol::greeting_bytes_max : protocol::frame_bytes_max;
        const protocol::FrameView frame = protocol::first_frame(bytes.subspan(used), bytes_max);
        if (frame.error != protocol::FrameError::none) {
            break_off(frame.error == protocol::FrameError::empty ? "an empty frame"
                                                                 : "a frame that is too long");
            break;
        }
        if (!frame.message) {
            frame_since_ = used == 0 && began ? began : hall_.now();
            break;
        }
        used += frame.consumed;
        on_message(*frame.message);
    }
    hall_.arena().Reset();
    return used;
}

bool Session::may_read() const
{
    const Limits& limits = hall_.limits();
    switch (phase_) {
    case Phase::hello:
    case Phase::lingering: return true;
    case Phase::serving: break;
    case Phase::closing: return turns_away() && unsent() <= limits.unsent_bytes_max / 4;
    default: return false;
    }
    return !is_held_back_ && errands_.count() < limits.in_flight_max &&
           errands_.bytes() < limits.unanswered_bytes_max &&
           unsent() <= limits.unsent_bytes_max / 4;
}

bool Session::may_take_on()
{
    if (phase_ > Phase::closing || !may_read())
        return false;
    if (phase_ == Phase::serving && (hall_.is_full() || hall_.is_full(*share_))) {
        is_held_back_ = true;
        hall_.hold_back(shared_from_this());
        return false;
    }
    return true;
}

void Session::on_message(std::span<const std::byte> message)
{
    auto& request = *google::protobuf::Arena::CreateMessage<v1::Request>(&hall_.arena());
    if (!request.ParseFromArray(message.data(), static_cast<int>(message.size())))
        return break_off("a message that is none");
    if (request.id() == 0)
        return break_off("a request without an id");
    ++requests_;
    if (turns_away())
        refuse(request.id(), word_of(request), {.code = Code::server_ending});
    else if (phase_ == Phase::hello)
        on_hello(request);
    else
        on_request(request, message.size());
}

/// The daemon stops: what comes now is answered, though with a no, so that nobody has to wonder
/// what became of it.
bool Session::turns_away() const
{
    return phase_ == Phase::closing && parting_ == Parting::stopping;
}

/// Who sends what is none of ours cannot be answered: nobody knows what the rest of its bytes are.
void Session::break_off(std::string_view fault)
{
    fault_ = fault;
    if (turns_away())
        parting_ = Parting::protocol_error; // What lies at the desk is still answered.
    else
        close(Parting::protocol_error);
}

void Session::on_hello(const v1::Request& request)
{
    constexpr std::string_view verb = "hello";
    if (!request.has_hello()) {
        refuse(request.id(), verb,
               {.code = Code::bad_request, .detail = "hello: must be the first message"});
        return close(Parting::not_let_in);
    }
    auto greet = translate_hello(request.hello(), peer_, hall_.premises());
    if (const auto* refusal = std::get_if<Refusal>(&greet)) {
        refuse(request.id(), verb, *refusal);
        return close(Parting::not_let_in);
    }
    client_ = request.hello().client();
    phase_ = Phase::greeting;
    ask(std::get<ledger::Greet>(std::move(greet)), {.request = request.id(), .verb = verb});
}

void Session::on_request(const v1::Request& request, std::size_t bytes)
{
    if (request.has_leave()) {
        leaving_ = request.id();
        leave_leases();
        return close(Parting::left);
    }
    Errand errand{.request = request.id(), .verb = word_of(request), .bytes = bytes};
    Translation translation = translate(request, caller_, hall_.premises());
    if (const auto* refusal = std::get_if<Refusal>(&translation)) {
        refuse(request.id(), errand.verb, *refusal);
        if (request.has_hello())
            break_off("a second hello");
        return;
    }
    if (const auto* response = std::get_if<v1::Response>(&translation))
        return append(*response);

    auto& [command, keepsake] = std::get<Asked>(translation);
    if (const auto* checkout = std::get_if<ledger::Checkout>(&command))
        errand.wish = std::make_unique<Wish>(
            Wish{checkout->user.text, checkout->profile.text, checkout->tag});
    if (const auto refusal = speak_for(command, errand))
        return refuse(request.id(), errand.verb, *refusal, errand.wish.get());
    if (is_large(command))
        errand.bytes = hall_.limits().unanswered_bytes_max;
    if (request.has_operate())
        errand.keepsake = std::make_unique<Keepsake>(std::move(keepsake));
    ask(std::move(command), std::move(errand));
}

/// From the question on, not from its answer: who is lost in between has lost that lease, too.
std::optional<Refusal> Session::speak_for(const ledger::Command& command, Errand& errand)
{
    const std::size_t leases_max = hall_.limits().leases_per_connection_max;
    const auto full = [&] {
        return Refusal{.code = Code::limit_reached,
                       .detail = "one connection speaks for at most " + std::to_string(leases_max) +
                                 " leases"};
    };
    if (const auto* checkout = std::get_if<ledger::Checkout>(&command)) {
        if (!speaking_.add(checkout->id))
            return std::nullopt; // A retry takes no room, not even where a reload has left too
                                 // little.
        errand.lease = checkout->id;
        if (speaking_.count() <= leases_max)
            return std::nullopt;
        speaking_.drop(checkout->id);
        return full();
    }
    if (const auto* renew = std::get_if<ledger::Renew>(&command)) {
        const std::size_t news = speaking_.news_in(renew->leases);
        if (speaking_.count() + news > leases_max)
            return full();
        if (news > 0) // Nearly never: they are known since their checkouts.
            speaking_.add(renew->leases);
    }
    if (const auto* checkin = std::get_if<ledger::Checkin>(&command))
        errand.lease = checkin->lease;
    if (const auto* many = std::get_if<ledger::CheckinMany>(&command))
        if (auto known = speaking_.known_in(many->leases); !known.empty())
            errand.given_back = std::make_unique<std::vector<ledger::LeaseId>>(std::move(known));
    if (const auto* state = std::get_if<ledger::AskState>(&command); state && state->watch) {
        errand.watches = true;
        ++watches_;
    }
    keeps_rows_ = keeps_rows_ || is_part_of_a_table(command);
    return std::nullopt;
}

void Session::ask(ledger::Command&& command, Errand&& errand)
{
    hall_.note_question();
    errand.weight = weight_of(command);
    share_->questions += errand.weight;
    hall_.gauge(Bound::questions_per_identity).raise(share_->questions);
    desk_.ask(std::make_unique<Question>(id_, errands_.send(std::move(errand)), std::move(command),
                                         share_->number));
    weigh(); // Before the next one is taken on.
}

} // namespace usher::server
