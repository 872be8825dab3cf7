#include "tests/ledger/script.hpp"
#include "tests/ledger/words.hpp"

#include <stdexcept>

/// Requests about requirements. One is called `v16/device:D1`.
namespace usher::ledger::test {
namespace {

const Identity by_root{"local:root"};

Model model_of(const std::string& text)
{
    return word_of(text, {Model::device, Model::user});
}

RequirementCall requirement(const std::string& text)
{
    const auto parts = split(text, "/");
    const auto who = split(parts.at(1), ":");
    return {{{parts.at(0)}}, {model_of(who.at(0)), who.at(1)}};
}

PutFoundations::Row foundation(std::istringstream& words)
{
    PutFoundations::Row row{.of = requirement(next(words)), .source = "manual", .model = {}};
    for (std::string key; words >> key && key != ";";)
        if (key == "per")
            row.model = model_of(next(words));
        else if (key == "units")
            row.number = std::stoll(next(words));
        else if (key == "by")
            row.source = next(words);
        else if (key == "unconfirmed")
            row.confirmed = false;
        else
            throw std::runtime_error(key + " is nothing of a foundation");
    return row;
}

Command require(std::istringstream& words)
{
    PutFoundations command{.by = by_root, .rows = {}};
    while (words >> std::ws && !words.eof()) {
        if (words.peek() == '-') {
            command.dry_run = next(words) == "-dry";
            continue;
        }
        command.rows.push_back(foundation(words));
    }
    return command;
}

Command consolidate(std::istringstream& words)
{
    const std::string first = next(words);
    const std::string how = next(words);
    Consolidate command{.by = by_root, .requirement = requirement(first), .behind = {}};
    if (how == "apart") {
        command.ended = true;
        return command;
    }
    command.behind = requirement(next(words));
    if (std::string kind; words >> kind)
        command.kind = word_of(kind, {Consolidating::manual, Consolidating::remote});
    return command;
}

Command product(std::istringstream& words)
{
    const ProductCall name{{next(words)}};
    const std::string how = next(words);
    if (how == "gone")
        return ForgetProduct{by_root, name};
    if (how == "apart")
        return ConsolidateProducts{by_root, name, {}, Consolidating::version, true};
    if (how == "behind") {
        ConsolidateProducts command{by_root, name, {{next(words)}}};
        if (std::string kind; words >> kind)
            command.kind = word_of(kind, {Consolidating::suite, Consolidating::version});
        return command;
    }
    DefineProduct command{by_root, name, model_of(how)};
    if (std::string vendor; words >> vendor)
        command.product.vendor = {vendor};
    return command;
}

Command remove_source(std::istringstream& words)
{
    RemoveSource command{by_root, next(words)};
    if (std::string of; words >> of)
        command.product.name = {next(words)};
    return command;
}

Command list(std::istringstream& words)
{
    using Status = RequirementStatus;
    ListRequirements command;
    for (std::string key; words >> key;)
        if (key == "of")
            command.product.name = {next(words)};
        else
            command.status =
                word_of(key, {Status::unconfirmed, Status::consolidated, Status::license_required,
                              Status::partially_licensed, Status::licensed});
    return command;
}

} // namespace

std::optional<Command> Script::about_requirements(const std::string& verb, Words& words)
{
    if (verb == "product")
        return product(words);
    if (verb == "require")
        return require(words);
    if (verb == "required")
        return list(words);
    if (verb == "compliance")
        return ReportCompliance{};
    if (verb == "principals") {
        SetPrincipals command{.by = by_root, .rows = {}};
        for (std::string device; words >> device;) {
            const std::string user = next(words);
            command.rows.push_back({{device}, {user == "-" ? "" : user}});
        }
        return command;
    }
    if (verb == "whose")
        return ListPrincipals{};
    if (verb == "consolidate")
        return consolidate(words);
    if (verb == "explain")
        return ExplainRequirement{requirement(next(words))};
    if (verb == "entitle" || verb == "change") {
        const RequirementCall of = requirement(next(words));
        const EntitlementId license{next(words)};
        return verb == "entitle" ? Command(Entitle{by_root, of, license})
                                 : Command(ChangeModel{by_root, of, license});
    }
    if (verb != "vouch" && verb != "unrequire" && verb != "doubt")
        return std::nullopt;
    const std::string which = next(words);
    if (verb == "unrequire" && which == "all")
        return remove_source(words);
    const RequirementCall of = requirement(which);
    std::string source;
    if (std::string by; words >> by)
        source = next(words);
    if (verb == "unrequire")
        return RemoveFoundation{by_root, of, source};
    return ConfirmFoundation{by_root, of, source, verb == "vouch"};
}

} // namespace usher::ledger::test
