#include "client/failure.hpp"

#include <cassert>

namespace usher::client {

std::string_view word(Step step)
{
    switch (step) {
    case Step::address: return "address";
    case Step::credentials: return "credentials";
    case Step::resolve: return "resolve";
    case Step::connect: return "connect";
    case Step::tls: return "tls";
    case Step::pin: return "pin";
    case Step::protocol: return "protocol";
    case Step::greeting: return "greeting";
    case Step::proof: return "proof";
    case Step::exchange: return "exchange";
    }
    assert(!"a step without a word");
    return "";
}

bool is_lasting(const Failure& failure)
{
    if (failure.step == Step::greeting && failure.refused) {
        const std::string& code = failure.refused->code();
        return code != "SERVER_ENDING" && code != "LIMIT_REACHED";
    }
    return failure.step == Step::address || failure.step == Step::credentials ||
           is_wrong_server(failure);
}

bool is_wrong_server(const Failure& failure)
{
    return failure.step == Step::pin || failure.step == Step::protocol ||
           failure.step == Step::proof;
}

} // namespace usher::client
