#include "tests/ledger/answer_text.hpp"
#include "tests/ledger/ferry.hpp"
#include "tests/ledger/script.hpp"
#include "tests/ledger/words.hpp"

#include <stdexcept>

/// How each request of a live move becomes a command.
namespace usher::ledger::test {
namespace {

const Identity by{"local:root"};

/// `L:1` or `L:1:C`, the last of which is the other server where it is not B, or `L:1:B:Other`,
/// where the issuer has sold another product by that number since.
Command depart(const Scene& source, std::istringstream& words)
{
    Depart command{by, stream_id(next(words)), {}};
    for (std::string text; words >> text;) {
        const auto parts = split(text, ":");
        command.tickets.push_back(given(source, parts.at(0), std::stoull(parts.at(1)),
                                        parts.size() > 2 ? parts.at(2) : "B"));
        if (parts.size() > 3)
            command.tickets.back().install.entitlement.product.name = {parts.at(3)};
    }
    return command;
}

/// `L:2`, `L:2:elsewhere`, or `L:2:C`, which follows an activation of another server than A.
Command arrive(const Scene& source, std::istringstream& words)
{
    Arrive command{by, stream_id(next(words)), {}};
    for (std::string text; words >> text;) {
        const auto parts = split(text, ":");
        const std::string more = parts.size() > 2 ? parts.at(2) : "A";
        const bool is_elsewhere = more == "elsewhere";
        command.tickets.push_back(
            taken(source, parts.at(0), std::stoull(parts.at(1)), is_elsewhere ? "A" : more));
        command.tickets.back().install.entitlement.on_this_node = !is_elsewhere;
    }
    return command;
}

/// A part without facts.
Command part(std::istringstream& words)
{
    Follow command{.source = node_key("A"), .stream = stream_id(next(words)), .facts = {}};
    command.from = std::stoull(next(words));
    for (std::string word; words >> word;)
        if (word == "end")
            command.is_end = true;
        else
            command.source = node_key(word);
    return command;
}

} // namespace

std::optional<std::string> Script::move(const std::string& verb, Words& words)
{
    if (verb == "there") {
        std::swap(scene_, other_);
        return "there";
    }
    if (verb == "follow") {
        const StreamId stream = stream_id(next(words));
        const auto arrival = scene_.picture().arrival;
        const Answer answer = carry(other_, "A", scene_, stream, arrival ? arrival->position : 0);
        said_ = sentences(answer);
        return to_words(answer) + heard();
    }
    if (verb == "move") {
        const std::string stream = next(words);
        std::string target;
        return put(begin_move(stream, words >> target ? target : "B"));
    }
    if (verb == "read") {
        const StreamId stream = stream_id(next(words));
        return put(ReadStream{stream, std::stoull(next(words))});
    }
    if (verb == "transfer") {
        const std::string license = next(words);
        const std::uint64_t number = std::stoull(next(words));
        return put(
            RequestTransfer{{license}, number, std::make_shared<const std::string>("transfer")});
    }
    if (verb == "depart")
        return put(depart(scene_, words));
    if (verb == "confirm") {
        const StreamId stream = stream_id(next(words));
        std::string target;
        return put(ConfirmDeparture{by, node_key(words >> target ? target : "B"), stream});
    }
    if (verb == "arrival") {
        BeginArrival command{by, {}, stream_id(next(words)), false};
        std::string source;
        command.source = node_key(words >> source ? source : "A");
        std::string departed;
        command.has_departed = bool(words >> departed);
        return put(command);
    }
    if (verb == "part")
        return put(part(words));
    if (verb == "arrive")
        return put(arrive(other_, words));
    if (verb == "abandon")
        return put(AbandonArrival{by});
    return std::nullopt;
}

} // namespace usher::ledger::test
