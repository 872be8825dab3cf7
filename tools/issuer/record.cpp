#include "tools/issuer/record.hpp"

#include "daemon/journal/journal.hpp"
#include "daemon/trust/jws.hpp"
#include "daemon/trust/license_json.hpp"
#include "daemon/trust/private_files.hpp"

#include <algorithm>
#include <cassert>

namespace usher::issuer {
namespace {

using journal::Statement;

constexpr const char* file_name = "issuer.db";
constexpr std::int64_t format = 1;

/// What is kept for ever is kept by the database as well, whoever opens it.
constexpr const char* tables = R"(
CREATE TABLE license(
    number BLOB PRIMARY KEY, payload BLOB NOT NULL, kinds BLOB NOT NULL, need INTEGER NOT NULL,
    every_days INTEGER NOT NULL, grace_days INTEGER NOT NULL, code BLOB NOT NULL,
    emergency_code BLOB, emergency_until INTEGER, active INTEGER NOT NULL, last INTEGER NOT NULL,
    last_node BLOB, last_kind BLOB, is_waived INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE activation(
    license BLOB NOT NULL REFERENCES license(number), number INTEGER NOT NULL, node BLOB NOT NULL,
    host BLOB NOT NULL, kind BLOB NOT NULL, made INTEGER NOT NULL, load_by INTEGER NOT NULL,
    nonce BLOB, after INTEGER NOT NULL, is_transfer INTEGER NOT NULL, ends INTEGER,
    document BLOB NOT NULL, receipt BLOB, seen INTEGER, started INTEGER,
    was_active INTEGER NOT NULL,
    PRIMARY KEY(license, number)) STRICT, WITHOUT ROWID;
CREATE INDEX activation_by_nonce ON activation(license, nonce);
CREATE TABLE audit(
    id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, who BLOB NOT NULL,
    license BLOB NOT NULL, what BLOB NOT NULL, host BLOB NOT NULL, number INTEGER NOT NULL) STRICT;
CREATE INDEX audit_by_license ON audit(license, id);
CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit is only added to'); END;
CREATE TRIGGER audit_is_not_removed BEFORE DELETE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit is only added to'); END;
CREATE TABLE address(one INTEGER PRIMARY KEY CHECK (one = 1), uri BLOB NOT NULL) STRICT;
PRAGMA user_version = 1;
)";

std::int64_t seconds(Instant at)
{
    return std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count();
}

Instant instant(std::int64_t seconds)
{
    return Instant(std::chrono::seconds(seconds));
}

std::optional<Instant> instant_or_none(const Statement& row, int column)
{
    const std::int64_t found = row.number(column);
    return found == 0 ? std::nullopt : std::optional(instant(found));
}

template <class Bytes>
std::string_view view(const Bytes& bytes)
{
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

template <class Bytes>
Bytes bytes(const Statement& row, int column)
{
    Bytes out{};
    const std::string_view found = row.bytes(column);
    if (found.size() == out.size())
        std::ranges::copy(found, out.begin());
    return out;
}

std::string text(const Statement& row, int column)
{
    return std::string(row.bytes(column));
}

std::uint64_t count(const Statement& row, int column)
{
    return static_cast<std::uint64_t>(row.number(column));
}

std::string joined(const std::set<std::string>& kinds)
{
    std::string all;
    for (const std::string& kind : kinds)
        all += (all.empty() ? "" : ",") + kind;
    return all;
}

std::set<std::string> split(std::string_view kinds)
{
    std::set<std::string> all;
    while (!kinds.empty()) {
        const std::size_t comma = std::min(kinds.find(','), kinds.size());
        all.emplace(kinds.substr(0, comma));
        kinds.remove_prefix(std::min(comma + 1, kinds.size()));
    }
    return all;
}

/// An empty file that nobody else may read, where there is none: SQLite makes what stands beside it
/// with the same rights.
std::filesystem::path made_file(const std::filesystem::path& directory)
{
    std::filesystem::path file = directory / file_name;
    (void)trust::create_private_file(file, "");
    trust::expect_private_file(file);
    return file;
}

Grant grant_in(const Statement& row)
{
    Grant grant{.number = count(row, 0),
                .node = bytes<trust::PublicKey>(row, 1),
                .host = text(row, 2),
                .kind = text(row, 3),
                .made = instant(row.number(4)),
                .load_by = instant(row.number(5)),
                .after = count(row, 7),
                .is_transfer = row.number(8) != 0,
                .ends = instant_or_none(row, 9),
                .document = text(row, 10),
                .receipt = text(row, 11),
                .seen = instant_or_none(row, 12),
                .started = instant_or_none(row, 13),
                .was_active = row.number(14) != 0};
    if (!row.bytes(6).empty())
        grant.nonce = bytes<trust::Nonce>(row, 6);
    return grant;
}

AuditLine line_in(const Statement& row)
{
    return {.id = count(row, 0),
            .at = instant(row.number(1)),
            .who = text(row, 2),
            .license = text(row, 3),
            .what = text(row, 4),
            .host = text(row, 5),
            .number = count(row, 6)};
}

} // namespace

Record::Record(const std::filesystem::path& directory)
    : database_(made_file(directory), journal::Database::Access::share)
{
    decide([this] {
        Statement version = database_.prepare("PRAGMA user_version");
        (void)version.step("read");
        const std::int64_t found = version.number(0);
        version.reset();
        if (found == 0)
            database_.run(tables, "make");
        else if (found != format)
            throw journal::Fault(database_.file().string() + " is of a newer usher-issuer",
                                 "use that one");
    });
}

Record::~Record() = default;

void Record::decide(const std::function<void()>& decide)
{
    database_.run("BEGIN IMMEDIATE", "write to");
    try {
        decide();
    } catch (...) {
        database_.run("ROLLBACK", "leave alone");
        throw;
    }
    commit();
}

void Record::look(const std::function<void()>& look)
{
    database_.run("BEGIN", "read");
    try {
        look();
    } catch (...) {
        database_.run("ROLLBACK", "leave alone");
        throw;
    }
    database_.run("COMMIT", "read");
}

void Record::commit()
{
    database_.run("COMMIT", "write to");
}

std::optional<Account> Record::account(const std::string& license, const Asked& asked)
{
    Statement row = database_.prepare(
        "SELECT payload, kinds, need, every_days, grace_days, code, emergency_code, "
        "emergency_until, active, last, last_node, last_kind, is_waived "
        "FROM license WHERE number = ?1");
    row.bind(1, license);
    if (!row.step("read"))
        return std::nullopt;
    Account account;
    account.sold.license = trust::license_from(row.bytes(0));
    account.sold.kinds = split(row.bytes(1));
    account.sold.need = static_cast<unsigned>(row.number(2));
    if (row.number(3) != 0)
        account.sold.check = {.every_days = static_cast<unsigned>(row.number(3)),
                              .grace_days = static_cast<unsigned>(row.number(4))};
    account.code = bytes<trust::PublicKey>(row, 5);
    if (!row.bytes(6).empty())
        account.emergency = {bytes<trust::PublicKey>(row, 6), instant(row.number(7))};
    account.active = count(row, 8);
    account.last = count(row, 9);
    account.last_node = bytes<trust::PublicKey>(row, 10);
    account.last_kind = text(row, 11);
    account.is_waived = row.number(12) != 0;
    account.grants = grants(license, account.active, asked);
    return account;
}

std::vector<Grant> Record::grants(const std::string& license, std::uint64_t active,
                                  const Asked& asked)
{
    Statement row = database_.prepare(
        "SELECT number, node, host, kind, made, load_by, nonce, after, is_transfer, ends, "
        "document, receipt, seen, started, was_active FROM activation WHERE license = ?1 AND "
        "(number IN (?2, ?3, ?4) OR nonce = ?5 OR (is_transfer = 1 AND was_active = 1) OR "
        "(after = ?2 AND after > 0)) ORDER BY number");
    row.bind(1, license);
    row.bind(2, static_cast<std::int64_t>(active));
    row.bind(3, static_cast<std::int64_t>(asked.number));
    row.bind(4, static_cast<std::int64_t>(asked.other));
    if (asked.nonce)
        row.bind(5, view(*asked.nonce));
    std::vector<Grant> all;
    while (row.step("read"))
        all.push_back(grant_in(row));
    return all;
}

std::vector<std::string> Record::licenses()
{
    Statement row = database_.prepare("SELECT number FROM license ORDER BY number");
    std::vector<std::string> all;
    while (row.step("read"))
        all.push_back(text(row, 0));
    return all;
}

void Record::put(const Account& account)
{
    const std::string& number = account.sold.license.number;
    const std::string payload = trust::payload_of(account.sold.license);
    const std::string kinds = joined(account.sold.kinds);
    const trust::Activation::Check check = account.sold.check.value_or(trust::Activation::Check{});
    Statement row = database_.prepare(
        "INSERT INTO license VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14) "
        "ON CONFLICT(number) DO UPDATE SET payload = ?2, kinds = ?3, need = ?4, every_days = ?5, "
        "grace_days = ?6, code = ?7, emergency_code = ?8, emergency_until = ?9, active = ?10, "
        "last = ?11, last_node = ?12, last_kind = ?13, is_waived = ?14");
    row.bind(1, number).bind(2, payload).bind(3, kinds);
    row.bind(4, std::int64_t{account.sold.need});
    row.bind(5, std::int64_t{check.every_days}).bind(6, std::int64_t{check.grace_days});
    row.bind(7, view(account.code));
    if (account.emergency) {
        row.bind(8, view(account.emergency->code));
        row.bind(9, seconds(account.emergency->until));
    }
    row.bind(10, static_cast<std::int64_t>(account.active));
    row.bind(11, static_cast<std::int64_t>(account.last));
    row.bind(12, view(account.last_node)).bind(13, account.last_kind);
    row.bind(14, std::int64_t{account.is_waived});
    row.run("write to");
}

void Record::put(const std::string& license, const Grant& grant)
{
    Statement row = database_.prepare(
        "INSERT INTO activation VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, "
        "?14, ?15, ?16) ON CONFLICT(license, number) DO UPDATE SET receipt = ?13, seen = ?14, "
        "started = ?15, was_active = ?16");
    row.bind(1, license).bind(2, static_cast<std::int64_t>(grant.number));
    row.bind(3, view(grant.node)).bind(4, grant.host).bind(5, grant.kind);
    row.bind(6, seconds(grant.made)).bind(7, seconds(grant.load_by));
    if (grant.nonce)
        row.bind(8, view(*grant.nonce));
    row.bind(9, static_cast<std::int64_t>(grant.after));
    row.bind(10, std::int64_t{grant.is_transfer});
    if (grant.ends)
        row.bind(11, seconds(*grant.ends));
    row.bind(12, grant.document);
    if (!grant.receipt.empty())
        row.bind(13, grant.receipt);
    if (grant.seen)
        row.bind(14, seconds(*grant.seen));
    if (grant.started)
        row.bind(15, seconds(*grant.started));
    row.bind(16, std::int64_t{grant.was_active});
    row.run("write to");
}

void Record::add(const AuditLine& line)
{
    Statement row = database_.prepare("INSERT INTO audit(at, who, license, what, host, number) "
                                      "VALUES(?1, ?2, ?3, ?4, ?5, ?6)");
    row.bind(1, seconds(line.at)).bind(2, line.who).bind(3, line.license).bind(4, line.what);
    row.bind(5, line.host).bind(6, static_cast<std::int64_t>(line.number));
    row.run("write to");
}

bool Record::has(const AuditLine& line, Instant since)
{
    Statement row = database_.prepare(
        "SELECT 1 FROM (SELECT at, what, host FROM audit WHERE license = ?1 ORDER BY id DESC "
        "LIMIT 100) WHERE what = ?2 AND host = ?3 AND at >= ?4 LIMIT 1");
    row.bind(1, line.license).bind(2, line.what).bind(3, line.host).bind(4, seconds(since));
    return row.step("read");
}

void Record::each_line(const std::string& license,
                       const std::function<void(const AuditLine&)>& visit)
{
    Statement row = database_.prepare("SELECT id, at, who, license, what, host, number FROM audit "
                                      "WHERE ?1 = x'' OR license = ?1 ORDER BY id");
    row.bind(1, license);
    while (row.step("read"))
        visit(line_in(row));
}

std::string Record::address()
{
    Statement row = database_.prepare("SELECT uri FROM address");
    return row.step("read") ? text(row, 0) : std::string();
}

void Record::put_address(const std::string& address)
{
    Statement row = database_.prepare(
        "INSERT INTO address VALUES(1, ?1) ON CONFLICT(one) DO UPDATE SET uri = ?1");
    row.bind(1, address);
    row.run("write to");
}

} // namespace usher::issuer
