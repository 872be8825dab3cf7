#include "tools/courier.hpp"

#include "tools/call.hpp"
#include "tools/printable.hpp"

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

/// The issuer is not a server that must prove to be a customer: it proves itself by what it signs.
std::string carry(const Call& call, const std::string& issuer, const std::string& document)
{
    const auto address = client::address_from(issuer);
    if (!address)
        throw Fault(printable(address.error().text), {printable(address.error().cure)});
    client::Credentials credentials = call.credentials();
    credentials.key.clear(); // Ours are for our server.
    credentials.certificate.clear();
    credentials.certificate_key.clear();
    credentials.vendors.clear();
    auto route = client::Route::prepare(*address, std::move(credentials));
    if (!route)
        throw fault_of(route.error());
    auto line = client::Line::open(*route, call.patience());
    if (!line && line.error().refused)
        throw Refused(*line.error().refused);
    if (!line)
        throw fault_of(line.error());
    v1::Request request;
    request.mutable_carry()->set_document(document);
    auto response = line->ask(std::move(request), call.patience());
    if (!response)
        throw fault_of(response.error());
    if (response->has_refused())
        throw Refused(response->refused());
    line->close();
    return response->carried().document();
}

} // namespace usher::tools
