#include "daemon/trust/jws.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <vector>

namespace usher::trust {
namespace {

using nlohmann::json;

std::string base64url_of(std::string_view bytes)
{
    return base64url({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
}

std::string decoded(std::string_view part, const std::string& place)
{
    auto bytes = from_base64url(part);
    if (!bytes)
        throw Malformed(place + ": is not base64url without padding");
    return *std::move(bytes);
}

/// Nothing that Usher signs is nested deeper.
constexpr int depth_max = 8;

/// Sees every name while the text is parsed, since the parsed value keeps only the last of two.
class Names {
  public:
    explicit Names(const std::string& place) : place_(place) {}

    bool operator()(int depth, json::parse_event_t event, const json& value)
    {
        if (depth > depth_max)
            throw Malformed(place_ + ": is nested deeper than " + std::to_string(depth_max));
        if (event == json::parse_event_t::object_start)
            open_.emplace_back();
        else if (event == json::parse_event_t::object_end)
            open_.pop_back();
        else if (event == json::parse_event_t::key && !open_.back().insert(value).second)
            throw Malformed(place_ + ": " + value.dump() + " stands twice");
        return true;
    }

  private:
    const std::string& place_;
    std::vector<std::set<std::string>> open_;
};

/// Where a byte, counted from 1, stands for people: `byte 17`; in a text of several lines `line 3,
/// column 5`.
std::string place_of(std::size_t byte, std::string_view text)
{
    const std::string_view before = text.substr(0, byte == 0 ? 0 : byte - 1);
    const std::size_t start = before.rfind('\n');
    if (start == std::string_view::npos)
        return "byte " + std::to_string(byte);
    return "line " + std::to_string(1 + std::ranges::count(before, '\n')) + ", column " +
           std::to_string(before.size() - start);
}

json parsed(std::string_view text, const std::string& place)
{
    Names names(place);
    try {
        return json::parse(text, std::ref(names));
    } catch (const json::parse_error& error) {
        throw Malformed(place + ": is not JSON from " + place_of(error.byte, text));
    } catch (const json::exception&) {
        throw Malformed(place + ": holds a number that is too large");
    }
}

} // namespace

Jws split_jws(std::string_view text)
{
    const std::size_t first = text.find('.');
    const std::size_t second = first == std::string_view::npos ? first : text.find('.', first + 1);
    if (second == std::string_view::npos || text.find('.', second + 1) != std::string_view::npos)
        throw Malformed("it is not three parts with a dot between them");
    Jws jws;
    jws.header = decoded(text.substr(0, first), "header");
    jws.payload = decoded(text.substr(first + 1, second - first - 1), "payload");
    jws.signed_bytes = text.substr(0, second);
    const std::string signature = decoded(text.substr(second + 1), "signature");
    if (signature.size() != jws.signature.size())
        throw Malformed("signature: is not 64 bytes");
    std::ranges::copy(signature, jws.signature.begin());
    return jws;
}

std::string sign_jws(std::string_view header, std::string_view payload, const SigningKey& key)
{
    std::string text = base64url_of(header) + "." + base64url_of(payload);
    const Signature signature = key.sign(text);
    return text + "." + base64url(signature);
}

json json_object(std::string_view text, const std::string& place)
{
    json value = parsed(text, place);
    if (!value.is_object())
        throw Malformed(place + ": is not an object");
    return value;
}

json canonical_object(std::string_view text, const std::string& place)
{
    json value = json_object(text, place);
    const std::string written = canonical_text(value);
    if (written != text) {
        const auto differ = std::ranges::mismatch(written, text);
        throw Malformed(place + ": is not written in the one canonical way from byte " +
                        std::to_string(differ.in2 - text.begin() + 1));
    }
    return value;
}

std::string canonical_text(const json& value)
{
    return value.dump();
}

json jwk(const PublicKey& key)
{
    return {{"crv", "Ed25519"}, {"kty", "OKP"}, {"x", base64url(key)}};
}

} // namespace usher::trust
