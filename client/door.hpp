#pragma once

#include "client/clock.hpp"
#include "client/failure.hpp"
#include "client/line.hpp"
#include "client/route.hpp"
#include "protocol/usher.pb.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

/// Where an attendant gets its conversations from: a server, or a ledger in the same program.
namespace usher::client {

/// What an attendant needs of a `Line`; the same promises. One thread.
class Conversation {
  public:
    virtual ~Conversation() = default;
    [[nodiscard]] virtual const v1::Welcome& welcome() const = 0;
    [[nodiscard]] virtual Result<std::uint64_t> send(v1::Request request,
                                                     const Patience& patience) = 0;
    [[nodiscard]] virtual Result<std::optional<v1::Response>> receive(const Patience& patience) = 0;
    virtual void close() = 0;
};

class Door {
  public:
    virtual ~Door() = default;
    [[nodiscard]] virtual Result<std::unique_ptr<Conversation>> open(const Patience& patience) = 0;
};

/// The door of a real server.
class RouteDoor final : public Door {
  public:
    explicit RouteDoor(Route route) : route_(std::move(route)) {}
    [[nodiscard]] Result<std::unique_ptr<Conversation>> open(const Patience& patience) override;

  private:
    Route route_;
};

} // namespace usher::client
