#include "daemon/journal/chain.hpp"

#include <cassert>
#include <charconv>
#include <openssl/evp.h>

namespace usher::journal {
namespace {

struct FreeMethod {
    void operator()(EVP_MD* method) const { EVP_MD_free(method); }
};
struct FreeContext {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

std::array<std::uint8_t, 8> big_endian(std::uint64_t number)
{
    std::array<std::uint8_t, 8> bytes{};
    for (std::size_t i = 0; i < bytes.size(); ++i)
        bytes[i] = static_cast<std::uint8_t>(number >> (56 - 8 * i));
    return bytes;
}

} // namespace

/// Fetched once: OpenSSL looks a method up by its name otherwise, for longer than it then hashes.
struct Chain::Inside {
    std::unique_ptr<EVP_MD, FreeMethod> method{EVP_MD_fetch(nullptr, "SHA256", nullptr)};
    std::unique_ptr<EVP_MD_CTX, FreeContext> context{EVP_MD_CTX_new()};
};

Chain::Chain() : inside_(std::make_unique<Inside>())
{
    assert(inside_->method && inside_->context);
}

Chain::~Chain() = default;

Link Chain::after(const Link& before, const Row& turn)
{
    return digest({}, before, turn);
}

Link Chain::of_snapshot(const Link& link, const Row& snapshot)
{
    return digest("snapshot", link, snapshot);
}

Link Chain::digest(std::string_view prefix, const Link& before, const Row& row)
{
    EVP_MD_CTX* const context = inside_->context.get();
    const auto number = big_endian(row.number);
    const auto at = big_endian(static_cast<std::uint64_t>(row.at.time_since_epoch().count()));
    Link link{};
    const bool done = EVP_DigestInit_ex2(context, inside_->method.get(), nullptr) == 1 &&
                      EVP_DigestUpdate(context, prefix.data(), prefix.size()) == 1 &&
                      EVP_DigestUpdate(context, before.data(), before.size()) == 1 &&
                      EVP_DigestUpdate(context, number.data(), number.size()) == 1 &&
                      EVP_DigestUpdate(context, at.data(), at.size()) == 1 &&
                      EVP_DigestUpdate(context, row.record.data(), row.record.size()) == 1 &&
                      EVP_DigestFinal_ex(context, link.data(), nullptr) == 1;
    assert(done);
    return link;
}

std::string to_text(const Head& head)
{
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text = std::to_string(head.number) + ":";
    for (const std::uint8_t byte : head.link) {
        text += digits[byte >> 4];
        text += digits[byte & 15];
    }
    return text;
}

std::optional<Head> head_from(std::string_view text)
{
    Head head;
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos || text.size() - colon - 1 != 2 * head.link.size())
        return std::nullopt;
    const char* const end = text.data() + colon;
    const auto number = std::from_chars(text.data(), end, head.number);
    if (number.ec != std::errc() || number.ptr != end)
        return std::nullopt;
    const char* digit = end + 1;
    for (std::uint8_t& byte : head.link) {
        const auto parsed = std::from_chars(digit, digit + 2, byte, 16);
        if (parsed.ec != std::errc() || parsed.ptr != digit + 2)
            return std::nullopt;
        digit += 2;
    }
    return head;
}

} // namespace usher::journal
