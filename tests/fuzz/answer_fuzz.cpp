#include "client/address.hpp"
#include "client/holdings.hpp"
#include "protocol/frame.hpp"
#include "tests/fuzz/require.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <google/protobuf/stubs/logging.h>

/// Foreign bytes into what an application reads: the address of its server, and that server's
/// frames. Whatever a server says, nothing is held that it did not grant.
using namespace usher;
using namespace usher::client;
using usher::tests::require;

namespace {

constexpr std::size_t seats = 3;

void as_address(std::string_view text)
{
    if (const auto address = address_from(text)) {
        const auto again = address_from(to_text(*address));
        require(again.has_value() && *again == *address && !place(*address).empty());
    }
}

/// Three seats are asked for; the second of them waits in the queue. All that is due is asked
/// before each frame, so the requests are 1, 2, 3 and so on, and a lease is 16 times its number.
class Application {
  public:
    Application()
    {
        for (std::uint8_t number = 1; number <= seats; ++number) {
            std::array<std::uint8_t, 16> id{};
            id.fill(number);
            const std::chrono::seconds wait(number == 2 ? 60 : 0);
            require(
                holdings_
                    .ask_for(
                        {.profile = "P", .user = "u", .device = "d", .party = {}, .wait = wait}, id)
                    .has_value());
        }
        (void)holdings_.connected({});
    }

    void ask()
    {
        while (auto question = holdings_.next_question(now_)) {
            holdings_.begin(*question, now_);
            holdings_.sent(*std::move(question), ++request_, now_);
        }
    }

    void hear(const v1::Response& response)
    {
        now_ += std::chrono::seconds(1);
        if (response.has_granted())
            granted_ = true;
        judge(holdings_.take(response));
        judge(holdings_.tick(now_));
        for (SeatNumber number = 1; number <= seats; ++number)
            if (const Seat* const seat = holdings_.find(number))
                require(granted_ || !is_ours(*seat));
    }

    void part()
    {
        judge(holdings_.disconnected({}));
        (void)holdings_.connected({});
        ask();
    }

  private:
    static void judge(const std::vector<Event>& events)
    {
        for (const Event& event : events)
            require(event.seat <= seats);
    }

    Holdings holdings_;
    Instant now_{std::chrono::hours(1)};
    std::uint64_t request_ = 0;
    bool granted_ = false;
};

void as_answers(std::span<const std::byte> bytes)
{
    Application application;
    for (;;) {
        application.ask();
        const protocol::FrameView view = protocol::first_frame(bytes);
        if (!view.message)
            break;
        bytes = bytes.subspan(view.consumed);
        v1::Response response;
        if (response.ParseFromArray(view.message->data(), static_cast<int>(view.message->size())))
            application.hear(response);
    }
    application.part();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size)
{
    google::protobuf::SetLogHandler(nullptr); // A line for each field that is not UTF-8.
    as_address({reinterpret_cast<const char*>(bytes), size});
    as_answers(std::as_bytes(std::span(bytes, size)));
    return 0;
}
