#include "tools/call.hpp"
#include "tools/compliance_text.hpp"
#include "tools/printable.hpp"
#include "tools/usher_verbs.hpp"

#include <ostream>

namespace usher::tools {

int report_compliance(Call& call)
{
    v1::Operate operate;
    operate.mutable_compliance();
    std::string format = "text";
    call.options()
        .add_option("--format", format, "text, csv or json; text")
        ->check(CLI::IsMember({"text", "csv", "json"}))
        ->type_name("FORMAT");
    call.parse();
    const v1::Operated operated = call.operate(std::move(operate));
    const v1::Compliance& report = operated.compliance();
    const Json json = compliance_json(report);
    call.print(json, format == "json"  ? to_text(json) + "\n"
                     : format == "csv" ? compliance_csv(report)
                                       : compliance_text(report, call.is_colored()));
    return 0;
}

/// What it says is what became otherwise: nothing, for each fact is followed by the same look.
int reconcile(Call& call)
{
    v1::Operate operate;
    bool is_dry = false;
    call.options().add_flag("--dry-run", is_dry, "Only look");
    call.parse();
    operate.mutable_reconcile()->set_dry_run(is_dry);
    const v1::Operated operated = call.operate(std::move(operate));
    std::string text;
    Json changes = Json::array();
    for (const std::string& change : operated.done().changes()) {
        text += printable(change) + "\n";
        changes.push_back(change);
    }
    Json warnings = Json::array();
    for (const std::string& warning : operated.done().warnings()) {
        call.terminal().warning(printable(warning));
        warnings.push_back(warning);
    }
    call.print({{"done", !is_dry}, {"warnings", warnings}, {"changes", changes}},
               text.empty() ? "every requirement is covered as the rules say\n" : text);
    return 0;
}

} // namespace usher::tools
