#pragma once

/// Descriptors that must not live on in the child of a fork: while a child holds a copy of a
/// connection, the server cannot see that the parent has died. Any thread.
namespace usher::client {

/// socket(2): a stream, nonblocking, closed at exec; a later fork closes the child's copy.
/// -1 and errno as socket(2).
[[nodiscard]] int open_socket(int family);

/// Closes what `open_socket` gave. Does nothing in a child, where it is closed already.
void close_socket(int fd);

} // namespace usher::client
