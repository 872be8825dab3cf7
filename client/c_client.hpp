#pragma once

#include "client/attendant.hpp"
#include "client/c_options.hpp"
#include "client/door.hpp"
#include "client/include/usher.h"

#include <memory>

/// What stands behind the pointer that an application has.
struct usher_client {
    usher::client::Wish common; ///< What every wish begins with.
    /// A pointer, so that the child of a fork can leave it alone.
    std::unique_ptr<usher::client::Attendant> attendant;
};

namespace usher::client {

/// A client whose seats come through `door`.
[[nodiscard]] std::unique_ptr<usher_client> make_client(std::unique_ptr<Door> door,
                                                        Manners manners);

/// Calls `body`; what it throws becomes USHER_LIMIT, for nothing else throws here but a system that
/// has no memory or descriptors left, and no exception may reach C.
template <class Body>
usher_status guarded(Body&& body) noexcept
{
    try {
        return body();
    } catch (...) {
        return USHER_LIMIT;
    }
}

} // namespace usher::client
