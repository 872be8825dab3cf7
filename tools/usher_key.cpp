#include "tools/call.hpp"
#include "tools/printable.hpp"
#include "tools/usher_credential.hpp"
#include "tools/usher_verbs.hpp"

namespace usher::tools {

int key_create(Call& call)
{
    v1::Operate operate;
    v1::KeyCreate& create = *operate.mutable_key_create();
    call.options().add_option("NAME", *create.mutable_name(), "Whose key it is")->required();
    add_role(call, *create.mutable_role());
    call.parse();
    const std::string key = call.operate(operate).key_created().key();
    call.print({{"name", create.name()}, {"key", key}}, printable(key) + "\n");
    if (!call.is_json())
        call.terminal().remark("it is shown this once; whoever has it is " +
                               printable(create.name()));
    return 0;
}

int key_list(Call& call)
{
    return list_credentials(call, "key");
}

int key_revoke(Call& call)
{
    return revoke_credential(call, "key");
}

} // namespace usher::tools
