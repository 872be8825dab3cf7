#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

/// Ed25519 (RFC 8032), SHA-256 and random bytes: all the cryptography that Usher calls by name.
/// Any thread.
namespace usher::trust {

using PublicKey = std::array<std::uint8_t, 32>;
using Signature = std::array<std::uint8_t, 64>;
using Digest = std::array<std::uint8_t, 32>;

/// A private key; overwritten when it goes.
class SigningKey {
  public:
    static SigningKey generate();
    /// From the 32 bytes that `seed()` gives.
    static SigningKey from_seed(std::span<const std::uint8_t, 32> seed);
    SigningKey(SigningKey&&) noexcept;
    SigningKey& operator=(SigningKey&&) noexcept;
    ~SigningKey();

    [[nodiscard]] const PublicKey& public_key() const { return public_key_; }
    [[nodiscard]] const std::array<std::uint8_t, 32>& seed() const { return seed_; }
    [[nodiscard]] Signature sign(std::string_view bytes) const;

  private:
    SigningKey() = default;
    std::array<std::uint8_t, 32> seed_{};
    PublicKey public_key_{};
};

[[nodiscard]] bool verify(const PublicKey& key, std::string_view bytes, const Signature& signature);
[[nodiscard]] Digest sha256(std::string_view bytes);
/// From the operating system; throws if it has none.
void fill_random(std::span<std::uint8_t> out);

/// RFC 4648 section 5, no padding. Decoding is strict: no white space, no padding, no stray bits.
[[nodiscard]] std::string base64url(std::span<const std::uint8_t> bytes);
[[nodiscard]] std::optional<std::string> from_base64url(std::string_view text);
[[nodiscard]] std::string hex(std::span<const std::uint8_t> bytes);

} // namespace usher::trust
