#pragma once

#include "protocol/duration.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <toml++/toml.h>
#include <vector>

/// Reads one table of a configuration, key by key, and collects everything that is wrong with it.
namespace usher::daemon {

/// Where something stands in a file; from 1. 0: in the file as a whole.
struct Place {
    std::uint32_t line = 0;
    std::uint32_t column = 0;
};

/// What is wrong with a configuration, and where.
struct Complaint {
    Place place;
    std::string sentence; ///< Lower case, without a full stop.
};

/// `FILE:LINE:COLUMN: SENTENCE`; without a place, `FILE: SENTENCE`.
[[nodiscard]] std::string to_text(const Complaint& complaint, std::string_view file);

using protocol::duration_from;
using protocol::to_text;

/// A table and the keys that it may have. Each verb reads a key into `value` and leaves `value` as
/// it is where the key is missing or wrong; a wrong one is complained about. In the end `close`
/// complains about the keys that nobody asked for.
class Section {
  public:
    /// `name` is empty for the root; `table` none: not in the file, so everything has its default.
    Section(std::string name, const toml::table* table, std::vector<Complaint>& complaints,
            std::map<std::string, Place>& places);

    void text(std::string_view key, std::optional<std::string>& value);
    void texts(std::string_view key, std::optional<std::vector<std::string>>& value);
    void flag(std::string_view key, bool& value);
    void number(std::string_view key, std::uint64_t& value, std::uint64_t least,
                std::uint64_t most);
    void duration(std::string_view key, std::chrono::milliseconds& value,
                  std::chrono::milliseconds least, std::chrono::milliseconds most);
    [[nodiscard]] Section table(std::string_view key);
    void close();

    /// The keys that it has, in the order of the file.
    [[nodiscard]] std::vector<std::string> names() const;
    [[nodiscard]] bool has(std::string_view key) const;
    /// So many so far, about anything in the file.
    [[nodiscard]] std::size_t complaints() const { return complaints_.size(); }

    /// Complains about the value of `key`, or about its item number `item`.
    void complain(std::string_view key, const std::string& what, std::size_t item = no_item);

  private:
    static constexpr std::size_t no_item = ~std::size_t{0};

    const toml::node* find(std::string_view key);
    void complain_of_type(std::string_view key, std::string_view wanted, const toml::node& found);
    [[nodiscard]] std::string full(std::string_view key) const;

    std::string name_;
    const toml::table* table_;
    std::vector<Complaint>& complaints_;
    std::map<std::string, Place>& places_; ///< Of every key that was found.
    std::vector<std::string> known_;
};

} // namespace usher::daemon
