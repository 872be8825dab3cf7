#pragma once

#include "client/failure.hpp"
#include "protocol/common.pb.h"

#include <cstdint>

namespace usher::client {

/// Why a call did not do what it was asked for.
enum class Setback : std::uint8_t {
    refused,      ///< The server said no.
    unreachable,  ///< It could not be asked in time.
    wrong_server, ///< What answers at the address is not the server that it should be.
    turned_away,  ///< The server does not want us, or our own certificate is of no use.
    unknown_seat,
    unknown_watch,
    limit,       ///< More than 4096 seats or 256 watches, or the system gives no thread.
    in_callback, ///< Would wait for the thread that it is called on.
    forked,      ///< This is the child of the program that opened the attendant.
    closed,      ///< It is being closed meanwhile.
};

struct No {
    Setback setback = Setback::refused;
    v1::Refused why; ///< Code, sentence and cures, whoever says no.
};

/// What `failure` means for a call that waits for a seat.
[[nodiscard]] Setback setback_of(const Failure& failure);

/// What silence after a question means.
[[nodiscard]] Failure silent_server();

// What the library itself says no to.
[[nodiscard]] No forked();
[[nodiscard]] No in_callback();
[[nodiscard]] No closed();
[[nodiscard]] No unknown_seat();
[[nodiscard]] No unknown_watch();
[[nodiscard]] No too_many_seats();
[[nodiscard]] No too_many_watches();
[[nodiscard]] No no_thread();

} // namespace usher::client
