#include "daemon/trust/activation_code.hpp"

#include "protocol/text.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <openssl/crypto.h>
#include <optional>

namespace usher::trust {
namespace {

/// Crockford's base32: no letter that looks like a digit or another letter.
constexpr std::string_view alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::size_t secret_bytes = 16;
constexpr std::size_t check_bytes = 4;
constexpr std::size_t letters = (secret_bytes + check_bytes) * 8 / 5;
constexpr std::size_t group = 4;
static_assert((secret_bytes + check_bytes) * 8 % (5 * group) == 0, "nothing is padded");

using Secret = std::array<std::uint8_t, secret_bytes>;
using Bytes = std::array<std::uint8_t, secret_bytes + check_bytes>;

/// Overwrites what it was made of when it goes.
template <class T>
struct Wiped {
    T bytes{};
    Wiped() = default;
    Wiped(const Wiped&) = delete;
    Wiped& operator=(const Wiped&) = delete;
    ~Wiped() { OPENSSL_cleanse(bytes.data(), bytes.size()); }
};

Digest digest(std::string_view purpose, std::string_view license, const Secret& secret)
{
    std::string text = std::string(purpose) + std::string(license) + "\n";
    text.append(secret.begin(), secret.end());
    const Digest found = sha256(text);
    OPENSSL_cleanse(text.data(), text.size());
    return found;
}

Digest check_of(std::string_view license, const Secret& secret)
{
    return digest("usher activation code check v1\n", license, secret);
}

/// The value of a letter as people write it; none: it is no letter of a code.
std::optional<std::uint8_t> value_of(char letter)
{
    if (letter >= 'a' && letter <= 'z')
        letter = static_cast<char>(letter - 'a' + 'A');
    if (letter == 'O')
        letter = '0';
    if (letter == 'I' || letter == 'L')
        letter = '1';
    const std::size_t value = alphabet.find(letter);
    if (value == std::string_view::npos)
        return std::nullopt;
    return static_cast<std::uint8_t>(value);
}

DocumentError mistaken(std::string what)
{
    return {DocumentError::Kind::malformed, std::move(what)};
}

/// Empty: `out` holds what the letters say. Else what is wrong with them.
std::string decode(std::string_view text, Bytes& out)
{
    std::uint32_t bits = 0;
    unsigned pending = 0;
    std::size_t seen = 0;
    std::size_t at = 0;
    for (const char letter : text) {
        if (letter == '-')
            continue;
        const auto value = value_of(letter);
        if (!value)
            return "one of its characters is neither a digit nor a letter of a code";
        bits = (bits << 5U | *value) & 0xffffU;
        pending += 5;
        if (++seen <= letters && pending >= 8) {
            pending -= 8;
            out[at++] = static_cast<std::uint8_t>(bits >> pending);
        }
    }
    if (seen != letters)
        return "it has " + std::to_string(seen) + " characters after the license number, not " +
               std::to_string(letters);
    return "";
}

} // namespace

std::string new_activation_code(std::string_view license)
{
    Wiped<Secret> secret;
    fill_random(secret.bytes);
    return activation_code_text(license, secret.bytes);
}

std::string activation_code_text(std::string_view license, const Secret& secret)
{
    assert(protocol::objection_to_name(license).empty());
    Wiped<Bytes> bytes;
    std::ranges::copy(secret, bytes.bytes.begin());
    const Digest check = check_of(license, secret);
    std::copy_n(check.begin(), check_bytes, bytes.bytes.begin() + secret_bytes);
    std::string text = std::string(license) + "/";
    std::uint32_t bits = 0;
    unsigned pending = 0;
    std::size_t written = 0;
    for (const std::uint8_t byte : bytes.bytes) {
        bits = (bits << 8U | byte) & 0xffffU;
        for (pending += 8; pending >= 5; pending -= 5) {
            if (written > 0 && written % group == 0)
                text += '-';
            text += alphabet[bits >> (pending - 5) & 31U];
            ++written;
        }
    }
    return text;
}

std::variant<ActivationCode, DocumentError> activation_code_from(std::string_view text)
{
    text = protocol::without_surrounding_space(text);
    const std::size_t slash = text.rfind('/');
    if (slash == std::string_view::npos)
        return mistaken("it has no slash after the license number");
    const std::string_view license = text.substr(0, slash);
    if (!protocol::objection_to_name(license).empty())
        return mistaken("what stands before its last slash is no license number");
    Wiped<Bytes> bytes;
    if (std::string what = decode(text.substr(slash + 1), bytes.bytes); !what.empty())
        return mistaken(std::move(what));
    Wiped<Secret> secret;
    std::copy_n(bytes.bytes.begin(), secret_bytes, secret.bytes.begin());
    const Digest check = check_of(license, secret.bytes);
    if (!std::equal(check.begin(), check.begin() + check_bytes, bytes.bytes.begin() + secret_bytes))
        return mistaken("a character of it is mistaken, or it is of another license");
    Wiped<Digest> seed;
    seed.bytes = digest("usher activation code v1\n", license, secret.bytes);
    return ActivationCode{std::string(license), SigningKey::from_seed(seed.bytes)};
}

} // namespace usher::trust
