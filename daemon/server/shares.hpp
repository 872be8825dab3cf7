#pragma once

#include "daemon/server/errand.hpp"
#include "daemon/server/sockets.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace usher::server {

class Session;

/// What one identity has of a hall. Who brings no credential, and who is not let in yet, is one
/// with all others that come from the same address. The hall's thread.
struct Share {
    std::uint64_t number = 0; ///< The same in all halls, and hardly another's.
    bool is_of_newcomers = false;
    std::size_t sessions = 0;  ///< That were let in over TLS.
    std::size_t questions = 0; ///< At the desk; one that names many counts as many.
    std::deque<std::shared_ptr<Session>> ready;     ///< Whose turn has come to be heard.
    std::deque<std::shared_ptr<Session>> held_back; ///< Until fewer questions are at the desk.
    bool is_in_round = false;
    bool is_crowded = false; ///< The hall looks whether `held_back` may go on.
};

/// All of a hall's. The hall's thread.
class Shares {
  public:
    [[nodiscard]] std::shared_ptr<Share> of_newcomers(const Origin& origin);
    [[nodiscard]] std::shared_ptr<Share> of_local_newcomers();
    [[nodiscard]] std::shared_ptr<Share> of(const std::string& identity, const Origin& origin);

    /// The most that one has now.
    struct Largest {
        std::size_t sessions = 0;
        std::size_t questions = 0;
    };
    /// Forgets those that nobody has any more.
    [[nodiscard]] Largest look_around();

    /// What a connection that has ended left at the desk still is its identity's.
    void keep(std::uint64_t connection, std::shared_ptr<Share> share, Errands errands);
    /// Its answer has come; gives the bytes that are free now.
    [[nodiscard]] std::size_t let_go(std::uint64_t connection, std::uint64_t request);

  private:
    struct Estate {
        std::shared_ptr<Share> share;
        Errands errands;
    };

    [[nodiscard]] std::shared_ptr<Share> find(const std::string& name, const Origin& origin);

    std::map<std::pair<std::string, Origin>, std::weak_ptr<Share>> shares_;
    std::unordered_map<std::uint64_t, Estate> estates_;
};

} // namespace usher::server
