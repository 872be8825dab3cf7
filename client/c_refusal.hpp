#pragma once

#include "client/attendant.hpp"
#include "client/include/usher.h"
#include "protocol/common.pb.h"

#include <cstddef>
#include <cstring>
#include <memory>
#include <optional>
#include <string>

/// Between the structures of usher.h and ours. Private to the C interface.
namespace usher::client {

/// A refusal that owns what its pointers show. Stands still: it points into itself.
class OwnedRefusal : public usher_refusal {
  public:
    OwnedRefusal(usher_status status, const v1::Refused& refused);
    ~OwnedRefusal();
    OwnedRefusal(const OwnedRefusal&) = delete;
    OwnedRefusal& operator=(const OwnedRefusal&) = delete;

  private:
    struct Storage;
    std::unique_ptr<Storage> storage_;
};

[[nodiscard]] usher_status status_of(Setback setback);

/// Puts `no` where the caller asked for it, and returns its status.
usher_status report(const No& no, usher_refusal** refusal);
/// BAD_ARGUMENT, with a sentence. `row`: the one of many that is meant, from 1; 0: none.
usher_status report_argument(std::string what, usher_refusal** refusal, std::size_t row = 0);

/// A structure of a caller whose header may be of another version than ours: what it does not have
/// is zero; none: it is too short, or has members that we do not know and that are not zero.
template <class T>
[[nodiscard]] std::optional<T> take(const T* given)
{
    if (given == nullptr || given->size < sizeof(T))
        return std::nullopt; // Version 1 is the shortest that there is.
    const auto* bytes = reinterpret_cast<const unsigned char*>(given);
    for (std::size_t at = sizeof(T); at < given->size; ++at)
        if (bytes[at] != 0)
            return std::nullopt;
    T taken{};
    std::memcpy(&taken, given, sizeof(T));
    return taken;
}

} // namespace usher::client
