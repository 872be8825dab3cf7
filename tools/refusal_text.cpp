#include "tools/refusal_text.hpp"

#include "tools/instants.hpp"
#include "tools/printable.hpp"

namespace usher::tools {
namespace {

std::string units_text(std::int64_t units)
{
    return std::to_string(units) + (units == 1 ? " unit" : " units");
}

Json number_or_null(bool is_there, std::int64_t number)
{
    return is_there ? Json(number) : Json(nullptr);
}

} // namespace

std::string holder_text(const v1::Holder& holder)
{
    return "held by " + printable(holder.user()) + " on " + printable(holder.device()) + " since " +
           instant_text(holder.since_us()) + ": " + units_text(holder.units()) + ", lease " +
           printable(holder.lease());
}

std::string headline_of(const v1::Refused& refused)
{
    return printable(refused.code()) + ": " + printable(refused.text());
}

void say(const Terminal& terminal, const v1::Refused& refused)
{
    terminal.error(headline_of(refused));
    for (const v1::Holder& holder : refused.holders())
        terminal.remark(holder_text(holder));
    for (const std::string& cure : refused.cures())
        terminal.hint(printable(cure));
}

Json refusal_json(const v1::Refused& refused)
{
    Json json{{"code", refused.code()}, {"text", refused.text()}};
    json["subject"] = text_or_null(refused.subject());
    json["detail"] = text_or_null(refused.detail());
    json["because"] = text_or_null(refused.because());
    json["stock"] = number_or_null(refused.has_stock(), refused.stock());
    json["held"] = number_or_null(refused.has_held(), refused.held());
    json["want"] = number_or_null(refused.has_want(), refused.want());
    json["short"] = number_or_null(refused.has_short_(), refused.short_());
    json["queue"] = number_or_null(refused.has_queue(), refused.queue());
    json["host"] = text_or_null(refused.host());
    json["retry_at"] =
        refused.has_retry_at_us() ? Json(instant_text(refused.retry_at_us())) : Json(nullptr);
    json["holders"] = Json::array();
    for (const v1::Holder& holder : refused.holders())
        json["holders"].push_back({{"user", holder.user()},
                                   {"device", holder.device()},
                                   {"lease", holder.lease()},
                                   {"units", holder.units()},
                                   {"since", instant_text(holder.since_us())}});
    json["cures"] = Json::array();
    for (const std::string& cure : refused.cures())
        json["cures"].push_back(cure);
    return json;
}

} // namespace usher::tools
