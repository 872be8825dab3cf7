#include "client/failure.hpp"

#include <cassert>

namespace usher::client {

namespace {

struct Words {
    Step step;
    std::string_view word;
    const char* code;
};

constexpr Words words[] = {
    {Step::address, "address", "BAD_ADDRESS"},
    {Step::credentials, "credentials", "BAD_CREDENTIALS"},
    {Step::resolve, "resolve", "HOST_UNKNOWN"},
    {Step::connect, "connect", "UNREACHABLE"},
    {Step::tls, "tls", "TLS_FAILED"},
    {Step::pin, "pin", "WRONG_SERVER"},
    {Step::protocol, "protocol", "OTHER_PROTOCOL"},
    {Step::greeting, "greeting", "NOT_GREETED"},
    {Step::proof, "proof", "NOT_GENUINE"},
    {Step::exchange, "exchange", "CONNECTION_BROKEN"},
};

const Words& words_of(Step step)
{
    const auto& row = words[static_cast<std::size_t>(step)];
    assert(row.step == step);
    return row;
}

} // namespace

std::string_view word(Step step)
{
    return words_of(step).word;
}

bool is_lasting(const Failure& failure)
{
    if (failure.step == Step::greeting && failure.refused) {
        const std::string& code = failure.refused->code();
        return code != "SERVER_ENDING" && code != "SERVER_DEPARTED" && code != "SERVER_ARRIVING" &&
               code != "LIMIT_REACHED";
    }
    return failure.step == Step::address || failure.step == Step::credentials ||
           is_wrong_server(failure);
}

bool is_wrong_server(const Failure& failure)
{
    return failure.step == Step::pin || failure.step == Step::protocol ||
           failure.step == Step::proof;
}

v1::Refused as_refused(const Failure& failure)
{
    if (failure.refused)
        return *failure.refused;
    v1::Refused refused;
    refused.set_code(words_of(failure.step).code);
    refused.set_text(failure.text);
    if (!failure.cure.empty())
        refused.add_cures(failure.cure);
    return refused;
}

} // namespace usher::client
