#include "client/socket_bio.hpp"

#include <cerrno>
#include <cstdint>
#include <openssl/bio.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

namespace usher::client {
namespace {

/// The descriptor stands in the place of the BIO's pointer, which saves an allocation.
int fd_of(BIO* bio)
{
    return static_cast<int>(reinterpret_cast<std::intptr_t>(BIO_get_data(bio)));
}

bool is_passing(int error)
{
    return error == EAGAIN || error == EINTR;
}

int write_some(BIO* bio, const char* bytes, int length)
{
    BIO_clear_retry_flags(bio);
    const ssize_t count = ::send(fd_of(bio), bytes, static_cast<std::size_t>(length), MSG_NOSIGNAL);
    if (count < 0 && is_passing(errno))
        BIO_set_retry_write(bio);
    return static_cast<int>(count);
}

int read_some(BIO* bio, char* room, int length)
{
    BIO_clear_retry_flags(bio);
    const ssize_t count = ::recv(fd_of(bio), room, static_cast<std::size_t>(length), 0);
    if (count < 0 && is_passing(errno))
        BIO_set_retry_read(bio);
    if (count == 0)
        BIO_set_flags(bio, BIO_FLAGS_IN_EOF);
    return static_cast<int>(count);
}

long control(BIO* bio, int command, long, void*)
{
    if (command == BIO_CTRL_EOF)
        return BIO_test_flags(bio, BIO_FLAGS_IN_EOF) != 0 ? 1 : 0;
    return command == BIO_CTRL_FLUSH || command == BIO_CTRL_PUSH || command == BIO_CTRL_POP ? 1 : 0;
}

/// Made once, never freed: connections may outlive whoever would.
BIO_METHOD* method()
{
    static BIO_METHOD* const made = [] {
        BIO_METHOD* fresh =
            BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "usher socket");
        if (fresh != nullptr) {
            BIO_meth_set_write(fresh, write_some);
            BIO_meth_set_read(fresh, read_some);
            BIO_meth_set_ctrl(fresh, control);
        }
        return fresh;
    }();
    return made;
}

} // namespace

bool attach(ssl_st* ssl, int fd)
{
    BIO* const bio = method() == nullptr ? nullptr : BIO_new(method());
    if (bio == nullptr)
        return false;
    BIO_set_data(bio, reinterpret_cast<void*>(static_cast<std::intptr_t>(fd)));
    BIO_set_init(bio, 1);
    SSL_set_bio(ssl, bio, bio);
    return true;
}

} // namespace usher::client
