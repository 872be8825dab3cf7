#include "tools/held_seat.hpp"
#include "tools/printable.hpp"
#include "tools/running_command.hpp"
#include "tools/signal_reader.hpp"
#include "tools/usher_verbs.hpp"
#include "tools/wish.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <poll.h>
#include <sys/resource.h>
#include <system_error>

namespace usher::tools {
namespace {

constexpr int exit_cannot_run = 126;
constexpr int exit_not_found = 127;

/// So long a command that was told to stop may take before it is killed.
constexpr std::chrono::seconds stop_patience(10);

/// The two things that can happen beside the command, and when they stop being of interest.
class Watch {
  public:
    Watch(const HeldSeat& seat, const RunningCommand& command, const SignalReader& signals,
          bool stops_on_loss)
        : seat_(seat), command_(command), signals_(signals), stops_on_loss_(stops_on_loss)
    {}

    /// Returns when the command has ended.
    Ended wait()
    {
        for (;;) {
            std::array<pollfd, 2> sources{{{signals_.fd(), POLLIN, 0}, {seat_.lost(), POLLIN, 0}}};
            // A loss is acted upon once; its descriptor stays readable.
            const nfds_t count = is_lost_ ? 1 : 2;
            if (::poll(sources.data(), count, patience_ms()) == 0)
                command_.signal(SIGKILL);
            if (count == 2 && sources[1].revents != 0)
                lose();
            while (const auto caught = signals_.next())
                if (caught->number != SIGCHLD && !caught->is_from_terminal)
                    command_.signal(caught->number); // A terminal has told the command itself.
            if (const auto ended = command_.ended())
                return *ended;
        }
    }

  private:
    void lose()
    {
        is_lost_ = true;
        if (stops_on_loss_)
            command_.signal(SIGTERM);
    }

    [[nodiscard]] int patience_ms() const
    {
        constexpr auto patience = std::chrono::milliseconds(stop_patience).count();
        return is_lost_ && stops_on_loss_ ? static_cast<int>(patience) : -1;
    }

    const HeldSeat& seat_;
    const RunningCommand& command_;
    const SignalReader& signals_;
    bool stops_on_loss_;
    bool is_lost_ = false;
};

/// Ends this program by the signal that ended the command, so that who waits for it sees the same.
[[nodiscard]] int pass_on(const Ended& ended)
{
    if (ended.signal != 0) {
        const ::rlimit no_core{0, 0}; // Where there is one, it is the command's.
        ::setrlimit(RLIMIT_CORE, &no_core);
        std::signal(ended.signal, SIG_DFL);
        std::raise(ended.signal);
    }
    return ended.exit_code;
}

Ended hold_seat_while(Call& call, const client::Wish& wish, bool stops_on_loss)
{
    const HeldSeat seat(call, wish);
    const SignalReader signals{SIGCHLD, SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2};
    try {
        const RunningCommand command(call.command(), signals.mask_before());
        return Watch(seat, command, signals, stops_on_loss).wait();
    } catch (const std::system_error& error) {
        call.terminal().error("cannot run " + cut(printable(call.command().front()), 60) + ": " +
                              error.code().message());
        return {.exit_code = error.code() == std::errc::no_such_file_or_directory
                                 ? exit_not_found
                                 : exit_cannot_run};
    }
}

} // namespace

/// A lost seat does not end the command by itself: a computation of days is worth more than the
/// rule, and who thinks otherwise says --stop-on-loss.
int run(Call& call)
{
    client::Wish wish;
    bool stops_on_loss = false;
    add_wish_options(call, wish);
    call.options().add_flag("--stop-on-loss", stops_on_loss,
                            "End CMD (SIGTERM, after 10s SIGKILL) when the seat is lost");
    call.parse();
    if (call.command().empty())
        throw Fault("say what to run", {"usher run PROFILE -- CMD..."}, Fault::Kind::usage);
    return pass_on(hold_seat_while(call, wish, stops_on_loss));
}

} // namespace usher::tools
