#pragma once

#include "client/attendant.hpp"
#include "tools/call.hpp"

#include <array>
#include <memory>
#include <optional>
#include <string>

namespace usher::tools {

/// A seat that is held while this lives: renewed in the background, asked for again when the
/// connection breaks, and given back at the end. What happens to it is said on the terminal.
class HeldSeat {
  public:
    /// Waits for the seat. Throws `Refused` or `Fault` where there is none.
    HeldSeat(const Call& call, const client::Wish& wish);
    ~HeldSeat();
    HeldSeat(const HeldSeat&) = delete;
    HeldSeat& operator=(const HeldSeat&) = delete;

    /// As it stands now.
    [[nodiscard]] client::Seat seat() const;

    /// Can be read from when the seat was lost.
    [[nodiscard]] int lost() const { return lost_; }

  private:
    void hear(const client::Event& event) const;

    Terminal terminal_;
    int lost_ = -1;                                ///< An eventfd.
    std::unique_ptr<client::Attendant> attendant_; ///< Ends first: it calls back.
    client::SeatNumber number_ = 0;
};

/// What a person is told of an event.
void say(const Terminal& terminal, const client::Event& event);

} // namespace usher::tools
