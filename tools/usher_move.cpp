#include "tools/call.hpp"
#include "tools/courier.hpp"
#include "tools/files.hpp"
#include "tools/live_move.hpp"
#include "tools/printable.hpp"
#include "tools/usher_verbs.hpp"

#include <filesystem>
#include <memory>

namespace usher::tools {
namespace {

constexpr char target_group[] = "Where to, and who asks there";

struct Wish {
    std::string to;
    std::string host;
    std::string issuer;
    std::string requests; ///< A directory; empty: the issuers are asked.
    std::vector<std::string> tickets;
    bool abandon = false;

    std::string key;
    std::string key_file;
    std::string certificate;
    std::string certificate_key;
};

void add_target(CLI::App& options, Wish& wish)
{
    const auto add = [&](const std::string& name, std::string& value, const std::string& help,
                         const std::string& type) {
        return options.add_option(name, value, help)->type_name(type)->group(target_group);
    };
    add("--to", wish.to, "usher://HOST:PORT/?ca=sha256:HEX, as usher address prints it there",
        "ADDRESS");
    add("--to-key", wish.key, "An admin's key there; rather use USHER_TO_KEY", "KEY")
        ->envname("USHER_TO_KEY");
    add("--to-key-file", wish.key_file, "A file with the key", "FILE");
    add("--to-certificate", wish.certificate, "An admin's certificate there and its CA, PEM",
        "FILE");
    add("--to-certificate-key", wish.certificate_key, "Its private key, PEM", "FILE");
    options.get_option("--to-certificate")->needs("--to-certificate-key");
    options.get_option("--to-certificate-key")->needs("--to-certificate");
    add("--host", wish.host, "What people call it; the host of its address", "NAME");
}

Wish wish_of(Call& call)
{
    Wish wish;
    add_target(call.options(), wish);
    call.options()
        .add_option("--issuer", wish.issuer, "Whom to ask; else the one that each license names")
        ->type_name("usher://…")
        ->envname("USHER_ISSUER");
    call.options()
        .add_option("--requests", wish.requests,
                    "Without a network: write what the vendor must see, and do nothing else")
        ->type_name("DIR");
    call.options()
        .add_option("--ticket", wish.tickets, "Without a network: what the vendor made of one")
        ->type_name("FILE")
        ->allow_extra_args(false);
    call.options().add_flag("--abandon", wish.abandon,
                            "At the target: forget what has come, and be the server it was");
    call.parse();
    if (wish.abandon != wish.to.empty())
        throw Fault(wish.abandon ? "--abandon takes no --to: it is for the daemon that is asked"
                                 : "say where to",
                    {"usher move --to usher://…, at the source, or --abandon, at the target"},
                    Fault::Kind::usage);
    return wish;
}

client::Address address_of(const Wish& wish)
{
    const auto address = client::address_from(wish.to);
    if (!address)
        throw Fault("--to: " + printable(address.error().text), {printable(address.error().cure)},
                    Fault::Kind::usage);
    return *address;
}

client::Credentials credentials_of(const Wish& wish)
{
    client::Credentials credentials{.client = "usher " USHER_VERSION,
                                    .key = wish.key,
                                    .certificate = wish.certificate,
                                    .certificate_key = wish.certificate_key,
                                    .vendors = {}};
    if (!wish.key_file.empty())
        credentials.key = first_line(read_file(wish.key_file));
    return credentials;
}

/// Does `what`; whatever goes wrong says who it was with: a courier speaks to several.
template <class What>
auto naming(const std::string& whom, const What& what)
try {
    return what();
} catch (const Refused& no) {
    v1::Refused named = no.refused();
    named.set_text(whom + ": " + named.text());
    throw Refused(std::move(named));
} catch (const Fault& fault) {
    throw Fault(whom + ": " + fault.what(), fault.hints(), fault.kind());
}

void require_admin(Conversation& server, const std::string& whom, const std::string& hint)
{
    const v1::Welcome& welcome = server.welcome();
    if (welcome.role() != "admin")
        throw Fault(whom + ": to move takes an admin, and " + printable(welcome.identity()) +
                        " is " + printable(welcome.role()),
                    {hint});
}

/// Where applications will find it: as it was reached, or as it says itself.
std::string uri_of(const Wish& wish, const client::Address& address, Conversation& target)
{
    if (std::holds_alternative<client::TcpAddress>(address))
        return wish.to;
    v1::Operate operate;
    operate.mutable_node_show();
    return target.operate(std::move(operate)).node().server_uri();
}

std::string host_of(const std::string& uri)
{
    const auto address = client::address_from(uri);
    const auto* tcp = address ? std::get_if<client::TcpAddress>(&*address) : nullptr;
    return tcp == nullptr ? std::string() : tcp->host;
}

int write_requests(const Call& call, LiveMove& move, const std::string& directory)
{
    Json files = Json::array();
    std::string text;
    for (const LiveMove::Request& request : move.requests()) {
        const std::filesystem::path file =
            std::filesystem::path(directory) / file_for(request.license, ".transfer");
        write_new_file(file, request.document);
        files.push_back(file.string());
        text += "wrote " + printable(file.string()) + "\n";
    }
    call.print({{"files", files}},
               text + (files.empty()
                           ? "no ticket is needed: usher move, without --requests\n"
                           : "send them to the vendor, then usher move --ticket FILE …\n"));
    return 0;
}

std::string pause_text(const LiveMove& move)
{
    if (move.is_finished())
        return "; an earlier run finished it";
    return move.pause()
               ? "; nobody could be served for " + std::to_string(move.pause()->count()) + " ms"
               : "; an earlier run began the switch";
}

void print_moved(const Call& call, const LiveMove& move, const std::string& uri,
                 const Json& warnings)
{
    Json licenses = Json::array();
    for (const LiveMove::Delivery& delivery : move.deliveries())
        licenses.push_back({{"license", delivery.license}, {"delivered", delivery.has_been_made}});
    call.print({{"moved", true},
                {"to", uri},
                {"facts", move.facts()},
                {"pause_ms", move.pause() ? Json(move.pause()->count()) : Json(nullptr)},
                {"licenses", licenses},
                {"warnings", warnings}},
               "moved to " + printable(uri) + pause_text(move) + "\n");
}

int carry_over(Call& call, const Wish& wish)
{
    const client::Address address = address_of(wish);
    const auto at_target = [](const auto& what) { return naming("the target", what); };
    const auto opened = at_target([&] {
        return std::make_unique<Conversation>(address, credentials_of(wish), call.timeout());
    });
    Conversation& target = *opened;
    require_admin(call.daemon(), "the source", "--key or --certificate, of an admin");
    require_admin(target, "the target",
                  "usher key create NAME --role admin, there, and --to-key or USHER_TO_KEY here");

    Json warnings = Json::array();
    const MoveParties parties{
        .source = [&](v1::Operate operate) { return call.operate(std::move(operate)); },
        .target =
            [&](v1::Operate operate) {
                return at_target([&] { return target.operate(std::move(operate)); });
            },
        .issuer =
            [&](const std::string& issuer, const std::string& document) {
                return naming("the issuer", [&] { return carry(call, issuer, document); });
            },
        .now = [] { return client::Clock::now(); },
        .remark = [&](const std::string& what) { call.terminal().remark(what); },
        .warning =
            [&](const std::string& what) {
                call.terminal().warning(what);
                warnings.push_back(what);
            },
    };
    const std::string uri = at_target([&] { return uri_of(wish, address, target); });
    LiveMove move(
        parties,
        {.uri = uri, .host = wish.host.empty() ? host_of(uri) : wish.host, .issuer = wish.issuer});
    try {
        move.begin();
        for (const std::string& file : wish.tickets)
            naming(printable(file), [&] {
                move.add_ticket(read_document(file));
                return 0;
            });
        if (!wish.requests.empty())
            return write_requests(call, move, wish.requests);
        move.fetch_tickets();
        move.follow();
        move.switch_over();
    } catch (...) {
        if (move.is_between())
            call.terminal().warning("the source has departed, and nobody may be served until the "
                                    "target has arrived: usher move, again, finishes it");
        else if (move.has_followed())
            call.terminal().warning("the source still serves, and the target waits for more: usher "
                                    "move, again, goes on, and usher move --abandon, there, makes "
                                    "it the server that it was");
        throw;
    }
    move.deliver_receipts();
    print_moved(call, move, uri, warnings);
    return 0;
}

} // namespace

int move(Call& call)
{
    const Wish wish = wish_of(call);
    if (!wish.abandon)
        return carry_over(call, wish);
    v1::Operate operate;
    operate.mutable_arrival_abandon();
    return call.done(std::move(operate), "forgot what had come from the other server");
}

} // namespace usher::tools
