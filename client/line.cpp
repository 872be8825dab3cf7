#include "client/line.hpp"

#include "client/proof.hpp"
#include "protocol/frame.hpp"
#include "protocol/limits.hpp"

#include <algorithm>
#include <span>
#include <utility>

namespace usher::client {
namespace {

constexpr std::uint32_t version = 1;
constexpr std::size_t read_bytes = 16 << 10; // What one TLS record holds.

Failure garbled(std::string what)
{
    return {.step = Step::exchange,
            .text = "the server's answer cannot be understood: " + std::move(what),
            .cure = "see that usherd and this program are of versions that fit"};
}

Failure not_greeted(std::string what)
{
    return {.step = Step::greeting,
            .text = "the server did not greet us: " + std::move(what),
            .cure = "see in its log why, and that its version fits this program's"};
}

Failure refused(const v1::Refused& refused)
{
    Failure failure{.step = Step::greeting,
                    .text = "the server refuses us: " + refused.text(),
                    .cure = refused.cures().empty() ? std::string() : refused.cures(0)};
    failure.refused = refused;
    return failure;
}

v1::Request hello(const Credentials& credentials)
{
    v1::Request request;
    v1::Hello& hello = *request.mutable_hello();
    hello.set_version(version);
    hello.set_version_min(version);
    hello.set_client(credentials.client.substr(0, protocol::name_bytes_max));
    hello.set_key(credentials.key);
    return request;
}

/// Puts the parts of a status or a report together: lists grow, and only the first part of a status
/// says when and where.
void join(v1::Response& whole, const v1::Response& part)
{
    v1::Operated& to = *whole.mutable_operated();
    if (to.has_compliance()) {
        to.mutable_compliance()->MergeFrom(part.operated().compliance());
        to.mutable_compliance()->set_more(part.operated().compliance().more());
        return;
    }
    to.mutable_status()->MergeFrom(part.operated().status());
    to.mutable_status()->set_more(part.operated().status().more());
}

bool has_more(const v1::Response& response)
{
    return response.operated().status().more() || response.operated().compliance().more();
}

} // namespace

Failure ended(const v1::Ending& ending)
{
    return {.step = Step::exchange,
            .text = "the server ended the connection: " +
                    (ending.reason().empty() ? "it did not say why" : ending.reason()),
            .cure = "try again in a moment; its log says more",
            .refused = std::nullopt,
            .retry_after = std::chrono::milliseconds(ending.retry_after_ms())};
}

Result<Line> Line::open(Route& route, const Patience& patience)
{
    auto stream = Stream::open(route, patience);
    if (!stream)
        return stream.error();
    Line line(std::move(*stream));
    if (auto greeted = line.greet(route.credentials(), patience); !greeted)
        return greeted.error();
    return line;
}

Result<void> Line::greet(const Credentials& credentials, const Patience& patience)
{
    auto response = ask(hello(credentials), patience);
    if (!response) {
        Failure failure = response.error();
        if (failure.step == Step::exchange)
            failure.step = Step::greeting;
        return failure;
    }
    if (response->has_refused())
        return refused(response->refused());
    if (!response->has_welcome() || response->welcome().version() != version)
        return not_greeted("it answered with something else");
    welcome_ = std::move(*response->mutable_welcome());
    node_ = node_of(welcome_.proof());
    if (credentials.vendors.empty())
        return {};
    if (auto why = objection(welcome_.proof(), stream_.exporter(), credentials.vendors))
        return Failure{.step = Step::proof,
                       .text = "the server did not prove to be genuine: " + *why,
                       .cure = "have a license installed that the vendor signed for this very "
                               "server (usher node prints what the vendor needs)"};
    // It has served, and may be half a megabyte for as long as the seat is held.
    welcome_.clear_proof();
    return {};
}

Result<std::uint64_t> Line::send(v1::Request request, const Patience& patience)
{
    request.set_id(++last_id_);
    std::string frame;
    if (!protocol::append_frame(frame, request))
        return Failure{.step = Step::exchange,
                       .text = "the request is too long for a message",
                       .cure = "ask for less at once"};
    if (auto written = stream_.write(frame, patience); !written)
        return why_ended(written.error());
    return last_id_;
}

Failure Line::why_ended(Failure failure)
{
    for (;;) {
        const auto last = read_frame({Clock::now()});
        if (!last || !*last)
            return failure;
        if ((*last)->has_ending())
            return ended((*last)->ending());
    }
}

Result<std::optional<v1::Response>> Line::receive(const Patience& patience)
{
    if (waiting_.empty())
        return read_frame(patience);
    std::optional<v1::Response> next(std::move(waiting_.front()));
    waiting_.pop_front();
    return next;
}

Result<v1::Response> Line::ask(v1::Request request, const Patience& patience)
{
    const auto id = send(std::move(request), patience);
    if (!id)
        return id.error();
    std::optional<v1::Response> whole;
    for (;;) {
        auto next = read_frame(patience);
        if (!next)
            return next.error();
        if (!*next)
            return Failure{.step = Step::exchange,
                           .text = "the server did not answer in time",
                           .cure = "see that usherd is not stopped or overloaded"};
        v1::Response& response = **next;
        if (response.has_ending())
            return ended(response.ending());
        if (response.id() != *id) {
            waiting_.push_back(std::move(response));
            continue;
        }
        if (whole)
            join(*whole, response);
        else
            whole = std::move(response);
        if (!has_more(*whole))
            return *std::move(whole);
    }
}

Result<std::optional<v1::Response>> Line::read_frame(const Patience& patience)
{
    for (;;) {
        const auto bytes = std::as_bytes(std::span(incoming_).subspan(taken_));
        const protocol::FrameView frame = protocol::first_frame(bytes);
        if (frame.error != protocol::FrameError::none)
            return garbled("a message of impossible length");
        if (frame.message) {
            std::optional<v1::Response> response(std::in_place);
            if (!response->ParseFromArray(frame.message->data(),
                                          static_cast<int>(frame.message->size())))
                return garbled("no message of ours");
            taken_ += frame.consumed;
            return response;
        }
        incoming_.erase(0, taken_);
        taken_ = 0;
        const std::size_t size = incoming_.size();
        incoming_.resize(size + read_bytes);
        const auto count = stream_.read(std::span(incoming_).subspan(size), patience);
        incoming_.resize(size + (count ? *count : 0));
        if (!count)
            return count.error();
        if (*count == 0)
            return std::optional<v1::Response>();
    }
}

} // namespace usher::client
