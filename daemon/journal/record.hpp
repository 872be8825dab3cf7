#pragma once

#include "daemon/journal/journal.hpp"
#include "daemon/ledger/fact.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Lasting facts as bytes and back: `record.proto`. A fact without a record does not compile.
namespace usher::journal {

/// The newest format of a record that this build writes, and the newest that it can read. A record
/// says in `needs` the lowest that is enough for what stands in it.
inline constexpr std::uint32_t record_format = 6;

/// Longest record: SQLite takes no more than 10^9 bytes into one row, protobuf no more than 2 GiB
/// into one message.
inline constexpr std::size_t record_bytes_max = 900 << 20;

/// A record would be longer than can be written, and nothing of it was.
class RecordTooLong final : public Fault {
  public:
    RecordTooLong(std::size_t bytes, std::size_t bytes_max);
};

/// Writes records into memory that it keeps and uses again. One thread at a time.
class RecordWriter {
  public:
    explicit RecordWriter(std::size_t bytes_max = record_bytes_max);
    ~RecordWriter();
    RecordWriter(const RecordWriter&) = delete;
    RecordWriter& operator=(const RecordWriter&) = delete;

    /// The record of the lasting ones among `facts`. Valid until the next call. Whole, or
    /// `RecordTooLong`.
    [[nodiscard]] std::string_view write(std::span<const ledger::Fact> facts);

  private:
    struct Inside;
    std::unique_ptr<Inside> inside_;
    std::size_t bytes_max_;
};

/// Why bytes are no record that this build can read.
struct Unreadable {
    std::string why;         ///< Where and what: `fact 3: lock "gpu" is no known word`.
    std::uint32_t needs = 0; ///< The format that they need, where it is a newer one.
};

/// Reads the facts of a record into `facts`, whose memory it uses again; what is wrong with the
/// record otherwise, and then `facts` mean nothing. Takes any bytes. Any thread.
[[nodiscard]] std::optional<Unreadable> read_record(std::string_view record,
                                                    std::vector<ledger::Fact>& facts);

} // namespace usher::journal
