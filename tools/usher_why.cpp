#include "tools/call.hpp"
#include "tools/instants.hpp"
#include "tools/printable.hpp"
#include "tools/refusal_text.hpp"
#include "tools/usher_verbs.hpp"

namespace usher::tools {
namespace {

/// When and to whom, the reason, and what would have helped; newest first.
std::string text_of(const v1::Refusals& refusals)
{
    std::string text;
    for (const v1::Refusals::Denied& denied : refusals.newest_first()) {
        const std::string profile = denied.profile().empty() ? "the default" : denied.profile();
        text += instant_text(denied.at_us()) + "  " + printable(denied.user()) + " on " +
                printable(denied.device()) + " asked for " + printable(profile) + "\n  " +
                headline_of(denied.refused()) + "\n";
        for (const v1::Holder& holder : denied.refused().holders())
            text += "  " + holder_text(holder) + "\n";
        for (const std::string& cure : denied.refused().cures())
            text += "  hint: " + printable(cure) + "\n";
    }
    return text.empty() ? "nobody was refused\n" : text;
}

Json json_of(const v1::Refusals& refusals)
{
    Json list = Json::array();
    for (const v1::Refusals::Denied& denied : refusals.newest_first())
        list.push_back({{"at", instant_text(denied.at_us())},
                        {"profile", denied.profile()},
                        {"user", denied.user()},
                        {"device", denied.device()},
                        {"refused", refusal_json(denied.refused())}});
    return {{"refusals", list}};
}

} // namespace

int why(Call& call)
{
    v1::Operate operate;
    v1::ExplainRefusals& explain = *operate.mutable_explain_refusals();
    call.options().add_option("--user", *explain.mutable_user(), "Only those of this user");
    call.parse();
    const v1::Operated operated = call.operate(operate);
    call.print(json_of(operated.refusals()), text_of(operated.refusals()));
    return 0;
}

} // namespace usher::tools
