#include "tools/call.hpp"
#include "tools/status_text.hpp"
#include "tools/usher_verbs.hpp"

namespace usher::tools {

int status(Call& call)
{
    call.parse();
    const v1::StatusPart picture = call.look();
    call.print(status_json(picture), status_text(picture, call.is_colored()));
    return 0;
}

int leases(Call& call)
{
    call.parse();
    const v1::StatusPart picture = call.look();
    Json list = Json::array();
    for (const auto& lease : picture.leases())
        list.push_back(lease_json(lease));
    call.print({{"leases", list}}, leases_text(picture, call.is_colored()));
    return 0;
}

} // namespace usher::tools
