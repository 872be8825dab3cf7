#pragma once

#include <utility>

namespace usher::client {

/// Does something when its scope ends, however that comes about.
template <class Act>
class [[nodiscard]] AtEnd {
  public:
    explicit AtEnd(Act act) : act_(std::move(act)) {}
    ~AtEnd() { act_(); }
    AtEnd(const AtEnd&) = delete;
    AtEnd& operator=(const AtEnd&) = delete;

  private:
    const Act act_;
};

} // namespace usher::client
