#pragma once

#include "tests/world/chance.hpp"
#include "tests/world/time.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace usher::world {

/// A disk below SQLite and the journal's `-head` that does what disks do: it keeps what was synced,
/// and of the rest whatever it likes, sector by sector. It is the default VFS of SQLite while it
/// lives; one at a time.
///
/// What the operating system shows of a file stands in a real one (make its directory in memory);
/// what a power cut would leave stands here beside it.
class Disk {
  public:
    enum class Fault : std::uint8_t {
        none,
        dies,        ///< The process ends in this operation: nothing of it and after it is done.
        write_fails, ///< This one and those after it.
        full,        ///< The same.
        sync_fails,  ///< The same; and what was not synced by then never will be by a later sync.
        slow_sync,   ///< The next one takes long.
    };

    explicit Disk(Chance chance);
    ~Disk();
    Disk(const Disk&) = delete;
    Disk& operator=(const Disk&) = delete;

    /// `fault` comes with the operation that is so many from now, from 1 on: a write, a truncation
    /// or a sync.
    void arm(Fault fault, unsigned operations);
    /// It is well from now on, and whatever was armed does not come.
    void disarm() { armed_ = lasting_ = Fault::none; }
    /// The process has ended: nothing it still does comes to the disk.
    void die() { is_dead_ = true; }
    [[nodiscard]] bool is_dead() const { return is_dead_; }
    /// There is another process, and the disk is well again; what is armed is still to come.
    void revive();

    /// What was not synced is lost, or not, or in part. Only between two processes.
    void cut_power();

    std::function<void(Duration)> when_slow; ///< Time goes by.

    struct Figures {
        std::uint64_t writes = 0;
        std::uint64_t syncs = 0;
        std::uint64_t sectors_lost = 0;
        std::uint64_t faults = 0;
    };
    [[nodiscard]] const Figures& figures() const { return figures_; }

    // For the VFS.

    /// What SQLite asks the system for: chance, the world's.
    void fill_by_chance(std::span<char> room);
    /// Counts an operation; the result code that it fails with, or 0.
    [[nodiscard]] int begin(bool is_sync);
    void opened(const std::string& file);
    void removed(const std::string& file) { images_.erase(file); }
    void written(const std::string& file, std::string bytes, std::uint64_t offset);
    void truncated(const std::string& file, std::uint64_t size);
    void synced(const std::string& file);
    /// The sync failed, and the system counts all of it as written from now on.
    void sync_failed(const std::string& file);

  private:
    struct Change {
        std::uint64_t offset = 0; ///< Or the new size.
        std::string bytes;
        bool is_truncation = false;
    };
    struct Image {
        std::string durable;
        std::vector<Change> pending;
    };
    static void make(std::string& durable, const Change& change);
    void make_in_part(std::string& durable, const Change& change);

    Chance chance_;
    std::map<std::string, Image> images_;
    Fault armed_ = Fault::none;
    unsigned operations_left_ = 0;
    Fault lasting_ = Fault::none;
    bool is_dead_ = false;
    Figures figures_;
};

} // namespace usher::world
