#pragma once

#include "daemon/ledger/types.hpp"
#include "daemon/server/peer_log.hpp"
#include "daemon/server/translate.hpp"

#include <algorithm>
#include <cassert>
#include <cstdint>
#include <iterator>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

/// What one connection has asked and for whom it speaks. One thread.
namespace usher::server {

/// A request that lies at the desk.
struct Errand {
    std::uint64_t request = 0;            ///< The client's id of it.
    std::string_view verb;                ///< For the log; static.
    std::size_t bytes = 0;                ///< Of its message.
    std::size_t weight = 0;               ///< As the desk counts it.
    std::optional<ledger::LeaseId> lease; ///< That a no or a checkin lets go of.
    bool watches = false;                 ///< It wants to hear how a pool stands from now on.
    /// Of those for whom the connection speaks, what a yes lets go of; none: nothing.
    std::unique_ptr<std::vector<ledger::LeaseId>> given_back;
    std::unique_ptr<Wish> wish;         ///< Of a checkout; for the log.
    std::unique_ptr<Keepsake> keepsake; ///< None: a plain one.
};

/// All of them, under numbers that the desk gives back with its answer: finding one is a look, not
/// a search, and no client can confuse us with its ids.
class Errands {
  public:
    /// From 1.
    std::uint64_t send(Errand errand)
    {
        bytes_ += errand.bytes;
        ++count_;
        if (free_.empty()) {
            errands_.push_back(std::move(errand));
            return errands_.size();
        }
        const std::uint32_t number = free_.back();
        free_.pop_back();
        errands_[number - 1] = std::move(errand);
        return number;
    }

    [[nodiscard]] Errand take(std::uint64_t number)
    {
        assert(number >= 1);
        assert(number <= errands_.size());
        Errand errand = std::move(errands_[number - 1]);
        bytes_ -= errand.bytes;
        if (--count_ == 0) {
            errands_.clear(); // A burst must not cost memory for ever.
            free_.clear();
            if (errands_.capacity() > kept_max)
                *this = {};
        } else {
            free_.push_back(static_cast<std::uint32_t>(number));
        }
        return errand;
    }

    [[nodiscard]] std::size_t count() const { return count_; }
    [[nodiscard]] std::size_t bytes() const { return bytes_; }

  private:
    /// Room for as many is kept, a kilobyte and a half: who has so many in flight has them again
    /// and again.
    static constexpr std::size_t kept_max = 16;

    std::vector<Errand> errands_;
    std::vector<std::uint32_t> free_;
    std::size_t count_ = 0;
    std::size_t bytes_ = 0;
};

/// The leases that need somebody to speak for them, and the places in the queue, for which a
/// connection speaks, in order: clients choose the ids, so no hash of ours shall depend on them.
class Speaking {
  public:
    /// True: it was not there before.
    bool add(const ledger::LeaseId& id)
    {
        const auto at = std::ranges::lower_bound(leases_, id);
        if (at != leases_.end() && *at == id)
            return false;
        leases_.insert(at, id);
        return true;
    }

    void add(const std::vector<ledger::LeaseId>& ids)
    {
        leases_.insert(leases_.end(), ids.begin(), ids.end());
        std::ranges::sort(leases_);
        leases_.erase(std::ranges::unique(leases_).begin(), leases_.end());
    }

    void drop(const ledger::LeaseId& id)
    {
        const auto at = std::ranges::lower_bound(leases_, id);
        if (at != leases_.end() && *at == id)
            leases_.erase(at);
    }

    /// All of them at once: one by one, thousands would cost a walk each.
    void drop(std::vector<ledger::LeaseId> ids)
    {
        std::ranges::sort(ids);
        std::erase_if(leases_, [&](const auto& id) { return std::ranges::binary_search(ids, id); });
    }

    /// Those of `ids` that are there.
    [[nodiscard]] std::vector<ledger::LeaseId>
    known_in(const std::vector<ledger::LeaseId>& ids) const
    {
        std::vector<ledger::LeaseId> known;
        std::ranges::copy_if(ids, std::back_inserter(known), [&](const auto& id) {
            return std::ranges::binary_search(leases_, id);
        });
        return known;
    }

    /// How many of `ids` are not there.
    [[nodiscard]] std::size_t news_in(const std::vector<ledger::LeaseId>& ids) const
    {
        return static_cast<std::size_t>(std::ranges::count_if(
            ids, [&](const auto& id) { return !std::ranges::binary_search(leases_, id); }));
    }

    [[nodiscard]] std::size_t count() const { return leases_.size(); }
    [[nodiscard]] const std::vector<ledger::LeaseId>& leases() const { return leases_; }

  private:
    std::vector<ledger::LeaseId> leases_;
};

} // namespace usher::server
