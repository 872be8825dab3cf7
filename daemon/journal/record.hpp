#pragma once

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
inline constexpr std::uint32_t record_format = 2;

/// Writes records into memory that it keeps and uses again. One thread at a time.
class RecordWriter {
  public:
    RecordWriter();
    ~RecordWriter();
    RecordWriter(const RecordWriter&) = delete;
    RecordWriter& operator=(const RecordWriter&) = delete;

    /// The record of the lasting ones among `facts`. Valid until the next call.
    [[nodiscard]] std::string_view write(std::span<const ledger::Fact> facts);

  private:
    struct Inside;
    std::unique_ptr<Inside> inside_;
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
