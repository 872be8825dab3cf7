#include "client/setback.hpp"

#include <string>
#include <utility>

namespace usher::client {
namespace {

No say(Setback setback, const char* code, std::string text, const char* cure)
{
    No no{.setback = setback, .why = {}};
    no.why.set_code(code);
    no.why.set_text(std::move(text));
    no.why.add_cures(cure);
    return no;
}

} // namespace

Setback setback_of(const Failure& failure)
{
    if (is_wrong_server(failure))
        return Setback::wrong_server;
    return is_lasting(failure) ? Setback::turned_away : Setback::unreachable;
}

Failure silent_server()
{
    return {.step = Step::exchange,
            .text = "the server did not answer in time",
            .cure = "see that usherd is not stopped or overloaded, and that the network is up"};
}

No forked()
{
    return say(Setback::forked, "FORKED",
               "this program was forked from the one that holds the seat",
               "open a connection of your own after fork");
}

No in_callback()
{
    return say(Setback::in_callback, "IN_CALLBACK",
               "a callback must not wait for the server: it is its own thread that would answer",
               "let another thread do it");
}

No closed()
{
    return say(Setback::closed, "CLOSED", "the connection is being closed",
               "finish all calls before closing");
}

No unknown_seat()
{
    return say(Setback::unknown_seat, "UNKNOWN_SEAT", "there is no such seat in this program",
               "use the number that checkout gave, and only until checkin");
}

No too_many_seats()
{
    return say(Setback::limit, "LIMIT_REACHED", "this program asks for more than 4096 seats",
               "give seats back, or ask for more units at once");
}

No unknown_watch()
{
    return say(Setback::unknown_watch, "UNKNOWN_WATCH", "there is no such watch in this program",
               "use the number that the watch began with, and only until it was ended");
}

No too_many_watches()
{
    return say(Setback::limit, "LIMIT_REACHED", "this program watches 256 pools already",
               "end watches that nobody needs");
}

No no_thread()
{
    return say(Setback::limit, "LIMIT_REACHED", "the system gives this program no thread",
               "raise its limit of threads or memory");
}

} // namespace usher::client
