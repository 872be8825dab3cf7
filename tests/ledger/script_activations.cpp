#include "tests/ledger/script.hpp"
#include "tests/ledger/words.hpp"

#include <stdexcept>

/// How each request about an activation becomes a command.
namespace usher::ledger::test {
namespace {

std::shared_ptr<const std::string> document(const std::string& text)
{
    return std::make_shared<const std::string>(text);
}

} // namespace

std::optional<Command> Script::activation(const std::string& verb, Words& words)
{
    const Identity by{"local:root"};
    if (verb == "activate")
        return activate(words);
    if (verb == "counter")
        return counter(words);
    if (verb == "request") {
        const std::string license = next(words);
        const std::string name = next(words);
        std::string kind;
        return RequestActivation{by,
                                 {license},
                                 nonce(name),
                                 words >> kind
                                     ? word_of(kind, {NodeLock::machine, NodeLock::personal})
                                     : NodeLock::machine,
                                 document(name)};
    }
    if (verb == "cancel")
        return CancelActivation{by, {next(words)}};
    if (verb == "concerns")
        return ListConcerns{};
    if (verb == "receipt")
        return ShowReceipt{{next(words)}};
    if (verb == "deactivate") {
        const std::string license = next(words);
        const std::string number = next(words);
        std::string force;
        return Deactivate{by,
                          {license},
                          std::stoull(number),
                          document("receipt-" + number),
                          nonce("receipt-" + number),
                          words >> force && force == "force"};
    }
    if (verb != "show" && verb != "issuer")
        return std::nullopt;
    const std::string license = next(words);
    const std::uint64_t number = std::stoull(next(words));
    const std::string name = next(words);
    if (verb == "show")
        return MakeShowing{{license}, number, nonce(name)};
    const std::string said = next(words);
    if (said != "active" && said != "inactive")
        throw std::runtime_error(said + " is nothing that an issuer says");
    return HearIssuer{{license}, {"acme"}, number, nonce(name), said == "active"};
}

/// What a start finds of the counter.
Command Script::counter(Words& words)
{
    const std::string name = next(words);
    CounterSeen seen{.is_wanted = name != "none"};
    if (name != "none" && name != "away") {
        seen.anchor = Anchor{name, std::stoull(next(words))};
        std::string word;
        seen.is_new = words >> word && word == "new";
    }
    return Start{{}, seen};
}

Command Script::activate(Words& words)
{
    const std::string license = next(words);
    const std::string quantity = next(words);
    const std::uint64_t number = std::stoull(next(words));
    Activate command{.install = {}, .nonce = nonce(next(words)), .issuer = {}, .check = {}};
    std::string rest = license + " " + quantity;
    for (std::string key; words >> key;) {
        const std::string value = next(words);
        if (key == "check")
            command.check = Check{duration(value), duration(next(words))};
        else if (key == "issuer")
            command.issuer = value;
        else
            rest += " " + key + " " + value;
    }
    Words others(rest);
    command.install = install(others);
    Entitlement& entitlement = command.install.entitlement;
    entitlement.lock = NodeLock::machine;
    entitlement.activation = number;
    entitlement.document = document("activation " + std::to_string(number) + " of " + rest);
    return command;
}

} // namespace usher::ledger::test
