#include "tests/bench/wired_load.hpp"

#include <deque>
#include <hiredis/hiredis.h>

/// `bench-redis`: a semaphore with expiry in Redis, as people build it: a sorted set of leases by
/// the instant of their end, and a script that decides. hiredis writes and reads what goes over a
/// connection of OpenSSL. Prints one line of JSON.
namespace usher::bench {
namespace {

/// 1 where there was a seat.
constexpr const char* checkout_script = R"(
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[2]) then return 0 end
return redis.call('ZADD', KEYS[1], now + ARGV[3], ARGV[1])
)";
constexpr const char* seats = "1000000";
constexpr const char* term_ms = "25000";

using Reader = std::unique_ptr<redisReader, Freer<redisReaderFree>>;
using Reply = std::unique_ptr<redisReply, Freer<freeReplyObject>>;

class RedisSpeaker : public Speaker {
  public:
    void greet(std::string& out) override { send(out, "SCRIPT LOAD %s", checkout_script); }
    void ask(std::size_t number, const Seat& seat, std::string& out) override;
    std::optional<Heard> hear(Wire& wire) override;

  private:
    template <class... Words>
    static void send(std::string& out, const char* format, const Words&... words)
    {
        char* text = nullptr;
        const int bytes = redisFormatCommand(&text, format, words...);
        if (bytes < 0)
            give_up("hiredis writes no command");
        out.append(text, static_cast<std::size_t>(bytes));
        redisFreeCommand(text);
    }

    Reader reader_{redisReaderCreate()};
    std::string script_;            ///< The digest by which Redis knows it.
    std::deque<std::size_t> asked_; ///< Redis answers in the order of the questions.
};

void RedisSpeaker::ask(std::size_t number, const Seat& seat, std::string& out)
{
    if (seat.asked == Verb::checkout)
        send(out, "EVALSHA %s 1 seats %b %s %s", script_.c_str(), seat.lease.data(),
             seat.lease.size(), seats, term_ms);
    else
        send(out, "ZREM seats %b", seat.lease.data(), seat.lease.size());
    asked_.push_back(number);
}

std::optional<Heard> RedisSpeaker::hear(Wire& wire)
{
    const auto in = wire.in();
    if (!in.empty()) {
        redisReaderFeed(reader_.get(), reinterpret_cast<const char*>(in.data()), in.size());
        wire.consume(in.size());
    }
    void* read = nullptr;
    if (redisReaderGetReply(reader_.get(), &read) != REDIS_OK)
        give_up(std::string("the answer is no reply: ") + reader_->errstr);
    const Reply reply(static_cast<redisReply*>(read));
    if (!reply)
        return std::nullopt;
    if (script_.empty() && reply->type == REDIS_REPLY_STRING) {
        script_.assign(reply->str, static_cast<std::size_t>(reply->len));
        return Heard{};
    }
    if (reply->type != REDIS_REPLY_INTEGER || reply->integer != 1)
        give_up(std::string("Redis says no: ") + (reply->str != nullptr ? reply->str : "no seat"));
    const std::size_t number = asked_.front();
    asked_.pop_front();
    return Heard{number};
}

} // namespace
} // namespace usher::bench

int main(int argc, char** argv)
{
    using namespace usher::bench;
    Program program("Takes seats of a semaphore in Redis and gives them back.", "bench-redis");
    const MakeSpeaker make_speaker = [] { return std::make_unique<RedisSpeaker>(); };
    return program.run(argc, argv, [&] { return load(program.order, "", make_speaker); });
}
