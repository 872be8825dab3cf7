#pragma once

#include "protocol/operator.pb.h"

#include <nlohmann/json.hpp>

/// The daemon's picture as JSON. Pure.
namespace usher::tools {

/// Keys stay in the order in which they are documented.
using Json = nlohmann::ordered_json;

/// What `usher status --json` prints; its shape is stable:
/// `{"mode","node","pools":[{"id","root","product","metric","stock","held","available","locked",
/// "reason","short","scheme","owner","closed","leases"}],"profiles":[{"name","pools","in_use",
/// "re_use","default"}],"leases":[{"id","profile","pool","seat","units","party","user","device",
/// "kind","started","deadline"}],"queue":[{"id","profile","pools","units","party","user","device",
/// "position","since","until"}],"parties":[{"id","kind","company","source","pool","users","leases",
/// "lock"}]}`.
///
/// Unlimited: `stock` and `available` are null, and the pool has `"unlimited":true`. Null as well:
/// a `reason`, `owner`, `party` or `lock` that there is not, the `users` of who is no company,
/// `re_use` where every lease is a seat, the `deadline` of a persistent lease. The units of a
/// pool's different `seat`s add up to what is held: where every lease is a seat, `seat` is the
/// lease's `id`.
///
/// `picture` is all parts merged into the first.
[[nodiscard]] Json status_json(const v1::StatusPart& picture);

/// The same of single entries, with what only their own verbs show.
[[nodiscard]] Json lease_json(const v1::StatusPart::Lease& lease);
[[nodiscard]] Json license_json(const v1::StatusPart::License& license);
[[nodiscard]] Json pool_json(const v1::StatusPart::Pool& pool);
[[nodiscard]] Json party_json(const v1::StatusPart::Party& party);
[[nodiscard]] Json profile_json(const v1::StatusPart::Profile& profile);
[[nodiscard]] Json credential_json(const v1::StatusPart::Credential& credential);

/// Nothing stands for an empty text.
[[nodiscard]] Json text_or_null(const std::string& text);

/// One line and nothing but ASCII, so that no terminal can be moved by what stands in a name.
[[nodiscard]] std::string to_text(const Json& json);

} // namespace usher::tools
