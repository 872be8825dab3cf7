#pragma once

#include "client/attendant.hpp"
#include "client/failure.hpp"
#include "client/holdings.hpp"
#include "client/include/usher.h"
#include "client/pool_watch.hpp"
#include "client/route.hpp"

#include <boost/system/result.hpp>
#include <string>

/// Reads what an application gives as C structures. Private to the C interface.
namespace usher::client {

/// A sentence about the first member that is missing or wrong.
struct BadArgument {
    std::string what;
};
template <class T>
using Read = boost::system::result<T, BadArgument>;

/// The options that are about the application itself.
struct Manners {
    Attendant::Settings settings; ///< Without a listener.
    Wish wish;                    ///< What every wish begins with: user, device, party, process.
    usher_callback callback = nullptr;
    void* context = nullptr;
};
[[nodiscard]] Read<Manners> read_manners(const usher_options& options);

/// The options that are about the server: where it is and what both sides show.
struct Destination {
    std::string server;
    Credentials credentials;
};
[[nodiscard]] Read<Destination> read_destination(const usher_options& options);

/// `wish` on top of `common`. The lengths and ranges are checked here, so that what no server could
/// take never gets as far as a message.
[[nodiscard]] Read<Wish> read_wish(const usher_wish& wish, const Wish& common);

/// Which pool is meant; the same.
[[nodiscard]] Read<PoolWish> read_place(const char* profile, const char* pool, const char* party,
                                        const Wish& common);

} // namespace usher::client
