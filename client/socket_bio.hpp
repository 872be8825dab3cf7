#pragma once

struct ssl_st;

namespace usher::client {

/// Lets `ssl` read and write the nonblocking socket `fd`, which stays the caller's. OpenSSL's own
/// way uses write(2), which would kill an application whose server went away (SIGPIPE); false: no
/// memory.
[[nodiscard]] bool attach(ssl_st* ssl, int fd);

} // namespace usher::client
