#include "daemon/journal/memory_journal.hpp"
#include "daemon/ledger/invariants.hpp"
#include "daemon/server/desk.hpp"
#include "daemon/server/hall.hpp"
#include "daemon/server/session.hpp"
#include "protocol/frame.hpp"
#include "tests/fuzz/require.hpp"
#include "tests/world/neighborhood.hpp"
#include "tests/world/wire.hpp"

#include <array>
#include <map>
#include <memory>
#include <spdlog/spdlog.h>
#include <string>
#include <string_view>
#include <vector>

/// Two applications and an operator at the real sessions, hall, desk and ledger: the bytes say who
/// says what, how it is cut, when time goes by and when a connection ends. After every step the
/// ledger is whole, everybody hears whole messages, and nobody hears two answers to one request.
using namespace usher;
using usher::tests::require;

namespace {

const world::Neighborhood& neighborhood()
{
    static const world::Neighborhood made;
    spdlog::set_level(spdlog::level::off);
    return made;
}

/// What is left of the input; zeros after its end.
class Bytes {
  public:
    Bytes(const std::uint8_t* bytes, std::size_t size)
        : rest_(reinterpret_cast<const char*>(bytes), size)
    {}
    [[nodiscard]] bool is_empty() const { return rest_.empty(); }
    std::uint8_t one()
    {
        if (rest_.empty())
            return 0;
        const auto byte = static_cast<std::uint8_t>(rest_.front());
        rest_.remove_prefix(1);
        return byte;
    }
    std::string_view some(std::size_t size)
    {
        const std::string_view taken = rest_.substr(0, size);
        rest_.remove_prefix(taken.size());
        return taken;
    }

  private:
    std::string_view rest_;
};

struct Guest {
    std::shared_ptr<world::Wire> wire; ///< None: it is away.
    std::string incoming;
    std::map<std::uint64_t, int> asked; ///< How often each id was, and was not answered yet.
    bool has_babbled = false;           ///< Bytes that are no frame may be requests, too.
};

class House {
  public:
    House()
        : premises_(neighborhood().premises()), hall_(make_hall()),
          desk_(ledger_, journal_, clock_, {}, [this](std::vector<server::Letter>&& letters) {
              deliver(std::move(letters), halls_);
          })
    {
        journal_.replay([](const journal::Turn&) {});
        desk_.open(ledger::Start{});
        desk_.ask({{}, 0, world::license_for(2)});
        desk_.serve();
    }
    ~House()
    {
        for (Guest& guest : guests_)
            if (guest.wire)
                guest.wire->lose_server(false);
    }
    House(const House&) = delete;
    House& operator=(const House&) = delete;

    void live(Bytes& bytes)
    {
        const std::uint8_t what = bytes.one();
        Guest& guest = guests_[what / 16U % guests_.size()];
        const bool is_operator = &guest == &guests_.back();
        switch (what % 16) {
        case 0: come(guest, is_operator); break;
        case 1: leave(guest, false); break;
        case 2: leave(guest, true); break;
        case 3: pass(std::chrono::milliseconds(bytes.one())); break;
        case 4: pass(std::chrono::seconds(bytes.one())); break;
        case 5:
            guest.has_babbled = true;
            say(guest, bytes.some(bytes.one()));
            break;
        case 6: ask_anything(guest, bytes.some(std::size_t{bytes.one()} * 4)); break;
        case 7: serve_guests(); break; // What was asked waits at the desk.
        default: ask(guest, what % 16U - 8U, bytes); break;
        }
        if (what % 16 != 7)
            settle();
        look();
    }

    /// Everybody goes, and what was asked is answered or its connection is over.
    void end()
    {
        for (Guest& guest : guests_)
            leave(guest, false);
        for (int second = 0; second < 60; ++second) { // In steps: the daemon is not away.
            pass(std::chrono::seconds(1));
            settle();
        }
        look();
        require(ledger_.leases_held() == 0); // Nobody's seat outlives its term.
    }

  private:
    server::Hall& make_hall()
    {
        premises_.clock = &clock_;
        premises_.anonymous = true;
        premises_.started = clock_.now().calendar - std::chrono::hours(1);
        halls_.push_back(std::make_unique<server::Hall>(
            0, 1, server::Rules{std::make_shared<const server::Premises>(premises_), {}},
            std::make_shared<server::Usage>(1), clock_));
        return *halls_.front();
    }

    void come(Guest& guest, bool is_operator)
    {
        if (guest.wire)
            return;
        guest = {};
        guest.wire =
            std::make_shared<world::Wire>(world::Chance(++wires_), world::Duration(20), clock_);
        server::Visitor visitor;
        visitor.channel = std::make_unique<world::WireChannel>(guest.wire);
        visitor.is_local = is_operator;
        visitor.peer.address = "guest";
        if (is_operator) {
            visitor.peer.local_user = "root";
            visitor.peer.local_admin = true;
        }
        hall_.seat(std::make_shared<server::Session>(hall_, desk_, std::move(visitor)));
        v1::Request hello;
        hello.mutable_hello()->set_version(1);
        hello.mutable_hello()->set_version_min(1);
        send(guest, hello, 1);
    }

