#include "daemon/config.hpp"

#include "daemon/config_values.hpp"
#include "daemon/schemes.hpp"
#include "protocol/limits.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <iterator>
#include <tuple>
#include <unistd.h>
#include <utility>

namespace usher::daemon {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

/// Whether a key can change while the daemon runs.
enum class Change : std::uint8_t { at_reload, at_restart };
using enum Change;

/// `server::Limits` says what each is for.
template <class Walk>
void walk_limits(Walk& walk, auto& limits)
{
    constexpr std::uint64_t mib = 1 << 20;
    walk.key("sessions_max", at_reload, limits.sessions_max, 1U, 1'000'000U);
    walk.key("sessions_per_address_max", at_reload, limits.sessions_per_address_max, 1U,
             1'000'000U);
    walk.key("sessions_per_identity_max", at_reload, limits.sessions_per_identity_max, 1U,
             1'000'000U);
    walk.key("local_sessions_max", at_reload, limits.local_sessions_max, 1U, 10'000U);
    walk.key("handshakes_max", at_reload, limits.handshakes_max, 1U, 100'000U);
    walk.key("handshakes_per_address_max", at_reload, limits.handshakes_per_address_max, 1U,
             100'000U);
    walk.key("handshake_time", at_reload, limits.handshake_time, 1s, 5min);
    walk.key("handshake_step_time", at_reload, limits.handshake_step_time, 100ms, 1min);
    walk.key("hello_time", at_reload, limits.hello_time, 1s, 5min);
    walk.key("frame_time", at_reload, limits.frame_time, 1s, 10min);
    walk.key("idle_time", at_reload, limits.idle_time, 10s, 24h);
    walk.key("send_time", at_reload, limits.send_time, 1s, 10min);
    walk.key("unsent_bytes_max", at_reload, limits.unsent_bytes_max, 64U << 10, 1024 * mib);
    walk.key("in_flight_max", at_reload, limits.in_flight_max, 1U, protocol::in_flight_max);
    walk.key("unanswered_bytes_max", at_reload, limits.unanswered_bytes_max, mib, 1024 * mib);
    walk.key("buffered_bytes_max", at_reload, limits.buffered_bytes_max, mib, 65'536 * mib);
    walk.key("questions_max", at_reload, limits.questions_max, 64U, 1'000'000U);
    walk.key("questions_per_identity_max", at_reload, limits.questions_per_identity_max, 1U,
             1'000'000U);
    walk.key("leases_per_connection_max", at_reload, limits.leases_per_connection_max, 1U,
             protocol::leases_per_connection_max);
    walk.key("leases_max", at_reload, limits.leases_max, 1U, 10'000'000U);
    walk.key("linger_time", at_reload, limits.linger_time, 100ms, 1min);
    walk.key("stop_time", at_reload, limits.stop_time, 1s, 5min);
    walk.key("retry_after", at_reload, limits.retry_after, 0s, 10min);
    walk.key("log_lines_per_second_max", at_reload, limits.log_lines_per_second_max, 1U, 100'000U);
}

/// Every key of the file once: its name, its place in `config`, its range or form, and whether a
/// reload may change it. Whoever reads, compares or shows settings walks this list, so no key can
/// be forgotten by one of them.
template <class Walk>
void walk_keys(Walk& root, auto& config)
{
    root.key("state", at_restart, config.state, absolute_path);
    root.key("socket", at_restart, config.socket, socket_path);
    root.key("listen", at_restart, config.listen, endpoint_list);
    root.key("name", at_reload, config.name, host_name);
    root.key("anonymous", at_reload, config.anonymous);
    root.key("vendor_keys", at_reload, config.vendor_keys, vendor_key_list);
    root.key("threads", at_restart, config.threads, 1U, 64U);

    root.section("lease", [&](auto& lease) {
        lease.key("term", at_reload, config.lease.term, 5s, 1h);
        lease.key("grace", at_reload, config.lease.grace, 0s, 60s);
        lease.key("validity", at_reload, config.lease.validity, 1min, std::chrono::days(366));
    });
    root.section("pools", [&](auto& pools) {
        pools.key("scheme", at_reload, config.pools.scheme, any_text);
    });
    root.section("tls", [&](auto& tls) {
        tls.key("certificate", at_reload, config.tls.certificate, path_or_none);
        tls.key("key", at_reload, config.tls.key, path_or_none);
        tls.key("ca", at_reload, config.tls.ca, path_or_none);
        tls.key("client_ca", at_reload, config.tls.client_ca, path_or_none);
        tls.key("ticket_rotation", at_reload, config.tls.ticket_rotation, 1h, 168h);
    });
    root.section("node", [&](auto& node) {
        node.key("tpm", at_restart, config.node.tpm, tpm_way);
        node.key("tpm_index", at_restart, config.node.tpm_index, tpm_index);
    });
    root.section("limits", [&](auto& limits) { walk_limits(limits, config.limits); });
    root.section("log",
                 [&](auto& log) { log.key("level", at_reload, config.log_level, log_level); });
}

/// Walks the keys and takes each from the file.
class Reader {
  public:
    explicit Reader(Section section) : section_(std::move(section)) {}

    void key(std::string_view name, Change, bool& value) { section_.flag(name, value); }

    void key(std::string_view name, Change, std::uint64_t& value, std::uint64_t least,
             std::uint64_t most)
    {
        section_.number(name, value, least, most);
    }

    void key(std::string_view name, Change, milliseconds& value, milliseconds least,
             milliseconds most)
    {
        section_.duration(name, value, least, most);
    }

    /// Of what is written as one text: `form` says what it means, or what is wrong with it.
    template <class Value>
    void key(std::string_view name, Change, Value& value, Form<Value> form)
    {
        std::optional<std::string> text;
        section_.text(name, text);
        if (!text)
            return;
        auto meant = form(*text);
        if (auto* fault = std::get_if<FormFault>(&meant))
            section_.complain(name, fault->what);
        else
            value = std::get<Value>(std::move(meant));
    }

    /// Of a list of texts.
    template <class Value>
    void key(std::string_view name, Change, std::vector<Value>& value, ListForm<Value> form)
    {
        std::optional<std::vector<std::string>> texts;
        section_.texts(name, texts);
        if (!texts)
            return;
        if (texts->size() < form.least || texts->size() > form.most)
            return section_.complain(name, "takes " + std::to_string(form.least) + " to " +
                                               std::to_string(form.most) + " items");
        std::vector<Value> list;
        for (std::size_t i = 0; i < texts->size(); ++i) {
            auto meant = form.item((*texts)[i]);
            if (auto* fault = std::get_if<FormFault>(&meant))
                section_.complain(name, fault->what, i);
            else
                list.push_back(std::get<Value>(std::move(meant)));
        }
        value = std::move(list);
    }

    template <class Body>
    void section(std::string_view name, Body body)
    {
        Reader inner(section_.table(name));
        body(inner);
        inner.section_.close();
    }

    [[nodiscard]] Section& root() { return section_; }

  private:
    Section section_;
};

/// Walks the keys and writes each down.
class Writer {
  public:
    explicit Writer(std::vector<Setting>& settings, std::string prefix = {})
        : settings_(settings), prefix_(std::move(prefix))
    {}

    /// Range and form do not matter here.
    template <class Value, class... Form>
    void key(std::string_view name, Change change, const Value& value, const Form&...)
    {
        settings_.push_back({prefix_ + std::string(name), value_text(value), change == at_restart});
    }

    template <class Body>
    void section(std::string_view name, Body body)
    {
        Writer inner(settings_, prefix_ + std::string(name) + ".");
        body(inner);
    }

  private:
    std::vector<Setting>& settings_;
    std::string prefix_;
};

/// All but those of schemes, of which there may be any number; none of them is fixed.
std::vector<Setting> settings_of_keys(const Config& config)
{
    std::vector<Setting> settings;
    Writer writer(settings);
    walk_keys(writer, config);
    return settings;
}

/// What no key says alone.
void check_together(const Config& config, Section& root)
{
    if (config.limits.sessions_per_address_max > config.limits.sessions_max)
        root.complain("limits", "sessions_per_address_max must not be more than sessions_max");
    if (config.limits.unsent_bytes_max > config.limits.buffered_bytes_max)
        root.complain("limits", "unsent_bytes_max must not be more than buffered_bytes_max");
    if (config.limits.handshakes_per_address_max > config.limits.handshakes_max)
        root.complain("limits", "handshakes_per_address_max must not be more than handshakes_max");
    const Config::Tls& tls = config.tls;
    const bool all = !tls.certificate.empty() && !tls.key.empty() && !tls.ca.empty();
    const bool none = tls.certificate.empty() && tls.key.empty() && tls.ca.empty();
    if (!all && !none)
        root.complain("tls", "certificate, key and ca belong together; give all three or none");
    if (config.lease.grace > config.lease.term)
        root.complain("lease", "grace must not be longer than term: who is cut off would keep a "
                               "seat longer than who falls silent");
}

void check_usual_scheme(const Config& config, Section& root)
{
    std::string list;
    for (const ledger::Scheme& scheme : config.schemes) {
        if (scheme.name == config.pools.scheme)
            return;
        list += (list.empty() ? "" : ", ") + scheme.name;
    }
    root.complain("pools.scheme", "no scheme has this name; there are " + list);
}

Config defaults(const Surroundings& surroundings)
{
    Config config;
    config.state = surroundings.state;
    config.socket = surroundings.runtime / "usherd.sock";
    config.listen = {{"0.0.0.0", protocol::default_port}};
    config.name = surroundings.host;
    return config;
}

/// The first of a list that systemd separates by colons.
std::filesystem::path directory_from(const char* variable, std::filesystem::path otherwise)
{
    const char* const value = std::getenv(variable); // NOLINT(concurrency-mt-unsafe): at start.
    if (value == nullptr || *value == '\0')
        return otherwise;
    const std::string_view list(value);
    return list.substr(0, list.find(':'));
}

} // namespace

Surroundings surroundings()
{
    Surroundings found;
    found.state = directory_from("STATE_DIRECTORY", found.state);
    found.runtime = directory_from("RUNTIME_DIRECTORY", found.runtime);
    std::array<char, 256> host{};
    if (::gethostname(host.data(), host.size() - 1) == 0 &&
        std::holds_alternative<std::string>(host_name(host.data())))
        found.host = host.data();
    return found;
}

std::variant<Reading, std::vector<Complaint>> read_config(std::string_view text,
                                                          const Surroundings& surroundings)
{
    Reading reading{defaults(surroundings), {}};
    std::vector<Complaint> complaints;
    try {
        const toml::table table = toml::parse(text);
        Reader reader(Section("", &table, complaints, reading.places));
        walk_keys(reader, reading.config);
        reading.config.schemes = read_schemes(reader.root());
        check_usual_scheme(reading.config, reader.root());
        reader.root().close();
        check_together(reading.config, reader.root());
    } catch (const toml::parse_error& error) {
        const toml::source_position at = error.source().begin;
        complaints.push_back({{at.line, at.column}, lower_case_start(error.description())});
    }
    if (complaints.empty())
        return reading;
    std::ranges::sort(complaints, {}, [](const Complaint& complaint) {
        return std::tuple(complaint.place.line, complaint.place.column, complaint.sentence);
    });
    return complaints;
}

std::vector<Setting> settings_of(const Config& config)
{
    std::vector<Setting> settings = settings_of_keys(config);
    std::ranges::move(settings_of(config.schemes), std::back_inserter(settings));
    return settings;
}

std::vector<Complaint> objections_to_reload(const Config& now, const Reading& next)
{
    const std::vector<Setting> before = settings_of_keys(now);
    const std::vector<Setting> after = settings_of_keys(next.config);
    std::vector<Complaint> complaints;
    for (std::size_t i = 0; i < before.size(); ++i) {
        if (!before[i].fixed || before[i].value == after[i].value)
            continue;
        const auto place = next.places.find(before[i].key);
        complaints.push_back({place == next.places.end() ? Place{} : place->second,
                              before[i].key + ": cannot change from " + before[i].value + " to " +
                                  after[i].value + " while usherd runs; restart it"});
    }
    return complaints;
}

} // namespace usher::daemon
