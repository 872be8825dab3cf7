#pragma once

#include "daemon/ledger/refusal.hpp"
#include "daemon/ledger/types.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// Judges the fields of one message from a stranger.
namespace usher::server {

/// Each verb gives the field's value in the ledger's words; the first field that is wrong becomes
/// the refusal of the whole message, and what the verbs give after it is of no meaning.
class Fields {
  public:
    [[nodiscard]] const std::optional<ledger::Refusal>& refusal() const { return refusal_; }

    /// BAD_NAME.
    std::string name(std::string_view field, const std::string& text);
    /// The same, but it may be empty.
    std::string name_or_none(std::string_view field, const std::string& text);
    /// Words of a person on one line: a reason, a note. May be empty. BAD_REQUEST.
    std::string remark(std::string_view field, const std::string& text);

    /// 1 to `most`. BAD_QUANTITY.
    ledger::Units units(std::string_view field, std::uint64_t number, ledger::Units most);
    /// Exactly 16 bytes. BAD_REQUEST.
    ledger::LeaseId lease(std::string_view field, std::string_view bytes);
    /// Exactly 16 hexadecimal digits. BAD_REQUEST.
    ledger::LeaseTag tag(std::string_view field, std::string_view digits);
    /// The one of `known` that is called so. BAD_REQUEST, which names them all.
    template <class Value, std::size_t count>
    Value one_of(std::string_view field, std::string_view text,
                 const std::array<Value, count>& known);
    /// One of the four words; none: application. BAD_REQUEST.
    ledger::Role role(std::string_view field, std::string_view word);

    /// BAD_REQUEST `field: what`, unless `holds`.
    void require(bool holds, std::string_view field, std::string_view what);

  private:
    void refuse(ledger::Refusal refusal);

    std::optional<ledger::Refusal> refusal_;
};

template <class Value, std::size_t count>
Value Fields::one_of(std::string_view field, std::string_view text,
                     const std::array<Value, count>& known)
{
    static_assert(count > 0);
    std::string words;
    for (const Value value : known) {
        if (word(value) == text)
            return value;
        words += (words.empty() ? "" : ", ") + std::string(word(value));
    }
    require(false, field, "not one of " + words);
    return known.front();
}

} // namespace usher::server
