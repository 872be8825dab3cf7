#pragma once

#include "tests/ledger/scene.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// What a courier carries between the two servers of a move, without a signature.
namespace usher::ledger::test {

StreamId stream_id(std::string_view name); ///< At most 16 bytes of the name.
NodeKey node_key(std::string_view name);   ///< At most 32 bytes of the name.

/// For the server `target`, with an address and a redirect that are named after it.
BeginMove begin_move(const std::string& stream, const std::string& target);

/// Of the activation with number `follows` of what stands at `source`; its receipt is
/// `receipt-FOLLOWS`.
Depart::Ticket given(const Scene& source, const std::string& license, std::uint64_t follows,
                     const std::string& target);

/// Of a license as it stands at `source`, with this number; its receipt is `receipt-FOLLOWS`.
Arrive::Ticket taken(const Scene& source, const std::string& license, std::uint64_t number,
                     const std::string& source_name);

/// A part of the stream as the source answered it, from the node of this name.
Follow part_of(const StreamPart& part, const std::string& source_name);

/// Carries on from `position` to where the stream ends now: the last answer of `target`, or the
/// first no of either.
Answer carry(Scene& source, const std::string& source_name, Scene& target, const StreamId& stream,
             std::uint64_t position);

/// Those of a state that a server that takes over must have too.
std::vector<Fact> crossing_facts(const Ledger& ledger);

} // namespace usher::ledger::test
