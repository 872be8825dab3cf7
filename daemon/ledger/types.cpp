#include "daemon/ledger/types.hpp"

#include <bit>
#include <cstring>

namespace usher::ledger {
namespace {

__extension__ using Wide = unsigned __int128; // Both our compilers have it.

constexpr std::uint64_t odd_constant = 0x9e3779b97f4a7c15; // 2^64 over the golden ratio.

/// Mixes one word into a state so that every bit of both reaches every bit of the result.
std::uint64_t mix(std::uint64_t state, std::uint64_t word)
{
    const auto product = static_cast<Wide>(state ^ word ^ odd_constant) *
                         (state + std::rotl(word, 32) + (odd_constant | 1));
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

std::uint64_t hash(std::uint64_t seed, const void* bytes, std::size_t size)
{
    const auto* at = static_cast<const unsigned char*>(bytes);
    std::uint64_t state = mix(seed, size);
    for (; size >= 8; size -= 8, at += 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, at, 8);
        state = mix(state, word + seed);
    }
    std::uint64_t rest = 0;
    std::memcpy(&rest, at, size);
    return mix(state, rest + seed);
}

} // namespace

std::string_view word(Metric metric)
{
    switch (metric) {
    case Metric::lease: return "lease";
    case Metric::device: return "device";
    case Metric::user: return "user";
    case Metric::user_device: return "user_device";
    }
    return "";
}

std::string_view word(LeaseKind kind)
{
    switch (kind) {
    case LeaseKind::floating: return "floating";
    case LeaseKind::fixed: return "fixed";
    case LeaseKind::persistent: return "persistent";
    }
    return "";
}

std::string_view word(NodeLock lock)
{
    switch (lock) {
    case NodeLock::none: return "none";
    case NodeLock::machine: return "machine";
    case NodeLock::personal: return "personal";
    }
    return "";
}

std::string_view word(Mode mode)
{
    switch (mode) {
    case Mode::serving: return "serving";
    case Mode::maintenance: return "maintenance";
    case Mode::arriving: return "arriving";
    case Mode::departed: return "departed";
    }
    return "";
}

std::string_view word(Role role)
{
    switch (role) {
    case Role::application: return "application";
    case Role::viewer: return "viewer";
    case Role::operator_: return "operator";
    case Role::admin: return "admin";
    }
    return "";
}

std::size_t SeededHash::operator()(const LeaseId& id) const
{
    return hash(seed, id.bytes.data(), id.bytes.size());
}

std::size_t SeededHash::operator()(LeaseTag tag) const
{
    return mix(seed, tag.bits);
}

std::size_t SeededHash::operator()(std::string_view text) const
{
    return hash(seed, text.data(), text.size());
}

} // namespace usher::ledger
