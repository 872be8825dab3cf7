#pragma once

#include "protocol/common.pb.h"

#include <boost/system/result.hpp>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// What a client is told when something between it and a seat did not work.
namespace usher::client {

/// Where on the way it stopped. In the order of the way.
enum class Step : std::uint8_t {
    address,     ///< The text that names the server is none.
    credentials, ///< Our own certificate or key cannot be used.
    resolve,     ///< The host name.
    connect,     ///< The connection.
    tls,         ///< The handshake: no TLS 1.3 there, or we were not let in.
    pin,         ///< The server's certificate does not lead to the CA of the address.
    protocol,    ///< It does not speak `usher/1`.
    greeting,    ///< It does not want us; `refused` says why.
    proof,       ///< It did not prove to be a customer of the vendor.
    exchange,    ///< The connection ended or fell silent afterwards.
};

/// The stable word for it: `resolve`, `pin`, …
[[nodiscard]] std::string_view word(Step step);

struct Failure {
    Step step = Step::exchange;
    std::string text; ///< A sentence for people, lower case, without a full stop.
    std::string cure; ///< What to do about it; an imperative sentence without a full stop.
    std::optional<v1::Refused> refused;       ///< The server's own words, where it said some.
    std::chrono::milliseconds retry_after{0}; ///< The server asks to stay away for so long.
};

/// Whether it stays so until a person does something: trying again by itself would not help.
[[nodiscard]] bool is_lasting(const Failure& failure);

/// Whether what answers is not the server that it should be.
[[nodiscard]] bool is_wrong_server(const Failure& failure);

/// The failure in the form that refusals have, so that an application sees one form of no. The code
/// is the server's where it said one, else ours: HOST_UNKNOWN, UNREACHABLE, WRONG_SERVER, …
[[nodiscard]] v1::Refused as_refused(const Failure& failure);

template <class T>
using Result = boost::system::result<T, Failure>;

} // namespace usher::client
