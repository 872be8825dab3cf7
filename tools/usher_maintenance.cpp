#include "tools/call.hpp"
#include "tools/usher_verbs.hpp"

namespace usher::tools {

int maintenance(Call& call)
{
    std::string wanted;
    call.options()
        .add_option("on|off", wanted,
                    "On: nothing new is lent, and what may take something from "
                    "somebody is allowed")
        ->required()
        ->check(CLI::IsMember({"on", "off"}));
    call.parse();
    v1::Operate operate;
    operate.mutable_maintenance()->set_on(wanted == "on");
    return call.done(operate, "maintenance is " + wanted);
}

} // namespace usher::tools
