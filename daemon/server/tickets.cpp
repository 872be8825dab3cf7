#include "daemon/server/tickets.hpp"

#include "daemon/trust/private_files.hpp"
#include "daemon/trust/signature.hpp"

#include <algorithm>
#include <charconv>
#include <exception>
#include <memory>
#include <new>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <optional>
#include <span>

namespace usher::server {
namespace {

constexpr std::string_view format = "usher-tickets-1\n";
constexpr std::size_t keys_max = 2;

TicketKey fresh_key(std::chrono::sys_seconds now)
{
    TicketKey key{.made = now};
    trust::fill_random(key.name);
    trust::fill_random(key.cipher);
    trust::fill_random(key.mac);
    return key;
}

std::string line_of(const TicketKey& key)
{
    return std::to_string(key.made.time_since_epoch().count()) + " " + trust::base64url(key.name) +
           " " + trust::base64url(key.cipher) + " " + trust::base64url(key.mac) + "\n";
}

/// Takes the text up to `end` off the front of `rest`; without an `end`, nothing.
std::optional<std::string_view> take_until(std::string_view& rest, char end)
{
    const std::size_t at = rest.find(end);
    if (at == std::string_view::npos)
        return std::nullopt;
    const std::string_view piece = rest.substr(0, at);
    rest.remove_prefix(at + 1);
    return piece;
}

bool take_bytes(std::string_view& rest, char end, std::span<std::uint8_t> out)
{
    const auto text = take_until(rest, end);
    const auto bytes = text ? trust::from_base64url(*text) : std::nullopt;
    if (!bytes || bytes->size() != out.size())
        return false;
    std::ranges::copy(*bytes, out.begin());
    return true;
}

std::optional<TicketKey> take_key(std::string_view& rest)
{
    TicketKey key;
    const auto made = take_until(rest, ' ');
    std::chrono::sys_seconds::rep seconds = 0;
    if (!made || std::from_chars(made->data(), made->data() + made->size(), seconds).ptr !=
                     made->data() + made->size())
        return std::nullopt;
    key.made = std::chrono::sys_seconds(std::chrono::seconds(seconds));
    if (!take_bytes(rest, ' ', key.name) || !take_bytes(rest, ' ', key.cipher) ||
        !take_bytes(rest, '\n', key.mac))
        return std::nullopt;
    return key;
}

TicketKeys keys_from(std::string_view text)
{
    if (!text.starts_with(format))
        return {};
    text.remove_prefix(format.size());
    TicketKeys keys;
    while (!text.empty() && keys.size() < keys_max) {
        const auto key = take_key(text);
        if (!key)
            return {};
        keys.push_back(*key);
    }
    return keys;
}

bool set_mac_key(EVP_MAC_CTX* mac, const TicketKey& key)
{
    auto secret = key.mac; // OpenSSL takes it as non-const and does not change it.
    char digest[] = "SHA256";
    const OSSL_PARAM terms[] = {
        OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, secret.data(), secret.size()),
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
        OSSL_PARAM_construct_end(),
    };
    return EVP_MAC_CTX_set_params(mac, terms) == 1;
}

/// Where a context carries its keys: they go with it, so that a handshake that outlives the
/// authority still finds them.
int place_of_keys()
{
    static const int place = SSL_CTX_get_ex_new_index(
        0, nullptr, nullptr, nullptr, [](void*, void* keys, CRYPTO_EX_DATA*, int, long, void*) {
            delete static_cast<const TicketKeys*>(keys);
        });
    return place;
}

/// OpenSSL's question for a key: to seal with, or the one named `name` to open with. 1: here it is;
/// 2: here it is, and give the client a newer ticket; 0: not known, so a full handshake; -1:
/// broken.
int give_key(SSL* tls, unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher,
             EVP_MAC_CTX* mac, int to_seal)
{
    const auto& keys =
        *static_cast<const TicketKeys*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(tls), place_of_keys()));
    auto key = keys.begin();
    if (to_seal != 0) {
        std::ranges::copy(key->name, name);
        try {
            trust::fill_random({iv, static_cast<std::size_t>(EVP_MAX_IV_LENGTH)});
        } catch (const std::exception&) {
            return -1; // An exception must not pass through C.
        }
    } else {
        key = std::ranges::find_if(keys, [&](const TicketKey& known) {
            return std::ranges::equal(known.name, std::span(name, known.name.size()));
        });
        if (key == keys.end())
            return 0;
    }
    const int ready =
        EVP_CipherInit_ex(cipher, EVP_aes_256_cbc(), nullptr, key->cipher.data(), iv, to_seal);
    if (ready != 1 || !set_mac_key(mac, *key))
        return -1;
    return key == keys.begin() ? 1 : 2;
}

} // namespace

TicketKeys turn_ticket_keys(const std::filesystem::path& file, std::chrono::seconds rotation,
                            std::chrono::sys_seconds now)
{
    TicketKeys keys = keys_from(trust::read_private_file(file).value_or(""));
    // A key from the future was made under a clock that has been set back since: its age is
    // unknown.
    std::erase_if(keys, [&](const TicketKey& key) {
        return key.made > now || now - key.made >= 2 * rotation;
    });
    if (!keys.empty() && now - keys.front().made < rotation)
        return keys;
    keys.insert(keys.begin(), fresh_key(now));
    keys.resize(std::min(keys.size(), keys_max));
    std::string text(format);
    for (const TicketKey& key : keys)
        text += line_of(key);
    trust::write_private_file(file, text);
    return keys;
}

void use_ticket_keys(ssl_ctx_st* context, TicketKeys keys, std::chrono::seconds lifetime)
{
    auto owned = std::make_unique<TicketKeys>(std::move(keys));
    if (SSL_CTX_set_ex_data(context, place_of_keys(), owned.get()) != 1)
        throw std::bad_alloc();
    static_cast<void>(owned.release());
    SSL_CTX_set_tlsext_ticket_key_evp_cb(context, give_key);
    SSL_CTX_set_timeout(context, static_cast<long>(lifetime.count()));
    // Nothing is kept per session on this side, so that a flood of handshakes fills no memory.
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_num_tickets(context, 1);
}

} // namespace usher::server
