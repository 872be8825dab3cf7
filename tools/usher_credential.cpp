#include "tools/usher_credential.hpp"

#include "tools/printable.hpp"
#include "tools/status_text.hpp"

#include <algorithm>

namespace usher::tools {

void add_role(Call& call, std::string& role)
{
    call.options()
        .add_option("--role", role,
                    "What its holder may do: application (by default), viewer, operator or admin")
        ->type_name("ROLE")
        ->check(CLI::IsMember({"application", "viewer", "operator", "admin"}));
}

int list_credentials(Call& call, const std::string& kind)
{
    call.parse();
    const v1::StatusPart picture = call.look();
    Json list = Json::array();
    for (const auto& credential : picture.credentials())
        if (credential.kind() == kind)
            list.push_back(credential_json(credential));
    call.print({{kind + "s", list}}, credentials_text(picture, kind, call.is_colored()));
    return 0;
}

int revoke_credential(Call& call, const std::string& kind)
{
    v1::Operate operate;
    v1::CredentialRevoke& revoke = *operate.mutable_credential_revoke();
    call.options().add_option("NAME", *revoke.mutable_name(), "Whose it is")->required();
    call.parse();
    // Keys and certificates share their names; a slip must not take away the other one.
    const v1::StatusPart picture = call.look();
    const auto found = std::ranges::find_if(picture.credentials(), [&](const auto& credential) {
        return credential.name() == revoke.name();
    });
    if (found != picture.credentials().end() && found->kind() != kind)
        throw Fault(printable(revoke.name()) + " is a " + printable(found->kind()),
                    {"usher " + printable(found->kind()) + " revoke " + printable(revoke.name())});
    return call.done(operate, "revoked " + kind + " " + printable(revoke.name()));
}

} // namespace usher::tools
