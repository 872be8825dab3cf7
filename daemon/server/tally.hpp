#pragma once

#include <cstddef>
#include <map>

namespace usher::server {

/// How many there are of each, and of the one of which there are the most. One thread.
template <class Key>
class Tally {
  public:
    void add(const Key& key)
    {
        std::size_t& count = counts_[key];
        note(count, count + 1);
        ++count;
    }

    /// One that is there.
    void drop(const Key& key)
    {
        const auto found = counts_.find(key);
        note(found->second, found->second - 1);
        if (--found->second == 0)
            counts_.erase(found);
    }

    [[nodiscard]] std::size_t count(const Key& key) const
    {
        const auto found = counts_.find(key);
        return found == counts_.end() ? 0 : found->second;
    }
    [[nodiscard]] std::size_t largest() const
    {
        return sizes_.empty() ? 0 : sizes_.rbegin()->first;
    }

  private:
    void note(std::size_t before, std::size_t now)
    {
        if (const auto found = sizes_.find(before); found != sizes_.end() && --found->second == 0)
            sizes_.erase(found);
        if (now > 0)
            ++sizes_[now];
    }

    std::map<Key, std::size_t> counts_;
    std::map<std::size_t, std::size_t> sizes_; ///< How many keys have this count.
};

} // namespace usher::server
