#pragma once

#include "daemon/journal/database.hpp"
#include "tools/issuer/account.hpp"

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

/// The issuer's memory: one SQLite file, `DIRECTORY/issuer.db` (0600). Every decision is one
/// transaction that is on the disk before it is answered, and stands in the audit. No code is ever
/// in it, only the public halves of their keys. Several processes may use it at a time (`serve` and
/// a verb): the second waits. Faults are `journal::Fault`. One thread at a time.
namespace usher::issuer {

/// One line of the audit: who did what, and what came of it. Lines are only ever added.
struct AuditLine {
    std::uint64_t id = 0; ///< From 1; given when it is written.
    Instant at{};
    std::string who;     ///< `local:daisy`, or `online` where a host asked `serve`.
    std::string license; ///< Empty: of the record itself.
    std::string what;    ///< `activated`, `refused ALREADY_ACTIVE`, …
    std::string host;
    std::uint64_t number = 0; ///< Of the activation; 0: of none.
};

/// Which activations of a license matter beside those that are alive, outstanding or counted.
struct Asked {
    std::optional<trust::Nonce> nonce;
    std::uint64_t number = 0;
    std::uint64_t other = 0;
};

class Record {
  public:
    /// Opens it, or makes it where there is none.
    explicit Record(const std::filesystem::path& directory);
    virtual ~Record();
    Record(const Record&) = delete;
    Record& operator=(const Record&) = delete;

    /// Does `decide` in one transaction: all of it is durable when this returns, or nothing of it
    /// happened (where it throws). Throws `journal::InUse` before it does anything where another
    /// process keeps the record to itself for 10 s.
    void decide(const std::function<void()>& decide);

    /// Reads what belongs together. Nobody waits for it, however long it takes.
    void look(const std::function<void()>& look);

    // Within `decide` or `look`.

    [[nodiscard]] std::optional<Account> account(const std::string& license, const Asked& asked);
    [[nodiscard]] std::vector<std::string> licenses();
    /// The account without its grants.
    void put(const Account& account);
    void put(const std::string& license, const Grant& grant);
    void add(const AuditLine& line);
    /// Whether the last hundred lines of its license say the same of the same host since `since`.
    [[nodiscard]] bool has(const AuditLine& line, Instant since);
    /// Oldest first; `license` empty: all.
    void each_line(const std::string& license, const std::function<void(const AuditLine&)>& visit);
    /// Where hosts reach the issuer; empty: nowhere.
    [[nodiscard]] std::string address();
    void put_address(const std::string& address);

  protected:
    /// Makes what was decided durable.
    virtual void commit();

  private:
    std::vector<Grant> grants(const std::string& license, std::uint64_t active, const Asked& asked);
    journal::Database database_;
};

} // namespace usher::issuer
