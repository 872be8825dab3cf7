#include "tools/call.hpp"

#include "protocol/duration.hpp"
#include "tools/files.hpp"
#include "tools/forecast.hpp"
#include "tools/printable.hpp"

#include <algorithm>
#include <filesystem>
#include <ostream>
#include <utility>

namespace usher::tools {
namespace {

constexpr char connection_group[] = "Where the daemon is, and who asks";

Fault usage(std::string sentence, std::string hint)
{
    return {std::move(sentence), {std::move(hint)}, Fault::Kind::usage};
}

} // namespace

Call::Call(const Verb& verb, std::vector<std::string> words, Terminal terminal)
    : verb_(verb), words_(std::move(words)), terminal_(std::move(terminal)),
      app_(std::string(verb.help), "usher " + std::string(verb.word))
{
    const auto end = std::ranges::find(words_, "--");
    if (end != words_.end()) {
        command_.assign(end + 1, words_.end());
        words_.erase(end, words_.end());
    }
    app_.set_help_flag("-h,--help", "Say this");
}

void Call::add_common_options()
{
    app_.add_flag("--json", is_json_, "Print one JSON object, also where the answer is no");
    app_.add_option("--color", color_, "When to use colour: auto, always or never")
        ->check(CLI::IsMember({"auto", "always", "never"}))
        ->type_name("WHEN");
    if (verb_.door != Door::nobody)
        add_connection_options();
}

void Call::add_connection_options()
{
    const auto add = [&](const std::string& name, std::string& value, const std::string& help,
                         const std::string& type) {
        return app_.add_option(name, value, help)->type_name(type)->group(connection_group);
    };
    CLI::Option* const server =
        add("--server", server_, "usher://HOST:PORT/?ca=sha256:HEX or unix:/PATH", "ADDRESS");
    if (verb_.door == Door::applications)
        server->envname("USHER_SERVER");
    add("--socket", socket_, "The operators' local socket", "PATH")
        ->envname("USHER_SOCKET")
        ->capture_default_str();
    add("--key", key_, "A pool's key; others may read it here, so rather use USHER_KEY", "KEY")
        ->envname("USHER_KEY");
    add("--key-file", key_file_, "A file with the key", "FILE");
    add("--certificate", certificate_, "Our certificate and its CA, PEM", "FILE");
    add("--certificate-key", certificate_key_, "Its private key, PEM", "FILE");
    app_.get_option("--certificate")->needs("--certificate-key");
    app_.get_option("--certificate-key")->needs("--certificate");
    app_.add_option("--vendor-key", vendor_keys_,
                    "The server must prove to be a customer of one of these vendors")
        ->type_name("KEY")
        ->allow_extra_args(false) // One each time: what follows is the verb's.
        ->envname("USHER_VENDOR_KEY")
        ->group(connection_group);
    add_duration("--timeout", timeout_, "How long to wait for the daemon; 10s");
    app_.get_option("--timeout")->group(connection_group);
}

void Call::add_duration(const std::string& name, std::chrono::milliseconds& value,
                        const std::string& help)
{
    app_.add_option_function<std::string>(
            name,
            [name, &value](const std::string& text) {
                const auto duration = protocol::duration_from(text);
                if (!duration)
                    throw CLI::ValidationError(
                        name, "not a duration; write a whole number and ms, s, m or h, as in 15m");
                value = *duration;
            },
            help)
        ->type_name("DURATION");
}

void Call::add_dry_run()
{
    app_.add_flag("--dry-run", is_dry_run_, "Only say what would happen, and who would be locked");
}

void Call::parse()
{
    add_common_options();
    // Also where the rest is not understood.
    is_json_ = std::ranges::find(words_, "--json") != words_.end();
    std::vector<std::string> backwards(words_.rbegin(), words_.rend()); // As CLI11 wants them.
    app_.parse(std::move(backwards));
    terminal_.color(color_ == "always"  ? Color::always
                    : color_ == "never" ? Color::never
                                        : Color::automatic);
}

void Call::print(const Json& json, const std::string& text) const
{
    if (is_json_)
        terminal_.out() << to_text(json) << "\n" << std::flush;
    else
        terminal_.out() << text << std::flush;
}

client::Address Call::address() const
{
    std::string asked = server_;
    if (asked.empty())
        asked = "unix:" + (socket_.empty() ? "" : std::filesystem::absolute(socket_).string());
    const auto address = client::address_from(asked);
    if (!address)
        throw usage(printable(address.error().text), printable(address.error().cure));
    return *address;
}

client::Credentials Call::credentials() const
{
    client::Credentials credentials{.client = "usher " USHER_VERSION,
                                    .key = key_,
                                    .certificate = certificate_,
                                    .certificate_key = certificate_key_,
                                    .vendors = {}};
    if (!key_file_.empty())
        credentials.key = first_line(read_file(key_file_));
    for (const std::string& text : vendor_keys_) {
        const auto vendor = trust::vendor_key_from(text);
        if (!vendor)
            throw usage("not a vendor's key: " + cut(printable(text), 60),
                        "it looks like usher-vendor:NAME:KEY; usher-issuer init prints it");
        credentials.vendors.push_back(*vendor);
    }
    return credentials;
}

client::Patience Call::patience() const
{
    return {.until = client::Clock::now() + timeout_};
}

Conversation& Call::daemon()
{
    return daemon_ ? *daemon_ : daemon_.emplace(address(), credentials(), timeout_);
}

int Call::done(v1::Operate verb, const std::string& sentence)
{
    if (is_dry_run_)
        return forecast(plan_of(verb));
    const v1::Operated operated = operate(std::move(verb));
    Json warnings = Json::array();
    for (const std::string& warning : operated.done().warnings()) {
        terminal_.warning(printable(warning));
        warnings.push_back(warning);
    }
    print({{"done", true}, {"warnings", warnings}}, sentence + "\n");
    return 0;
}

int Call::forecast(v1::Plan plan)
{
    v1::Operate verb;
    *verb.mutable_plan() = std::move(plan);
    const v1::Operated operated = operate(std::move(verb));
    const v1::Forecast& forecast = operated.forecast();
    if (forecast.has_refused())
        throw Refused(forecast.refused());
    print({{"forecast", forecast_json(forecast)}}, forecast_text(forecast, is_colored()));
    return forecast.locks() > 0 ? exit_would_lock : 0;
}

} // namespace usher::tools
