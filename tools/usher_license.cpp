#include "tools/call.hpp"
#include "tools/files.hpp"
#include "tools/printable.hpp"
#include "tools/status_text.hpp"
#include "tools/usher_verbs.hpp"

namespace usher::tools {

int license_install(Call& call)
{
    std::string file;
    v1::Operate operate;
    v1::LicenseInstall& install = *operate.mutable_license_install();
    call.options()
        .add_option("FILE", file, "As the vendor sent it; - is standard input")
        ->required();
    call.options().add_option("--profile", *install.mutable_profile(),
                              "The name that applications will ask for; one is made up otherwise");
    call.options()
        .add_option("--scheme", *install.mutable_scheme(),
                    "How its pools behave, where its root is new; else as usherd.toml says")
        ->type_name("SCHEME");
    call.options()
        .add_option("--pool", *install.mutable_pool(), "The root that it feeds")
        ->type_name("ROOT");
    bool replace = false;
    call.options().add_flag("--replace", replace, "Takes the place of the license of its number");
    call.add_dry_run();
    call.parse();
    install.set_replace(replace);
    install.set_document(read_file(file));
    return call.done(operate, "installed " + printable(file));
}

int license_list(Call& call)
{
    call.parse();
    const v1::StatusPart picture = call.look();
    Json list = Json::array();
    for (const auto& license : picture.licenses())
        list.push_back(license_json(license));
    call.print({{"licenses", list}}, licenses_text(picture, call.is_colored()));
    return 0;
}

int license_remove(Call& call)
{
    v1::Operate operate;
    v1::LicenseRemove& remove = *operate.mutable_license_remove();
    call.options()
        .add_option("LICENSE", *remove.mutable_license(), "The number that `license list` shows")
        ->required();
    bool force = false;
    call.options().add_flag("--force", force,
                            "End the leases of it, and leave what it covers to others");
    call.add_dry_run();
    call.parse();
    remove.set_force(force);
    return call.done(operate, "removed " + printable(remove.license()));
}

} // namespace usher::tools
