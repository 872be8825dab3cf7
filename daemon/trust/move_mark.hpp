#pragma once

#include "daemon/trust/document.hpp"
#include "daemon/trust/signature.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace usher::trust {

class Node;

/// One of the two servers of a live move says to the other how far they are: the source which part
/// of its stream a record is, the target that it has taken over after so many facts. Any thread.
struct MoveMark {
    PublicKey node{};        ///< Who signed.
    PublicKey to{};          ///< For whom alone it is.
    Nonce stream{};          ///< Of the source's choice.
    std::uint64_t from = 0;  ///< So many facts stand before it.
    std::uint64_t count = 0; ///< In the record.
    Digest digest{};         ///< SHA-256 of the record.
    bool end = false;        ///< Nothing follows it.

    friend bool operator==(const MoveMark&, const MoveMark&) = default;
};

/// Refuses one that is for its own signer.
[[nodiscard]] std::variant<MoveMark, DocumentError> open_move_mark(std::string_view text);

/// `node` of the mark is `node`'s. Throws std::invalid_argument for what the parser would refuse.
[[nodiscard]] std::string sign_move_mark(const MoveMark& mark, const Node& node);

} // namespace usher::trust
