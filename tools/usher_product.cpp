#include "tools/call.hpp"
#include "tools/printable.hpp"
#include "tools/requirements_text.hpp"
#include "tools/usher_verbs.hpp"

namespace usher::tools {

int product_add(Call& call)
{
    v1::Operate operate;
    v1::ProductAdd& add = *operate.mutable_product_add();
    CLI::App& options = call.options();
    options.add_option("NAME", *add.mutable_product(), "The product")->required();
    options.add_option("--vendor", *add.mutable_vendor(), "Whose it is; else the only one known")
        ->type_name("VENDOR");
    options
        .add_option("--model", *add.mutable_model(),
                    "For whom its rights are counted, device or user; device")
        ->check(CLI::IsMember({"device", "user"}))
        ->type_name("MODEL");
    call.parse();
    return call.done(operate, "added product " + printable(add.product()));
}

int product_list(Call& call)
{
    call.parse();
    const v1::StatusPart picture = call.look();
    Json list = Json::array();
    for (const auto& product : picture.products())
        list.push_back(product_json(product));
    call.print({{"products", list}}, products_text(picture, call.is_colored()));
    return 0;
}

int product_remove(Call& call)
{
    v1::Operate operate;
    v1::ProductRemove& remove = *operate.mutable_product_remove();
    call.options().add_option("NAME", *remove.mutable_product(), "The product")->required();
    call.options()
        .add_option("--vendor", *remove.mutable_vendor(), "Whose it is, where several have one")
        ->type_name("VENDOR");
    call.parse();
    return call.done(operate, "removed product " + printable(remove.product()));
}

} // namespace usher::tools
