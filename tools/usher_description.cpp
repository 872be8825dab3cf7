#include "client/address.hpp"
#include "protocol/limits.hpp"
#include "tools/call.hpp"
#include "tools/description.hpp"
#include "tools/files.hpp"
#include "tools/printable.hpp"
#include "tools/usher_verbs.hpp"

namespace usher::tools {
namespace {

/// How clients name this daemon's host.
std::string host_of(Call& call)
{
    v1::Operate operate;
    operate.mutable_node_show();
    const auto address = client::address_from(call.operate(operate).node().server_uri());
    const auto* tcp = address ? std::get_if<client::TcpAddress>(&*address) : nullptr;
    return tcp ? tcp->host : "";
}

Json list_of(const google::protobuf::RepeatedPtrField<std::string>& texts)
{
    return Json(std::vector<std::string>(texts.begin(), texts.end()));
}

} // namespace

int export_description(Call& call)
{
    std::string file = "-";
    call.options().add_option("FILE", file, "A new file; - is standard output, as is none");
    call.parse();
    const v1::Welcome& welcome = call.line().welcome();
    const Json description = description_json(
        call.look(), {welcome.server(), host_of(call), welcome.term_ms(), welcome.grace_ms()});
    const std::string text = description_text(description);
    if (text.size() > protocol::description_bytes_max)
        throw Fault(
            "the description is longer than the 768 KiB that can be imported",
            {"take some named users off their lists, and import those by usher pool users"});
    if (file == "-") {
        call.print(description, text);
        return 0;
    }
    write_new_file(file, text);
    call.print({{"done", true}, {"warnings", Json::array()}}, "wrote " + printable(file) + "\n");
    return 0;
}

int import_description(Call& call)
{
    std::string file;
    bool is_dry = false;
    call.options()
        .add_option("FILE", file, "What usher export wrote; - is standard input")
        ->required();
    call.options().add_flag("--dry-run", is_dry, "Only say what it would change");
    call.parse();
    v1::Operate operate;
    operate.mutable_import()->set_description(read_file(file));
    operate.mutable_import()->set_dry_run(is_dry);
    const v1::Operated operated = call.operate(std::move(operate));
    for (const std::string& warning : operated.done().warnings())
        call.terminal().warning(printable(warning));
    std::string text;
    for (const std::string& change : operated.done().changes())
        text += printable(change) + "\n";
    if (text.empty())
        text = "everything is as described already\n";
    else if (is_dry)
        text += "nothing was changed: this was a dry run\n";
    call.print({{"done", !is_dry},
                {"warnings", list_of(operated.done().warnings())},
                {"changes", list_of(operated.done().changes())}},
               text);
    return 0;
}

} // namespace usher::tools
