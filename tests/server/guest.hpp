#pragma once

#include "protocol/usher.pb.h"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <openssl/ssl.h>
#include <optional>
#include <string>
#include <string_view>

namespace usher::server::test {

/// Who comes to a server of a test: a blocking socket with or without TLS, and nothing clever. What
/// takes longer than `patience` fails the test.
class Guest {
  public:
    static constexpr auto patience = std::chrono::seconds(60);

    struct Manners {
        std::string alpn = "usher/1"; ///< Empty: none is offered.
        int version_max = TLS1_3_VERSION;
        std::string chain_pem; ///< A certificate to show; empty: none.
        std::string key_pem;
        std::string from = "127.0.0.1"; ///< The address to come from.
    };

    /// A connection without any TLS yet: `greet_tls` does that, or nobody does.
    static Guest at_port(std::uint16_t port, const std::string& from = "127.0.0.1");
    static Guest over_tls(std::uint16_t port, const Manners& manners);
    static Guest over_tls(std::uint16_t port) { return over_tls(port, Manners{}); }
    static Guest at_socket(const std::filesystem::path& path);

    Guest(Guest&& other) noexcept;
    ~Guest();

    /// False: the server wants none of it.
    [[nodiscard]] bool greet_tls(const Manners& manners);

    void send_bytes(std::string_view bytes);
    void send(const v1::Request& request);
    /// None: the server has closed the connection.
    [[nodiscard]] std::optional<v1::Response> receive();
    /// The answer must come.
    v1::Response ask(const v1::Request& request);
    v1::Response hello(const std::string& key = {});
    /// Reads on until the server closes the connection; what it said last.
    v1::Response last_words();
    /// The other end closes within `patience`, whatever it says before.
    [[nodiscard]] bool is_closed();
    /// The connection is torn down within `patience` although this end reads nothing; meanwhile it
    /// sends `words` again and again. While there is no room for them, it does `when_full`.
    [[nodiscard]] bool is_reset(
        std::string_view words, const std::function<void()>& when_full = [] {});
    /// Goes without a word.
    void vanish();

    [[nodiscard]] std::string exporter();
    /// The server's certificate is for this host name.
    [[nodiscard]] bool shows_name(const std::string& name) const;

  private:
    explicit Guest(int descriptor) : descriptor_(descriptor) {}
    [[nodiscard]] bool receive_bytes(std::string& out, std::size_t count);

    struct Free {
        void operator()(SSL* tls) const { SSL_free(tls); }
    };
    int descriptor_ = -1;
    std::unique_ptr<SSL, Free> tls_;
};

/// Requests as tests ask them.
[[nodiscard]] v1::Request checkout(std::uint64_t request, const std::string& lease,
                                   std::uint32_t wait_ms = 0);
[[nodiscard]] v1::Request greeting(std::uint64_t request, const std::string& key = {});
[[nodiscard]] v1::Request checkin(std::uint64_t request, const std::string& lease);
[[nodiscard]] v1::Request look(std::uint64_t request);
/// A lease id of 16 bytes that begins with `name`.
[[nodiscard]] std::string lease(const std::string& name);

[[nodiscard]] std::string frame_of(const v1::Request& request);

} // namespace usher::server::test
