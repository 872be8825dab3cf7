#include "tools/call.hpp"
#include "tools/printable.hpp"
#include "tools/requirement_name.hpp"
#include "tools/requirements_text.hpp"
#include "tools/usher_verbs.hpp"

#include <cstdint>
#include <utility>

/// Which requirement is meant: `PRODUCT/device:NAME`, or the product and an option. With an option
/// all that was typed is the product, so that a product can be named whose own name has such a
/// separator.
namespace usher::tools {
namespace {

struct Wanted {
    std::string text;
    std::string device;
    std::string user;
    std::string vendor;
};

void add_wanted(CLI::App& options, Wanted& wanted, bool is_required = true)
{
    CLI::Option* const text =
        options.add_option("REQ", wanted.text, "PRODUCT/device:NAME or PRODUCT/user:NAME");
    text->required(is_required);
    CLI::Option* const device =
        options.add_option("--device", wanted.device, "Of this device: REQ is the product")
            ->type_name("DEVICE");
    options.add_option("--user", wanted.user, "Of this user: REQ is the product")
        ->type_name("USER")
        ->excludes(device);
    options.add_option("--vendor", wanted.vendor, "Of the product, where several have one")
        ->type_name("VENDOR");
}

void add_source(CLI::App& options, std::string& source, const std::string& help)
{
    options.add_option("--source", source, help)->type_name("SOURCE");
}

Fault nobody_named(const std::string& text)
{
    return {
        "whose requirement is meant? " + cut(printable(text), 60) + " names no device or user",
        {"write PRODUCT/device:NAME or PRODUCT/user:NAME", "or PRODUCT, and --device or --user"},
        Fault::Kind::usage};
}

v1::RequirementName name_of(const Wanted& wanted)
{
    v1::RequirementName name;
    if (!wanted.device.empty() || !wanted.user.empty()) {
        name.set_product(wanted.text);
        name.set_kind(wanted.device.empty() ? "user" : "device");
        name.set_consumer(wanted.device.empty() ? wanted.user : wanted.device);
    } else if (auto found = requirement_from(wanted.text)) {
        name = *std::move(found);
    } else {
        throw nobody_named(wanted.text);
    }
    name.set_vendor(wanted.vendor);
    return name;
}

std::string shown(const v1::RequirementName& name)
{
    return printable(to_text(name));
}

/// Behind what; where only a product is named, of the same consumer.
v1::RequirementName behind_of(const v1::RequirementName& one, const std::string& text,
                              const std::string& vendor)
{
    v1::RequirementName name = one;
    if (auto found = requirement_from(text))
        name = *std::move(found);
    else
        name.set_product(text);
    name.set_vendor(vendor);
    return name;
}

Fault misuse(std::string sentence, std::string hint)
{
    return {std::move(sentence), {std::move(hint)}, Fault::Kind::usage};
}

/// What `requirement consolidate` was told; two forms, of which one is meant.
struct Consolidation {
    Wanted wanted;
    std::string behind;
    std::string product;
    std::string behind_product;
    std::string behind_vendor;
    std::string kind;
    bool undo = false;
};

int consolidate_products(Call& call, const Consolidation& asked)
{
    if (!asked.wanted.text.empty() || !asked.behind.empty())
        throw misuse("either a requirement or a product is meant, and both are given",
                     "--product P --behind-product Q, without a requirement");
    if (asked.behind_product.empty() && !asked.undo)
        throw misuse("behind which product?", "--behind-product Q");
    if (asked.kind == "manual" || asked.kind == "remote")
        throw misuse("products are consolidated as a suite or by version, not as " + asked.kind,
                     "--kind suite or --kind version");
    v1::Operate operate;
    v1::ProductConsolidate& verb = *operate.mutable_product_consolidate();
    verb.set_product(asked.product);
    verb.set_vendor(asked.wanted.vendor);
    verb.set_behind(asked.behind_product);
    verb.set_behind_vendor(asked.behind_vendor);
    verb.set_kind(asked.kind);
    verb.set_undo(asked.undo);
    return call.done(operate, asked.undo ? printable(asked.product) + " is counted by itself"
                                         : printable(asked.product) + " stands behind " +
                                               printable(asked.behind_product) +
                                               " where one consumer needs both");
}

int consolidate_one(Call& call, const Consolidation& asked)
{
    if (asked.wanted.text.empty())
        throw misuse("say which requirement, or which product",
                     "REQ --behind REQ, or --product P --behind-product Q");
    if (!asked.behind_product.empty())
        throw misuse("--behind-product: goes with --product", "REQ --behind REQ");
    if (asked.behind.empty() && !asked.undo)
        throw misuse("behind which requirement?", "--behind REQ");
    if (asked.kind == "suite" || asked.kind == "version")
        throw misuse("one requirement is consolidated by hand or as remote, not as " + asked.kind,
                     "--kind manual or --kind remote");
    v1::Operate operate;
    v1::RequirementConsolidate& verb = *operate.mutable_requirement_consolidate();
    *verb.mutable_requirement() = name_of(asked.wanted);
    if (!asked.undo)
        *verb.mutable_behind() = behind_of(verb.requirement(), asked.behind, asked.behind_vendor);
    verb.set_kind(asked.kind);
    verb.set_undo(asked.undo);
    return call.done(operate, shown(verb.requirement()) +
                                  (asked.undo ? std::string(" is counted by itself")
                                              : " stands behind " + shown(verb.behind())));
}

} // namespace

int requirement_add(Call& call)
{
    v1::Operate operate;
    v1::RequirementAdd::Row& row = *operate.mutable_requirement_add()->add_rows();
    Wanted wanted;
    std::int64_t units = 1;
    bool is_unconfirmed = false;
    CLI::App& options = call.options();
    add_wanted(options, wanted);
    add_source(options, *row.mutable_source(), "Who says so; manual");
    options
        .add_option("--model", *row.mutable_model(),
                    "For whom a right is asked, device or user; else as of its product")
        ->check(CLI::IsMember({"device", "user"}))
        ->type_name("MODEL");
    options.add_option("--units", units, "How many rights; 1")->type_name("UNITS");
    options.add_flag("--unconfirmed", is_unconfirmed, "Asks for nothing before it is confirmed");
    call.parse();
    *row.mutable_of() = name_of(wanted);
    row.set_units(units);
    row.set_unconfirmed(is_unconfirmed);
    return call.done(operate, "added " + shown(row.of()));
}

int requirement_remove(Call& call)
{
    v1::Operate operate;
    v1::RequirementRemove& remove = *operate.mutable_requirement_remove();
    Wanted wanted;
    add_wanted(call.options(), wanted, false);
    add_source(call.options(), *remove.mutable_source(),
               "Only what this one says; without REQ all that it says");
    call.options()
        .add_option("--product", *remove.mutable_product(), "Without REQ: only of this product")
        ->type_name("PRODUCT");
    call.parse();
    if (!wanted.text.empty() || !wanted.device.empty() || !wanted.user.empty()) {
        *remove.mutable_of() = name_of(wanted);
        return call.done(operate, "removed " + shown(remove.of()));
    }
    if (remove.source().empty())
        throw misuse("what is to be removed?", "PRODUCT/device:NAME, or --source SOURCE for all "
                                               "that one says");
    remove.set_vendor(wanted.vendor);
    return call.done(operate, "removed what " + printable(remove.source()) + " says");
}

int requirement_confirm(Call& call)
{
    v1::Operate operate;
    v1::RequirementConfirm& confirm = *operate.mutable_requirement_confirm();
    Wanted wanted;
    bool undo = false;
    add_wanted(call.options(), wanted);
    add_source(call.options(), *confirm.mutable_source(), "Only what this one says; else all");
    call.options().add_flag("--undo", undo, "It asks for nothing from now on");
    call.parse();
    *confirm.mutable_of() = name_of(wanted);
    confirm.set_undo(undo);
    return call.done(operate, shown(confirm.of()) + (undo ? " is unconfirmed" : " is confirmed"));
}

int requirement_consolidate(Call& call)
{
    Consolidation asked;
    CLI::App& options = call.options();
    add_wanted(options, asked.wanted, false);
    options
        .add_option("--behind", asked.behind,
                    "The requirement that is counted; a product alone: of the same consumer")
        ->type_name("REQ");
    options.add_option("--product", asked.product, "All of this product")->type_name("PRODUCT");
    options
        .add_option("--behind-product", asked.behind_product,
                    "Behind those of this one, where a consumer needs both")
        ->type_name("PRODUCT");
    options.add_option("--behind-vendor", asked.behind_vendor, "Of what is counted")
        ->type_name("VENDOR");
    options
        .add_option("--kind", asked.kind,
                    "Why: manual or remote, of products suite or version; manual, version")
        ->check(CLI::IsMember({"manual", "remote", "suite", "version"}))
        ->type_name("KIND");
    options.add_flag("--undo", asked.undo, "Stands behind nothing from now on");
    call.parse();
    return asked.product.empty() ? consolidate_one(call, asked) : consolidate_products(call, asked);
}

int requirement_entitle(Call& call)
{
    v1::Operate operate;
    v1::RequirementEntitle& entitle = *operate.mutable_requirement_entitle();
    Wanted wanted;
    add_wanted(call.options(), wanted);
    call.options()
        .add_option("--license", *entitle.mutable_license(), "The license that covers it")
        ->required()
        ->type_name("LICENSE");
    call.parse();
    *entitle.mutable_requirement() = name_of(wanted);
    return call.done(operate, shown(entitle.requirement()) + " is covered by license " +
                                  printable(entitle.license()));
}

int requirement_change(Call& call)
{
    v1::Operate operate;
    v1::RequirementChange& change = *operate.mutable_requirement_change();
    Wanted wanted;
    add_wanted(call.options(), wanted);
    call.options()
        .add_option("--license", *change.mutable_license(), "The license that covers its user")
        ->required()
        ->type_name("LICENSE");
    call.parse();
    *change.mutable_requirement() = name_of(wanted);
    return call.done(operate, shown(change.requirement()) + " is per user, for license " +
                                  printable(change.license()));
}

int requirement_list(Call& call)
{
    v1::Operate operate;
    v1::RequirementListAsk& ask = *operate.mutable_requirement_list();
    CLI::App& options = call.options();
    options.add_option("--product", *ask.mutable_product(), "Only those of this product")
        ->type_name("PRODUCT");
    options.add_option("--vendor", *ask.mutable_vendor(), "Of the product, where several have one")
        ->type_name("VENDOR");
    options.add_option("--status", *ask.mutable_status(), "Only those of this status")
        ->check(CLI::IsMember(
            {"unconfirmed", "consolidated", "license_required", "partially_licensed", "licensed"}))
        ->type_name("STATUS");
    bool is_csv = false;
    options.add_flag("--csv", is_csv, "For a spreadsheet");
    call.parse();
    Json list = Json::array();
    Table table = requirements_table();
    std::string csv = requirements_csv_header();
    for (bool has_more = true; has_more;) {
        v1::Operated part = call.operate(operate);
        v1::RequirementList& told = *part.mutable_requirement_list();
        for (const v1::Requirement& requirement : told.requirements()) {
            if (call.is_json())
                list.push_back(requirement_json(requirement));
            else if (is_csv)
                csv += requirement_csv(requirement);
            else
                add(table, requirement);
        }
        has_more = told.has_after();
        ask.mutable_after()->Swap(told.mutable_after());
    }
    call.print({{"requirements", list}},
               call.is_json() ? ""
               : is_csv       ? csv
                              : text_or(table, "nothing is required", call.is_colored()));
    return 0;
}

int requirement_explain(Call& call)
{
    v1::Operate operate;
    Wanted wanted;
    add_wanted(call.options(), wanted);
    call.parse();
    *operate.mutable_requirement_explain()->mutable_requirement() = name_of(wanted);
    const v1::Operated operated = call.operate(std::move(operate));
    call.print(explanation_json(operated.requirement_explained()),
               explanation_text(operated.requirement_explained()));
    return 0;
}

} // namespace usher::tools