    void leave(Guest& guest, bool at_once)
    {
        if (guest.wire)
            guest.wire->close_client(at_once);
        settle();
        guest.wire.reset();
    }

    void say(Guest& guest, std::string_view bytes)
    {
        if (guest.wire)
            guest.wire->send(bytes);
    }

    void send(Guest& guest, v1::Request& request, std::uint64_t id)
    {
        request.set_id(id);
        std::string frame;
        require(protocol::append_frame(frame, request));
        ++guest.asked[id];
        say(guest, frame);
    }

    void ask_anything(Guest& guest, std::string_view bytes)
    {
        v1::Request request;
        if (guest.wire && request.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())))
            send(guest, request, 2 + request.id() % 8);
    }

    /// One of eight usual things, about one of four leases.
    void ask(Guest& guest, unsigned verb, Bytes& bytes)
    {
        if (!guest.wire)
            return;
        const std::uint8_t how = bytes.one();
        const std::string lease(16, static_cast<char>('a' + how % 4));
        v1::Request request;
        switch (verb) {
        case 0:
        case 1:
            request.mutable_checkout()->set_lease(lease);
            request.mutable_checkout()->set_profile("P");
            request.mutable_checkout()->set_units(1U + how / 4U % 2U);
            request.mutable_checkout()->set_user("u");
            request.mutable_checkout()->set_device("d");
            request.mutable_checkout()->set_wait_ms(verb == 0 ? 0 : 10'000);
            break;
        case 2: request.mutable_renew()->add_leases(lease); break;
        case 3: request.mutable_checkin()->set_lease(lease); break;
        case 4: request.mutable_leave(); break;
        case 5:
            request.mutable_state_ask()->set_profile("P");
            request.mutable_state_ask()->set_watch(how % 2 == 0);
            break;
        case 6:
            if (how % 2 == 0)
                request.mutable_operate()->mutable_look();
            else
                request.mutable_operate()->mutable_maintenance()->set_on(how % 4 == 1);
            break;
        default: request.mutable_checkin_many()->add_leases(lease); break;
        }
        send(guest, request, 2U + how / 8U % 8U);
    }

    void pass(world::Duration time)
    {
        clock_.advance_to(clock_.steady() + time);
        hall_.look_at_deadlines();
    }

    void drain()
    {
        hall_.context().restart();
        while (hall_.context().poll() > 0) {
        }
    }

    void serve_guests()
    {
        clock_.advance_to(clock_.steady() + world::Duration(20)); // So long a packet takes.
        for (bool goes_on = true; goes_on;) {
            drain();
            goes_on = false;
            for (Guest& guest : guests_)
                goes_on = (guest.wire && guest.wire->serve_waiter()) || goes_on;
        }
    }

    void settle()
    {
        serve_guests();
        desk_.serve();
        serve_guests();
        for (Guest& guest : guests_)
            hear(guest);
    }

    /// Whole messages only, and to each request one answer at the most; or many that are one.
    void hear(Guest& guest)
    {
        if (!guest.wire)
            return;
        guest.incoming += guest.wire->receive();
        std::size_t used = 0;
        for (;;) {
            const protocol::FrameView frame =
                protocol::first_frame(std::as_bytes(std::span(guest.incoming).subspan(used)));
            require(frame.error == protocol::FrameError::none);
            if (!frame.message)
                break;
            v1::Response response;
            require(response.ParseFromArray(frame.message->data(),
                                            static_cast<int>(frame.message->size())));
            used += frame.consumed;
            require(response.answer_case() != v1::Response::ANSWER_NOT_SET);
            const bool is_whole = !response.operated().status().more();
            if (response.id() != 0 && is_whole)
                require(guest.asked[response.id()]-- > 0 || guest.has_babbled);
        }
        guest.incoming.erase(0, used);
    }

    void look()
    {
        const ledger::Now now{std::max(clock_.now().calendar, ledger_.calendar_floor()),
                              clock_.steady()};
        desk_.serve();
        require(ledger::broken_invariants(ledger_, now).empty());
    }

    world::WorldClock clock_;
    server::Premises premises_;
    ledger::Ledger ledger_;
    journal::MemoryDisk disk_;
    journal::MemoryJournal journal_{disk_};
    std::vector<std::unique_ptr<server::Hall>> halls_;
    server::Hall& hall_;
    server::Desk desk_;
    std::array<Guest, 3> guests_;
    std::uint64_t wires_ = 0;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size)
{
    constexpr int steps_max = 200;
    Bytes input(bytes, size);
    House house;
    for (int step = 0; step < steps_max && !input.is_empty(); ++step)
        house.live(input);
    house.end();
    return 0;
}
