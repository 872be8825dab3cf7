#include "tools/conversation.hpp"

#include "tools/printable.hpp"

#include <utility>

namespace usher::tools {
namespace {

client::Route route_to(client::Address address, client::Credentials credentials)
{
    auto route = client::Route::prepare(std::move(address), std::move(credentials));
    if (!route)
        throw fault_of(route.error());
    return std::move(*route);
}

client::Line line_on(client::Route& route, const client::Patience& patience)
{
    auto line = client::Line::open(route, patience);
    if (!line && line.error().refused)
        throw Refused(*line.error().refused);
    if (!line)
        throw fault_of(line.error());
    return std::move(*line);
}

} // namespace

Fault fault_of(const client::Failure& failure)
{
    std::vector<std::string> hints;
    if (!failure.cure.empty())
        hints.push_back(printable(failure.cure));
    return {printable(failure.text), std::move(hints)};
}

Conversation::Conversation(client::Address address, client::Credentials credentials,
                           std::chrono::milliseconds timeout)
    : timeout_(timeout), route_(route_to(std::move(address), std::move(credentials))),
      line_(line_on(route_, patience()))
{}

Conversation::~Conversation()
{
    v1::Request leave;
    leave.mutable_leave();
    (void)line_.send(std::move(leave), patience());
    line_.close();
}

client::Patience Conversation::patience() const
{
    return {.until = client::Clock::now() + timeout_};
}

v1::Response Conversation::ask(v1::Request request)
{
    auto response = line_.ask(std::move(request), patience());
    if (!response)
        throw fault_of(response.error());
    if (response->has_refused())
        throw Refused(response->refused());
    return *std::move(response);
}

v1::Operated Conversation::operate(v1::Operate operate)
{
    v1::Request request;
    *request.mutable_operate() = std::move(operate);
    return std::move(*ask(std::move(request)).mutable_operated());
}

v1::StatusPart Conversation::look()
{
    v1::Operate look;
    look.mutable_look();
    return std::move(*operate(std::move(look)).mutable_status());
}

} // namespace usher::tools
