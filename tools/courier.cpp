#include "tools/courier.hpp"

#include "client/courier.hpp"
#include "tools/call.hpp"

#include <utility>
#include <variant>

namespace usher::tools {

std::string issuer_or_fault(const std::string& given, const std::string& known)
{
    if (!given.empty())
        return given;
    if (!known.empty())
        return known;
    throw Fault("no issuer is known that could be asked",
                {"--issuer usher://… or USHER_ISSUER, as the vendor tells it",
                 "--offline, and send the file that it writes to the vendor"});
}

std::string carry(const Call& call, const std::string& issuer, const std::string& document)
{
    client::Errand errand =
        client::carry(issuer, document, call.credentials().client, call.patience());
    if (const auto* failure = std::get_if<client::Failure>(&errand)) {
        if (failure->refused)
            throw Refused(*failure->refused);
        throw fault_of(*failure);
    }
    if (auto* no = std::get_if<v1::Refused>(&errand))
        throw Refused(std::move(*no));
    return std::get<std::string>(std::move(errand));
}

} // namespace usher::tools
