#include "tools/printable.hpp"
#include "tools/table.hpp"
#include "tools/terminal.hpp"
#include "tools/usher_issuer.hpp"
#include "tools/usher_issuer_directory.hpp"
#include "tools/usher_issuer_record.hpp"

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <ostream>
#include <string>

namespace usher::tools {
namespace {

using Json = nlohmann::ordered_json;

struct Look {
    std::string number; ///< Empty: all.
    bool json = false;
    std::filesystem::path directory = default_issuer_directory();
};

std::string when(const std::optional<issuer::Instant>& at)
{
    return at ? trust::to_text(std::chrono::floor<std::chrono::seconds>(*at)) : std::string();
}

Json or_null(const std::string& text)
{
    return text.empty() ? Json(nullptr) : Json(text);
}

std::string joined(const std::set<std::string>& kinds)
{
    std::string all;
    for (const std::string& kind : kinds)
        all += (all.empty() ? "" : ", ") + kind;
    return all;
}

Json json_of(const issuer::Account& account, issuer::Instant now)
{
    const trust::License& license = account.sold.license;
    Json json{{"number", license.number}, {"product", license.product}};
    if (!license.downgrades_to.empty())
        json["downgrades_to"] = license.downgrades_to;
    json["kinds"] = account.sold.kinds;
    const issuer::Grant* const alive = account.alive(now);
    json["active"] = nullptr;
    if (alive != nullptr)
        json["active"] = {{"number", alive->number},
                          {"host", alive->host},
                          {"node", trust::base64url(alive->node)},
                          {"kind", alive->kind},
                          {"since", when(alive->made)},
                          {"ends", or_null(when(alive->ends))},
                          {"seen", or_null(when(alive->seen))}};
    json["activations"] = account.last;
    return json;
}

Cell cell(std::string text)
{
    return {.text = std::move(text)};
}

int list(const Look& asked, const issuer::Surroundings& here, const Terminal& terminal)
{
    Office office(here, asked.directory);
    Table table({{"LICENSE"}, {"PRODUCT"}, {"KINDS"}, {"ACTIVE ON"}, {"NO", true}, {"SEEN"}});
    Json all = Json::array();
    office.record->look([&] {
        for (const std::string& number : office.record->licenses()) {
            const auto account = office.record->account(number, {});
            all.push_back(json_of(*account, office.now));
            const issuer::Grant* const alive = account->alive(office.now);
            table.add({cell(number), cell(account->sold.license.product),
                       cell(joined(account->sold.kinds)), cell(alive ? alive->host : "-"),
                       cell(alive ? std::to_string(alive->number) : "-"),
                       cell(alive && alive->seen ? when(alive->seen) : "-")});
        }
    });
    if (asked.json)
        terminal.out() << Json{{"licenses", all}}.dump() << std::endl;
    else
        terminal.out() << table.text(terminal.is_colored()) << std::flush;
    return 0;
}

int audit(const Look& asked, const issuer::Surroundings& here, const Terminal& terminal)
{
    Office office(here, asked.directory);
    office.record->look([&] {
        office.record->each_line(asked.number, [&](const issuer::AuditLine& line) {
            if (asked.json) {
                Json json{{"id", line.id}, {"at", when(line.at)}, {"who", line.who}};
                json["license"] = or_null(line.license);
                json["what"] = line.what;
                json["host"] = or_null(line.host);
                json["number"] = line.number == 0 ? Json(nullptr) : Json(line.number);
                terminal.out() << json.dump() << "\n";
                return;
            }
            terminal.out() << when(line.at) << "  " << printable(line.who) << "  "
                           << printable(line.license) << "  " << printable(line.what);
            if (line.number != 0)
                terminal.out() << " " << line.number;
            if (!line.host.empty())
                terminal.out() << "  " << printable(line.host);
            terminal.out() << "\n";
        });
    });
    terminal.out() << std::flush;
    return 0;
}

std::shared_ptr<Look> look(CLI::App& options)
{
    auto asked = std::make_shared<Look>();
    options.add_flag("--json", asked->json, "For programs");
    add_issuer_directory(options, asked->directory);
    return asked;
}

} // namespace

Order issuer_list(CLI::App& options, const issuer::Surroundings& here)
{
    const auto asked = look(options);
    return [asked, here](const Terminal& terminal) { return list(*asked, here, terminal); };
}

Order issuer_audit(CLI::App& options, const issuer::Surroundings& here)
{
    const auto asked = look(options);
    options.add_option("NUMBER", asked->number, "Of this license only");
    return [asked, here](const Terminal& terminal) { return audit(*asked, here, terminal); };
}

} // namespace usher::tools
