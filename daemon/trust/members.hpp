#pragma once

#include "daemon/trust/instant.hpp"
#include "daemon/trust/jws.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace usher::trust {

/// Reads the members of one JSON object, each by its name, and refuses what nobody asked for.
/// Every verb throws Malformed with the member's full name. The object must outlive it.
class Members {
  public:
    /// `place`: what stands before a member's name in a sentence: `nodelock.`
    Members(const nlohmann::json& object, std::string place);

    /// Must be there, whatever it is.
    const nlohmann::json& value(const std::string& name);
    std::string text(const std::string& name);
    std::optional<std::string> text_or_null(const std::string& name);
    /// Texts in the order of their bytes, each once; empty: there is no such member. It is left out
    /// where there is none, so that what was signed before it was thought of is written as ever.
    std::set<std::string> sorted_texts_if_any(const std::string& name);
    /// Up to 65535; larger counts are no small number.
    unsigned small_number(const std::string& name);
    /// A whole number of these, both included.
    std::uint64_t count(const std::string& name, std::uint64_t least, std::uint64_t most);
    bool truth(const std::string& name);
    /// A name as the protocol has them.
    std::string name(const std::string& name);
    Instant instant(const std::string& name);
    std::optional<Instant> instant_or_null(const std::string& name);
    /// That of this version, 1. A later one may mean anything by the other names, so this is asked
    /// for first.
    void expect_format();
    Members object(const std::string& name);
    /// Where that stands which it has to say itself.
    [[nodiscard]] const std::string& place() const { return place_; }
    /// In base64url, exactly so many.
    template <std::size_t count>
    std::array<std::uint8_t, count> bytes(const std::string& name);

    /// All that there are, in order.
    [[nodiscard]] std::vector<std::string> names() const;
    /// Refuses the first member that was not asked for.
    void expect_no_more() const;
    [[noreturn]] void refuse(const std::string& name, const std::string& what) const;

  private:
    std::string bytes_of(const std::string& name, std::size_t count);

    const nlohmann::json& object_;
    std::string place_;
    std::set<std::string> asked_;
};

inline constexpr std::uint64_t format = 1; ///< Of every document there is.

/// As `instant` reads it. Throws Malformed, with `name` as its place, for one that cannot be
/// written.
[[nodiscard]] nlohmann::json written(Instant instant, const std::string& name);

template <std::size_t count>
std::array<std::uint8_t, count> Members::bytes(const std::string& name)
{
    std::array<std::uint8_t, count> out{};
    std::ranges::copy(bytes_of(name, count), out.begin());
    return out;
}

} // namespace usher::trust
