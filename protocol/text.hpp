#pragma once

#include <optional>
#include <string>
#include <string_view>

/// Text that strangers write and people read: what a name is, and how any other text is shown.
/// Pure; any thread.
///
/// *Plain* is what shows itself and nothing else: no control character of a terminal (C0, DEL, C1),
/// nothing that breaks a line (U+2028, U+2029) or turns its direction (U+061C, U+200E, U+200F,
/// U+202A-202E, U+2066-2069), and nothing that is not seen and so makes two names look alike
/// (U+00AD, U+200B, U+2060, U+FEFF, fillers, tags). Right-to-left letters, combining marks and
/// variation selectors are plain: people's names are written with them. So are the two joiners
/// U+200C and U+200D, but only behind what they can join: a Persian or Indian letter, an emoji.
namespace usher::protocol {

struct Character {
    std::string_view bytes;
    char32_t code = 0;
    bool is_utf8 = false; ///< Else `bytes` is a single one that begins no character.
    bool is_plain = false;
};

/// Takes a text apart. The text must outlive it.
class Characters {
  public:
    explicit Characters(std::string_view text) : rest_(text) {}

    /// None: that was all. UTF-8 as in RFC 3629: no overlong forms, no surrogates.
    [[nodiscard]] std::optional<Character> next();

  private:
    std::string_view rest_;
    char32_t before_ = 0;
};

/// What is wrong with `text` as a name (user, device, profile, product, …); empty: nothing. A name
/// is 1 to `name_bytes_max` bytes, plain, without angle brackets, and neither begins nor ends with
/// a space of any kind. The text never repeats what it objects to.
[[nodiscard]] std::string objection_to_name(std::string_view text);

/// The same for a person's words on one line (a reason, a kind of license): plain, up to
/// `text_bytes_max` bytes, and it may be empty.
[[nodiscard]] std::string objection_to_line(std::string_view text);

/// `text` with all that is not plain written out: control characters and bytes that are no UTF-8 as
/// `\x1b`, others as `\u{202e}`, and so are the ASCII characters `and_these`. A backslash is not
/// doubled, for users of Windows have one in their names.
[[nodiscard]] std::string printable(std::string_view text, std::string_view and_these = {});

/// What is between the spaces, tabs and ends of line around a text that was kept in a file.
[[nodiscard]] std::string_view without_surrounding_space(std::string_view text);

} // namespace usher::protocol
