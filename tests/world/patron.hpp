#pragma once

#include "client/duty.hpp"
#include "tests/world/chance.hpp"
#include "tests/world/time.hpp"
#include "tests/world/wire.hpp"

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace usher::world {

/// A message on its way may be lost, come twice, or after the next one. TCP and TLS allow none of
/// it; a broken peer, or a client that tries again over another connection, do.
struct Weather {
    std::uint64_t one_in = 0; ///< So many messages, one is mistreated; 0: none.
};

/// An application: what a program with `libusher` does, with everything below the attendant's
/// thread as it is shipped. It is a process: it may hang, die, and be started again.
class Patron {
  public:
    using Connect = std::function<std::shared_ptr<Wire>()>; ///< Null: nobody is there.

    struct Character {
        std::string key; ///< Of a pool; empty: it comes with nothing.
        std::string user;
        std::string device;
    };

    Patron(Chance chance, Character character, const WorldClock& clock, Connect connect);

    // What the application does.

    void checkout(const std::string& profile, std::uint64_t units, Duration wait);
    /// Gives one of its seats back; none where it has none.
    void checkin(std::uint64_t which);
    void checkin_all();
    /// Asks for, or gives back, what is another's. The answer must be a no.
    void steal(const std::string& lease, bool renews);

    // What happens to it.

    /// It does nothing until then, and its connection stands.
    void hang(SteadyInstant until) { hangs_until_ = std::max(hangs_until_, until); }
    /// The program is killed: its system closes its connection, unless its host went down as well.
    void die(bool is_host_lost);
    /// It begins anew, and remembers nothing.
    void begin_again();
    void set_weather(Weather weather) { weather_ = weather; }

    // For the world.

    /// Does what is due. Whether anything was.
    bool act();
    [[nodiscard]] SteadyInstant next_act() const;
    [[nodiscard]] bool is_dead() const { return is_dead_; }
    [[nodiscard]] bool is_hanging() const { return hangs_until_ > clock_.steady(); }
    [[nodiscard]] const std::shared_ptr<Wire>& wire() const { return wire_; }

    struct Belief {
        std::string lease;
        std::uint64_t units = 0;
        bool is_ours = false;    ///< Held or locked, as far as it knows.
        bool is_certain = false; ///< And no more than a term ago.
        bool is_open = false;    ///< Anything else that is not over: asking, returning.
    };
    [[nodiscard]] std::vector<Belief> beliefs() const;

    // What the world wants to know.
    std::function<void(const std::string& lease)> when_giving_back; ///< It is about to ask.
    std::function<void(const std::string& lease)> when_given_back;  ///< The server said so.
    std::function<void(const std::string& complaint)> when_wrong;

  private:
    enum class Stage : std::uint8_t { away, greeting, open };
    /// A call of the application that waits for its answer.
    struct Call {
        client::SeatNumber seat = 0;
        client::Instant until{};
    };

    [[nodiscard]] client::Instant now() const { return client_time(clock_.steady()); }
    bool look_at_calls();
    bool read();
    void hear(v1::Response response);
    void on_response(v1::Response response);
    void on_welcome(const v1::Response& response);
    bool do_duty();
    void connect();
    std::uint64_t send(v1::Request request);
    void put(std::string frame);
    void fail(client::Failure failure);
    void lose(const client::Failure& failure);
    void release(client::SeatNumber number);
    void hang_up();

    Chance chance_;
    const Character character_;
    const WorldClock& clock_;
    const Connect connect_;
    std::unique_ptr<client::Duty> duty_;
    std::vector<Call> calls_;
    std::vector<client::SeatNumber> seats_;
    Stage stage_ = Stage::away;
    client::Instant connect_until_{};
    std::shared_ptr<Wire> wire_;
    std::string incoming_;
    std::uint64_t last_id_ = 0;
    std::map<std::uint64_t, std::string> checkins_; ///< By request, of this connection.
    std::map<std::uint64_t, std::string> thefts_;   ///< The same.
    std::string held_back_;                         ///< A frame that comes after the next one.
    std::optional<v1::Response> late_;              ///< The same of an answer.
    SteadyInstant wake_{};
    SteadyInstant hangs_until_{};
    bool is_dead_ = false;
    Weather weather_;
};

} // namespace usher::world
