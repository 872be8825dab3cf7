#include "daemon/trust/signature.hpp"

#include <algorithm>
#include <memory>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <stdexcept>

namespace usher::trust {
namespace {

struct Free {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
    void operator()(EVP_MD* method) const { EVP_MD_free(method); }
};
using Key = std::unique_ptr<EVP_PKEY, Free>;
using Context = std::unique_ptr<EVP_MD_CTX, Free>;

/// None of these calls can fail but for want of memory or a broken OpenSSL; nobody can go on then.
void require(bool done)
{
    if (!done)
        throw std::runtime_error("OpenSSL cannot do Ed25519, SHA-256 or random bytes");
}

Key private_key(const std::array<std::uint8_t, 32>& seed)
{
    Key key(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, seed.data(), seed.size()));
    require(key != nullptr);
    return key;
}

const std::uint8_t* bytes_of(std::string_view text)
{
    return reinterpret_cast<const std::uint8_t*>(text.data());
}

/// Fetched once a thread: OpenSSL looks a method up by its name otherwise, under locks that all
/// threads share, for longer than it then hashes an id.
struct Sha256 {
    std::unique_ptr<EVP_MD, Free> method{EVP_MD_fetch(nullptr, "SHA256", nullptr)};
    Context context{EVP_MD_CTX_new()};
};

constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

} // namespace

SigningKey SigningKey::generate()
{
    std::array<std::uint8_t, 32> seed{};
    fill_random(seed);
    SigningKey key = from_seed(seed);
    OPENSSL_cleanse(seed.data(), seed.size());
    return key;
}

SigningKey SigningKey::from_seed(std::span<const std::uint8_t, 32> seed)
{
    SigningKey made;
    std::copy(seed.begin(), seed.end(), made.seed_.begin());
    std::size_t size = made.public_key_.size();
    const Key key = private_key(made.seed_);
    require(EVP_PKEY_get_raw_public_key(key.get(), made.public_key_.data(), &size) == 1);
    return made;
}

SigningKey::SigningKey(SigningKey&& other) noexcept
    : seed_(other.seed_), public_key_(other.public_key_)
{
    OPENSSL_cleanse(other.seed_.data(), other.seed_.size());
}

SigningKey& SigningKey::operator=(SigningKey&& other) noexcept
{
    if (this != &other) {
        seed_ = other.seed_;
        public_key_ = other.public_key_;
        OPENSSL_cleanse(other.seed_.data(), other.seed_.size());
    }
    return *this;
}

SigningKey::~SigningKey()
{
    OPENSSL_cleanse(seed_.data(), seed_.size());
}

Signature SigningKey::sign(std::string_view bytes) const
{
    const Key key = private_key(seed_);
    const Context context(EVP_MD_CTX_new());
    Signature signature{};
    std::size_t size = signature.size();
    require(context != nullptr);
    require(EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1);
    require(EVP_DigestSign(context.get(), signature.data(), &size, bytes_of(bytes), bytes.size()) ==
            1);
    return signature;
}

bool verify(const PublicKey& key, std::string_view bytes, const Signature& signature)
{
    const Key loaded(
        EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, key.data(), key.size()));
    const Context context(EVP_MD_CTX_new());
    require(context != nullptr);
    // Bytes that are no point of the curve are accepted here and verify nothing below.
    require(loaded != nullptr);
    require(EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, loaded.get()) == 1);
    return EVP_DigestVerify(context.get(), signature.data(), signature.size(), bytes_of(bytes),
                            bytes.size()) == 1;
}

Digest sha256(std::string_view bytes)
{
    thread_local const Sha256 hash;
    Digest digest{};
    require(EVP_DigestInit_ex2(hash.context.get(), hash.method.get(), nullptr) == 1 &&
            EVP_DigestUpdate(hash.context.get(), bytes.data(), bytes.size()) == 1 &&
            EVP_DigestFinal_ex(hash.context.get(), digest.data(), nullptr) == 1);
    return digest;
}

void fill_random(std::span<std::uint8_t> out)
{
    require(RAND_bytes(out.data(), static_cast<int>(out.size())) == 1);
}

std::string base64url(std::span<const std::uint8_t> bytes)
{
    std::string text;
    text.reserve((bytes.size() * 4 + 2) / 3);
    std::uint32_t bits = 0;
    unsigned pending = 0;
    for (const std::uint8_t byte : bytes) {
        bits = bits << 8 | byte;
        for (pending += 8; pending >= 6; pending -= 6)
            text += alphabet[bits >> (pending - 6) & 63];
    }
    if (pending > 0)
        text += alphabet[bits << (6 - pending) & 63];
    return text;
}

std::optional<std::string> from_base64url(std::string_view text)
{
    if (text.size() % 4 == 1)
        return std::nullopt;
    std::string bytes;
    bytes.reserve(text.size() * 3 / 4);
    std::uint32_t bits = 0;
    unsigned pending = 0;
    for (const char letter : text) {
        const std::size_t value = alphabet.find(letter);
        if (value == std::string_view::npos)
            return std::nullopt;
        bits = bits << 6 | static_cast<std::uint32_t>(value);
        pending += 6;
        if (pending >= 8) {
            pending -= 8;
            bytes += static_cast<char>(bits >> pending & 255);
        }
    }
    // Bits that carry nothing must be zero, or one text could be written in several ways.
    if ((bits & ((1U << pending) - 1)) != 0)
        return std::nullopt;
    return bytes;
}

std::string hex(std::span<const std::uint8_t> bytes)
{
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    text.reserve(bytes.size() * 2);
    for (const std::uint8_t byte : bytes) {
        text += digits[byte >> 4];
        text += digits[byte & 15];
    }
    return text;
}

} // namespace usher::trust
