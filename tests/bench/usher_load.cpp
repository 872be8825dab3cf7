#include "protocol/frame.hpp"
#include "tests/bench/usher_words.hpp"
#include "tests/bench/wired_load.hpp"

/// `bench-load`: so many connections, each with so many requests in flight, that check a seat out
/// and in again as fast as they are answered. Prints one line of JSON. With `--echo` the same
/// frames go to `bench-echo`, which sends them back.
namespace usher::bench {
namespace {

/// Request 0 does not exist in the protocol: the greeting is 1, the seats come after it.
constexpr std::uint64_t greeting = 1;
constexpr std::uint64_t first_seat = 2;

class UsherSpeaker : public Speaker {
  public:
    explicit UsherSpeaker(std::string key) : key_(std::move(key)) {}

    void greet(std::string& out) override
    {
        fill_hello(request_, greeting, key_);
        send(out);
    }
    void ask(std::size_t number, const Seat& seat, std::string& out) override;
    std::optional<Heard> hear(Wire& wire) override;

  protected:
    /// The id of the message, after a look at it.
    virtual std::uint64_t parse(std::span<const std::byte> message);

    v1::Request request_;

  private:
    void send(std::string& out) const
    {
        if (!protocol::append_frame(out, request_))
            give_up("a request is too long");
    }

    std::string key_;
    v1::Response response_;
};

void UsherSpeaker::ask(std::size_t number, const Seat& seat, std::string& out)
{
    const std::uint64_t id = number + first_seat;
    switch (seat.asked) {
    case Verb::checkout: fill_checkout(request_, id, seat.lease); break;
    case Verb::renew: fill_renew(request_, id, {&seat.lease, 1}); break;
    case Verb::checkin: fill_checkin(request_, id, seat.lease); break;
    }
    send(out);
}

std::optional<Heard> UsherSpeaker::hear(Wire& wire)
{
    const protocol::FrameView frame = protocol::first_frame(wire.in());
    if (!frame.message)
        return std::nullopt;
    const std::uint64_t id = parse(*frame.message);
    wire.consume(frame.consumed);
    if (id == greeting)
        return Heard{};
    return Heard{id - first_seat};
}

std::uint64_t UsherSpeaker::parse(std::span<const std::byte> message)
{
    if (!response_.ParseFromArray(message.data(), static_cast<int>(message.size())))
        give_up("the answer is no response");
    if (response_.has_ending() || response_.has_refused() || response_.id() == 0)
        give_up("the server says no: " + response_.ShortDebugString());
    return response_.id();
}

/// Hears what was said.
class EchoSpeaker : public UsherSpeaker {
  public:
    using UsherSpeaker::UsherSpeaker;

  private:
    std::uint64_t parse(std::span<const std::byte> message) override
    {
        if (!request_.ParseFromArray(message.data(), static_cast<int>(message.size())))
            give_up("the echo is no request");
        return request_.id();
    }
};

} // namespace
} // namespace usher::bench

int main(int argc, char** argv)
{
    using namespace usher::bench;
    std::string key;
    bool echo = false;
    Program program("Checks seats out and in as fast as they are answered.", "bench-load");
    program.options.add_option("--renewals", program.order.renewals,
                               "Between a checkout and its checkin");
    program.options.add_option("--key", key);
    program.options.add_flag("--echo", echo, "The other end is bench-echo");
    const MakeSpeaker make_speaker = [&]() -> std::unique_ptr<Speaker> {
        if (echo)
            return std::make_unique<EchoSpeaker>(key);
        return std::make_unique<UsherSpeaker>(key);
    };
    return program.run(argc, argv, [&] { return load(program.order, "usher/1", make_speaker); });
}
