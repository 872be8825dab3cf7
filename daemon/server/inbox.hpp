#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <utility>

namespace usher::server {

/// Wakes the one thread that sleeps on it. `ring` may be called from any thread, and from a signal.
class Bell {
  public:
    Bell();
    ~Bell();
    Bell(const Bell&) = delete;
    Bell& operator=(const Bell&) = delete;

    void ring() const;
    /// Returns when it was rung, at the latest after `at_most` (none where that is not positive).
    void sleep(std::chrono::microseconds at_most) const;
    /// Can be read from when it was rung on, until somebody has slept on it.
    [[nodiscard]] int descriptor() const { return event_; }

  private:
    int event_ = -1;
};

/// What many threads put in and one takes out, all at once. No lock: a thread that is interrupted
/// while it puts something in holds up nobody. What one thread put in comes out in its order.
template <class Item>
class Inbox {
  public:
    Inbox() = default;
    ~Inbox() { drop(top_.exchange(nullptr)); }
    Inbox(const Inbox&) = delete;
    Inbox& operator=(const Inbox&) = delete;

    /// Any thread. True: it was empty before, so its owner may be asleep.
    bool put(Item item)
    {
        Sheet* below = top_.load(std::memory_order_relaxed);
        auto* const sheet = new Sheet{std::move(item), below};
        while (!top_.compare_exchange_weak(below, sheet, std::memory_order_release,
                                           std::memory_order_relaxed))
            sheet->below = below;
        return below == nullptr; // The sheet is its owner's now, and may be gone already.
    }

    /// The owner only.
    [[nodiscard]] bool empty() const { return top_.load(std::memory_order_relaxed) == nullptr; }

    /// The owner only: appends all that is in, the oldest first, to `items`.
    template <class Items>
    void take_all(Items& items)
    {
        Sheet* sheet = turn_over(top_.exchange(nullptr, std::memory_order_acquire));
        while (sheet) {
            const std::unique_ptr<Sheet> taken(std::exchange(sheet, sheet->below));
            items.push_back(std::move(taken->item));
        }
    }

  private:
    struct Sheet {
        Item item;
        Sheet* below;
    };

    static Sheet* turn_over(Sheet* pile)
    {
        Sheet* turned = nullptr;
        while (pile)
            turned = std::exchange(pile, std::exchange(pile->below, turned));
        return turned;
    }

    static void drop(Sheet* pile)
    {
        while (pile)
            delete std::exchange(pile, pile->below);
    }

    std::atomic<Sheet*> top_ = nullptr;
};

} // namespace usher::server
