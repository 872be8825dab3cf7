#pragma once

#include "tests/world/chance.hpp"
#include "tests/world/time.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace usher::world {

/// Something that is done to a world, or in it.
struct Act {
    enum class Kind : std::uint8_t {
        // Applications.
        checkout,
        checkin,
        leave,  ///< All seats are given back.
        steal,  ///< Somebody asks for, or gives back, a seat that is another's.
        hang,   ///< An application does nothing for a while.
        die,    ///< It is killed.
        vanish, ///< Its host is.
        // The network.
        reset,  ///< A connection ends, and both ends or one of them hear of it.
        darken, ///< Nothing comes through for a while.
        storm,  ///< Messages are lost, come twice or in another order, for a while.
        // Operators.
        allocate,
        take_back,
        close_pool,
        open_pool,
        revoke,
        maintain,
        buy,       ///< A license is installed, or takes the place of one of its number.
        buy_short, ///< One that ends soon.
        remove_license,
        // The daemon and its host.
        kill,
        cut_power,
        die_in_write, ///< Killed in one of the next operations of the disk.
        lose_power_in_write,
        die_before_commit,
        die_after_commit,
        restart, ///< In good order.
        restart_burst,
        stall, ///< Stopped for a while, as by SIGSTOP.
        fail_writes,
        fill_disk,
        fail_syncs,
        slow_sync,
        jump_ahead,
        jump_back,
    };

    Kind kind = Kind::checkout;
    Duration after{};        ///< The act before.
    std::uint64_t whom = 0;  ///< Which patron, where it is about one.
    std::uint64_t which = 0; ///< Which seat, pool, license, …: whatever there is to choose from.
    std::uint64_t amount = 1;
    Duration span{};
};

/// So many acts, from a seed.
[[nodiscard]] std::vector<Act> plan_from(Chance chance, std::size_t acts, std::size_t patrons);

/// An act in words, for people.
[[nodiscard]] std::string text_of(const Act& act);

[[nodiscard]] std::string_view word(Act::Kind kind);

} // namespace usher::world
