#include "tools/requirements_text.hpp"

#include "tools/csv.hpp"
#include "tools/printable.hpp"
#include "tools/requirement_name.hpp"

#include <vector>

namespace usher::tools {
namespace {

Tone tone_of(const std::string& status)
{
    if (status == "licensed")
        return Tone::good;
    if (status == "license_required")
        return Tone::alarm;
    return status == "partially_licensed" ? Tone::warning : Tone::faint;
}

/// The licenses that cover it; how much each gives is of interest where there are several.
std::string covers_text(const v1::Requirement& requirement)
{
    const bool is_mixed = requirement.covers_size() > 1;
    std::string text;
    for (const v1::Requirement::Cover& cover : requirement.covers())
        text += (text.empty() ? "" : ", ") + cover.pool() +
                (is_mixed ? " " + std::to_string(cover.units()) : "") +
                (cover.is_downgrade() ? " (downgrade)" : "");
    return text_or_dash(text);
}

std::string remark_on(const v1::Requirement& requirement)
{
    if (!requirement.note().empty())
        return requirement.note();
    if (!requirement.trigger().empty())
        return "changed for " + requirement.trigger();
    return requirement.because();
}

Json name_json(const v1::RequirementName& name)
{
    return {{"product", name.product()},
            {"vendor", name.vendor()},
            {"kind", name.kind()},
            {"consumer", name.consumer()}};
}

template <class Sentences>
void append(std::string& text, const char* heading, const Sentences& sentences)
{
    if (sentences.empty())
        return;
    text += std::string(heading) + ":\n";
    for (const std::string& sentence : sentences)
        text += "  " + printable(sentence) + "\n";
}

template <class Sentences>
Json list(const Sentences& sentences)
{
    return Json(std::vector<std::string>(sentences.begin(), sentences.end()));
}

} // namespace

std::string products_text(const v1::StatusPart& picture, bool is_colored)
{
    Table table({{"PRODUCT"}, {"VENDOR"}, {"MODEL"}});
    for (const v1::StatusPart::Product& product : picture.products())
        table.add({{product.name()}, {product.vendor()}, {text_or_dash(product.model())}});
    return text_or(table, "no products: usher product add", is_colored);
}

Json product_json(const v1::StatusPart::Product& product)
{
    return {{"name", product.name()},
            {"vendor", product.vendor()},
            {"model", text_or_null(product.model())}};
}

Table requirements_table()
{
    return Table({{"REQUIREMENT"}, {"STATUS"}, {"RIGHTS", true}, {"BY"}, {"BEHIND"}, {"REMARK"}});
}

void add(Table& table, const v1::Requirement& requirement)
{
    const bool is_behind = requirement.has_behind();
    table.add({{to_text(requirement.name())},
               {requirement.status(), tone_of(requirement.status())},
               {std::to_string(requirement.has()) + " of " + std::to_string(requirement.need())},
               {covers_text(requirement)},
               {is_behind ? to_text(requirement.behind()) : "-"},
               {remark_on(requirement)}});
}

std::string requirements_csv_header()
{
    return csv_line({"product", "vendor", "kind", "consumer", "status", "model", "need", "has",
                     "covers", "behind", "remark"});
}

std::string requirement_csv(const v1::Requirement& requirement)
{
    const v1::RequirementName& name = requirement.name();
    std::string covers;
    for (const v1::Requirement::Cover& cover : requirement.covers())
        covers += (covers.empty() ? "" : " ") + cover.pool() + ":" + std::to_string(cover.units());
    return csv_line({csv_field(name.product()), csv_field(name.vendor()), csv_field(name.kind()),
                     csv_field(name.consumer()), csv_field(requirement.status()),
                     csv_field(requirement.model()), std::to_string(requirement.need()),
                     std::to_string(requirement.has()), csv_field(covers),
                     requirement.has_behind() ? csv_field(to_text(requirement.behind())) : "",
                     csv_field(remark_on(requirement))});
}

Json requirement_json(const v1::Requirement& requirement)
{
    Json json = name_json(requirement.name());
    json["status"] = requirement.status();
    json["model"] = text_or_null(requirement.model());
    json["need"] = requirement.need();
    json["has"] = requirement.has();
    json["covers"] = Json::array();
    for (const v1::Requirement::Cover& cover : requirement.covers())
        json["covers"].push_back({{"pool", cover.pool()},
                                  {"product", cover.product()},
                                  {"vendor", cover.vendor()},
                                  {"units", cover.units()},
                                  {"downgrade", cover.is_downgrade()}});
    json["covers_left_out"] = requirement.covers_left_out();
    json["trigger"] = text_or_null(requirement.trigger());
    json["behind"] = requirement.has_behind() ? name_json(requirement.behind()) : Json(nullptr);
    json["because"] = text_or_null(requirement.because());
    json["note"] = text_or_null(requirement.note());
    json["foundations"] = Json::array();
    for (const v1::Requirement::Foundation& foundation : requirement.foundations())
        json["foundations"].push_back({{"source", foundation.source()},
                                       {"model", foundation.model()},
                                       {"units", foundation.units()},
                                       {"confirmed", foundation.confirmed()}});
    json["foundations_left_out"] = requirement.foundations_left_out();
    json["members"] = requirement.members();
    return json;
}

std::string explanation_text(const v1::RequirementExplained& explained)
{
    const v1::Requirement& requirement = explained.requirement();
    std::string text = printable(to_text(requirement.name())) + " is " +
                       printable(requirement.status()) + ": it has " +
                       std::to_string(requirement.has()) + " of " +
                       std::to_string(requirement.need()) +
                       (requirement.need() == 1 ? " right" : " rights") + "\n";
    append(text, "because", explained.because());
    append(text, "in the way", explained.obstacles());
    append(text, "what if", explained.what_if());
    return text;
}

Json explanation_json(const v1::RequirementExplained& explained)
{
    return {{"requirement", requirement_json(explained.requirement())},
            {"because", list(explained.because())},
            {"obstacles", list(explained.obstacles())},
            {"what_if", list(explained.what_if())}};
}

} // namespace usher::tools
