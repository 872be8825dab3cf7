#include "tools/call.hpp"
#include "tools/printable.hpp"
#include "tools/usher_verbs.hpp"

namespace usher::tools {
namespace {

v1::Node ask_node(Call& call)
{
    v1::Operate operate;
    operate.mutable_node_show();
    return call.operate(operate).node();
}

Json json_of(const v1::Node& node)
{
    Json identifiers = Json::array();
    for (const auto& identifier : node.identifiers())
        identifiers.push_back({{"name", identifier.name()},
                               {"found", identifier.found()},
                               {"matches", identifier.matches()}});
    return {{"node", node.text()},
            {"server", node.server_uri()},
            {"identifiers", identifiers},
            {"need", node.need()}};
}

} // namespace

/// Nothing but the one line, so that it can be piped into the vendor's hands.
int node(Call& call)
{
    call.parse();
    const v1::Node node = ask_node(call);
    if (node.text().empty())
        throw Fault("too few identifiers of this host were found to bind a license to it",
                    {"usher doctor shows which"});
    call.print(json_of(node), printable(node.text()) + "\n");
    return 0;
}

int address(Call& call)
{
    call.parse();
    const v1::Node node = ask_node(call);
    call.print({{"server", node.server_uri()}}, printable(node.server_uri()) + "\n");
    return 0;
}

} // namespace usher::tools
