#pragma once

#include "daemon/ledger/entities.hpp"
#include "daemon/trust/lease_tag.hpp"
#include "protocol/answers.hpp"
#include "tools/instants.hpp"
#include "tools/status_json.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace usher::tools {

[[nodiscard]] inline std::string instant(ledger::CalendarInstant at)
{
    return instant_text(at.time_since_epoch().count());
}

/// Of the id itself nothing is shown.
[[nodiscard]] inline std::string tag_text(const ledger::LeaseId& id)
{
    return protocol::to_text(trust::tag_of(id));
}

/// One fact while it is being told. What there is not is not told.
class Teller {
  public:
    explicit Teller(std::string_view fact) { json_["fact"] = fact; }

    Teller& tell(const char* key, Json value)
    {
        json_[key] = std::move(value);
        return *this;
    }
    template <class Kind>
    Teller& tell(const char* key, const ledger::Name<Kind>& name)
    {
        return name.empty() ? *this : tell(key, Json(name.text));
    }
    Teller& tell_text(const char* key, const std::string& text)
    {
        return text.empty() ? *this : tell(key, Json(text));
    }
    template <class Kind>
    Teller& tell(const char* key, const std::optional<ledger::Name<Kind>>& name)
    {
        return name ? tell(key, *name) : *this;
    }
    Teller& tell(const char* key, const std::optional<ledger::Units>& units)
    {
        return units ? tell(key, Json(*units)) : *this;
    }
    Teller& tell(const char* key, const std::optional<ledger::CalendarInstant>& at)
    {
        return at ? tell(key, Json(instant(*at))) : *this;
    }
    template <class Names>
    Teller& tell_list(const char* key, const Names& names)
    {
        Json list = Json::array();
        for (const auto& name : names)
            list.push_back(name.text);
        return tell(key, std::move(list));
    }
    Teller& tell_lease(const ledger::Lease& lease)
    {
        tell("lease", Json(protocol::to_text(lease.tag))).tell("pool", lease.pool);
        tell("units", Json(lease.units)).tell("profile", lease.profile);
        tell("user", lease.user).tell("device", lease.device);
        if (lease.process != 0)
            tell("process", Json(lease.process));
        tell("party", lease.party).tell("identity", lease.identity);
        tell("kind", Json(word(lease.kind))).tell("ends", lease.ends);
        return tell("started", Json(instant(lease.started)));
    }

    operator Json() { return std::move(json_); }

  private:
    Json json_;
};

} // namespace usher::tools
