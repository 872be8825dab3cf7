#include "client/courier.hpp"

#include "client/address.hpp"
#include "client/line.hpp"

#include <utility>

namespace usher::client {
namespace {

Failure no_answer()
{
    return {.step = Step::exchange,
            .text = "what is at that address answers, but not as an issuer",
            .cure = "see that the address is that of usher-issuer serve"};
}

/// An issuer is not a server that must prove to be a customer: it proves itself by what it signs.
/// Keys and certificates of ours are for our server.
Result<v1::Response> asked(std::string_view uri, v1::Request request, const std::string& client,
                           const Patience& patience)
{
    auto address = address_from(uri);
    if (!address)
        return address.error();
    auto route = Route::prepare(*std::move(address), {.client = client});
    if (!route)
        return route.error();
    auto line = Line::open(*route, patience);
    if (!line)
        return line.error();
    auto response = line->ask(std::move(request), patience);
    if (response) {
        v1::Request leave;
        leave.mutable_leave();
        (void)line->send(std::move(leave), patience);
        line->close();
    }
    return response;
}

} // namespace

Errand carry(std::string_view uri, std::string_view document, const std::string& client,
             const Patience& patience)
{
    v1::Request request;
    request.mutable_carry()->set_document(std::string(document));
    auto response = asked(uri, std::move(request), client, patience);
    if (!response)
        return std::move(response).error();
    if (response->has_refused())
        return response->refused();
    if (!response->has_carried())
        return no_answer();
    return response->carried().document();
}

} // namespace usher::client
