#include "daemon/config.hpp"

#include "daemon/trust/signature.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <fstream>
#include <iterator>

using namespace usher;
using namespace usher::daemon;
using namespace std::chrono_literals;

namespace {

const Surroundings around{.state = "/state", .runtime = "/runtime", .host = "here.example"};

Reading good(const std::string& text)
{
    auto result = read_config(text, around);
    if (const auto* complaints = std::get_if<std::vector<Complaint>>(&result))
        BOOST_FAIL(to_text(complaints->front(), "usherd.toml"));
    return std::get<Reading>(std::move(result));
}

/// What is wrong with `text`, one complaint a line.
std::string complaints(const std::string& text)
{
    const auto result = read_config(text, around);
    std::string lines;
    if (const auto* list = std::get_if<std::vector<Complaint>>(&result))
        for (const Complaint& complaint : *list)
            lines += to_text(complaint, "usherd.toml") + "\n";
    return lines;
}

std::string text_of(const std::filesystem::path& file)
{
    std::ifstream in(file);
    BOOST_REQUIRE(in.good());
    return {std::istreambuf_iterator<char>(in), {}};
}

/// The sample with the `#` taken off every line that holds a key.
std::string sample_with_every_key()
{
    std::istringstream sample(text_of(USHER_SOURCE_DIR "/systemd/usherd.toml"));
    std::string text;
    for (std::string line; std::getline(sample, line);) {
        const std::size_t end = line.find(" = ");
        const bool is_key = line.starts_with("# ") && end != std::string::npos &&
                            line.find_first_not_of("abcdefghijklmnopqrstuvwxyz_", 2) == end;
        text += (is_key ? line.substr(2) : line) + "\n";
    }
    return text;
}

struct BadLine {
    std::string text;
    std::string complaint;
};

/// Each alone in a file.
const std::vector<BadLine> bad_lines{
    {"stat = \"/s\"",
     "1:1: unknown key stat; the keys here are state, socket, listen, name, "
     "anonymous, vendor_keys, threads, lease, pools, tls, node, limits, log, scheme"},
    {"state = 1", "1:9: state: must be a text, not a whole number"},
    {"state = \"here\"", "1:9: state: must be an absolute path"},
    {"socket = \"/" + std::string(107, 's') + "\"",
     "1:10: socket: longer than 107 bytes, the most for the address of a socket"},
    {"listen = []", "1:10: listen: takes 1 to 16 items"},
    {"listen = \"0.0.0.0:1\"", "1:10: listen: must be a list of texts, not a text"},
    {"listen = [\"0.0.0.0:1\", 2]", "1:24: listen: must be a list of texts, not a whole number"},
    {"listen = [\"0.0.0.0:1\", \"host:2\"]",
     "1:24: listen: must be an address and a port, as in \"0.0.0.0:4750\" or \"[::]:4750\""},
    {"name = \"two words\"", "1:8: name: must be a host name or an address"},
    {"name = \"\"", "1:8: name: must be a host name or an address"},
    {"name = \"-a.example\"", "1:8: name: must be a host name or an address"},
    {"anonymous = \"yes\"", "1:13: anonymous: must be true or false, not a text"},
    {"vendor_keys = [\"usher-vendor:acme:short\"]",
     "1:16: vendor_keys: must be a vendor's key, usher-vendor:NAME:KEY"},
    {"threads = 0", "1:11: threads: 0 is out of range (1 to 64)"},
    {"threads = 65", "1:11: threads: 65 is out of range (1 to 64)"},
    {"threads = -1", "1:11: threads: -1 is out of range (1 to 64)"},
    {"threads = 1.5", "1:11: threads: must be a whole number, not a fraction"},
    {"lease = 25", "1:9: lease: must be a table, not a whole number"},
    {"[lease]\nterm = \"4s\"", "2:8: lease.term: 4s is out of range (5s to 1h)"},
    {"[lease]\nterm = \"61m\"", "2:8: lease.term: 61m is out of range (5s to 1h)"},
    {"[lease]\nterm = 25", "2:8: lease.term: must be a duration like \"25s\", not a whole number"},
    {"[lease]\nterm = \"25\"",
     "2:8: lease.term: not a duration; write a whole number and ms, s, m, h or d, as in \"25s\""},
    {"[lease]\nterm = \"-25s\"",
     "2:8: lease.term: not a duration; write a whole number and ms, s, m, h or d, as in \"25s\""},
    {"[lease]\nterm = \"1h30m\"",
     "2:8: lease.term: not a duration; write a whole number and ms, s, m, h or d, as in \"25s\""},
    {"[lease]\ngrace = \"61s\"", "2:9: lease.grace: 61s is out of range (0s to 1m)"},
    {"[lease]\nterm = \"5s\"\ngrace = \"6s\"",
     "1:1: lease: grace must not be longer than term: who is cut off would keep a seat longer "
     "than who falls silent"},
    {"[lease]\ntrem = \"5s\"",
     "2:1: unknown key lease.trem; the keys here are term, grace, validity"},
    {"[tls]\nkey = \"key.pem\"", "2:7: tls.key: must be an absolute path"},
    {"[tls]\nkey = \"/key.pem\"",
     "1:1: tls: certificate, key and ca belong together; give all three or none"},
    {"[tls]\nticket_rotation = \"59m\"",
     "2:19: tls.ticket_rotation: 59m is out of range (1h to 168h)"},
    {"[node]\ntpm = \"yes\"", "2:7: node.tpm: must be auto, none, or how a TPM is reached, as in "
                              "\"device:/dev/tpmrm0\" or \"swtpm:host=127.0.0.1,port=2321\""},
    {"[node]\ntpm_index = \"0x01c00002\"",
     "2:13: node.tpm_index: must be an index that a TPM leaves to its owner, \"0x01800000\" to "
     "\"0x01bfffff\""},
    {"[limits]\nsessions_max = 0", "2:16: limits.sessions_max: 0 is out of range (1 to 1000000)"},
    {"[limits]\nin_flight_max = 257", "2:17: limits.in_flight_max: 257 is out of range (1 to 256)"},
    {"[limits]\nlinger_time = \"99ms\"",
     "2:15: limits.linger_time: 99ms is out of range (100ms to 1m)"},
    {"[limits]\nunsent_bytes_max = 2097152\nbuffered_bytes_max = 1048576",
     "1:1: limits: unsent_bytes_max must not be more than buffered_bytes_max"},
    {"[limits]\nunsent_bytes_max = 65535",
     "2:20: limits.unsent_bytes_max: 65535 is out of range (65536 to 1073741824)"},
    {"[limits]\nsessions_max = 10\nsessions_per_address_max = 11",
     "1:1: limits: sessions_per_address_max must not be more than sessions_max"},
    {"[limits]\nhandshakes_max = 10\nhandshakes_per_address_max = 11",
     "1:1: limits: handshakes_per_address_max must not be more than handshakes_max"},
    {"[lease]\nvalidity = \"59s\"", "2:12: lease.validity: 59s is out of range (1m to 8784h)"},
    {"[lease]\nvalidity = \"367d\"", "2:12: lease.validity: 367d is out of range (1m to 8784h)"},
    {"[pools]\nscheme = \"key\"", "2:10: pools.scheme: no scheme has this name; there are server, "
                                  "keys, companies, trial, requirements"},
    {"scheme = 1", "1:10: scheme: must be a table, not a whole number"},
    {"[scheme]\nmine = 1", "2:8: scheme.mine: must be a table, not a whole number"},
    {"[scheme.mine]\nbase = \"keys\"",
     "2:1: unknown key scheme.mine.base; the keys here are based_on, root, root_leasable, "
     "children, "
     "leases, lease_length, rebind, close, maintenance, restarts_leases, trial, use, model_change"},
    {"[scheme.mine]\nbased_on = \"other\"", "2:12: scheme.mine.based_on: must be a preset or a "
                                            "scheme that stands before this one: server, "
                                            "keys, companies, trial, requirements"},
    {"[scheme.mine]\nroot = \"vendor\"", "2:8: scheme.mine.root: must be license or product"},
    {"[scheme.mine]\nleases = \"long\"",
     "2:10: scheme.mine.leases: must be floating, fixed or persistent"},
    {"[scheme.mine]\nrebind = true", "2:10: scheme.mine.rebind: must be a text, not true or false"},
    {"[scheme.mine]\nrebind = \"move\"", "2:10: scheme.mine.rebind: must be none, drop or carry"},
    {"[scheme.mine]\nclose = \"drop\"", "2:9: scheme.mine.close: must be keep or release"},
    {"[scheme.mine]\nleases = \"fixed\"\nlease_length = \"1s\"",
     "3:16: scheme.mine.lease_length: 1s is out of range (1m to 87840h)"},
    {"[scheme.mine]\nleases = \"fixed\"",
     "1:1: scheme.mine: lease_length: leases that are fixed need a length above 0"},
    {"[scheme.mine]\nlease_length = \"15d\"",
     "2:16: scheme.mine.lease_length: only leases that are fixed have one"},
    {"[scheme.mine]\nrebind = \"drop\"",
     "2:10: scheme.mine.rebind: parties need pools under the root: children = true"},
    {"[scheme.\" mine\"]\nclose = \"keep\"", "1:1: scheme. mine: is no name: begins with a space"},
    {"[log]\nlevel = \"loud\"", "2:9: log.level: must be debug, info, warning or error"},
};

} // namespace

BOOST_AUTO_TEST_SUITE(config)

BOOST_AUTO_TEST_CASE(an_empty_file_is_a_configuration_of_defaults)
{
    const Config config = good("").config;
    BOOST_TEST(config.state == "/state");
    BOOST_TEST(config.socket == "/runtime/usherd.sock");
    BOOST_TEST((config.listen == std::vector<Endpoint>{{"0.0.0.0", 4750}}));
    BOOST_TEST(config.name == "here.example");
    BOOST_TEST(!config.anonymous);
    BOOST_TEST((config.lease.term == 25s));
    BOOST_TEST((config.lease.grace == 2s));
    BOOST_TEST(config.node.tpm == "auto");
    BOOST_TEST(config.node.tpm_index.handle == 0x01814750U);
    BOOST_TEST(config.log_level == "info");
}

BOOST_AUTO_TEST_CASE(every_bad_line_is_named_with_its_place)
{
    for (const BadLine& bad : bad_lines)
        BOOST_TEST(complaints(bad.text) == "usherd.toml:" + bad.complaint + "\n");
}

BOOST_AUTO_TEST_CASE(all_that_is_wrong_is_said_at_once_in_the_order_of_the_file)
{
    BOOST_TEST(complaints("threads = 0\nstate = \"x\"\n[lease]\nterm = 1\n[log]\nlevle = 1\n") ==
               "usherd.toml:1:11: threads: 0 is out of range (1 to 64)\n"
               "usherd.toml:2:9: state: must be an absolute path\n"
               "usherd.toml:4:8: lease.term: must be a duration like \"25s\", not a whole number\n"
               "usherd.toml:6:1: unknown key log.levle; the keys here are level\n");
}

BOOST_AUTO_TEST_CASE(what_is_no_toml_is_named_with_its_place)
{
    BOOST_TEST(complaints("state = \"/s\"\nlisten = [\n").starts_with("usherd.toml:2:12: "));
    BOOST_TEST(complaints("a = 1\na = 2\n").starts_with("usherd.toml:2:"));
    BOOST_TEST(complaints("\xff\xfe").starts_with("usherd.toml:1:"));
}

BOOST_AUTO_TEST_CASE(every_key_can_be_set)
{
    const auto vendor = trust::SigningKey::generate().public_key();
    const std::string key = trust::to_text(trust::VendorKey{"acme", vendor});
    const Config config =
        good("state = \"/a\"\nsocket = \"\"\nlisten = [\"127.0.0.1:0\", \"[::1]:65535\"]\n"
             "name = \"2001:db8::1\"\nanonymous = true\nthreads = 64\nvendor_keys = [\"" +
             key +
             "\"]\n[lease]\nterm = \"1h\"\ngrace = \"500ms\"\n[node]\ntpm = \"none\"\n"
             "tpm_index = \"0x01bfffff\"\n[log]\nlevel = \"debug\"\n")
            .config;
    BOOST_TEST(config.socket.empty());
    BOOST_TEST((config.listen == std::vector<Endpoint>{{"127.0.0.1", 0}, {"::1", 65535}}));
    BOOST_TEST(config.name == "2001:db8::1");
    BOOST_TEST(config.anonymous);
    BOOST_TEST((config.vendor_keys == std::vector{trust::VendorKey{"acme", vendor}}));
    BOOST_TEST((config.lease.term == 1h));
    BOOST_TEST((config.lease.grace == 500ms));
    BOOST_TEST(config.node.tpm == "none");
    BOOST_TEST(config.node.tpm_index.handle == 0x01bfffffU);
}

BOOST_AUTO_TEST_CASE(a_file_without_schemes_has_the_presets_and_the_usual_one_is_server)
{
    const Config config = good("").config;
    BOOST_TEST((config.lease.validity == 72h));
    BOOST_TEST(config.pools.scheme == "server");
    BOOST_TEST(std::ranges::equal(config.schemes, ledger::preset_schemes()));
}

BOOST_AUTO_TEST_CASE(a_table_that_names_a_preset_varies_it)
{
    const Config config = good("[pools]\nscheme = \"keys\"\n[scheme.keys]\nclose = \"release\"\n"
                               "maintenance = true\n")
                              .config;
    BOOST_TEST(config.pools.scheme == "keys");
    ledger::Scheme keys = ledger::preset_schemes()[1];
    keys.close = ledger::Closing::release;
    keys.asks_maintenance = true;
    BOOST_REQUIRE(config.schemes.size() == 5U);
    BOOST_TEST((config.schemes[1] == keys));
}

BOOST_AUTO_TEST_CASE(a_scheme_begins_with_what_it_is_based_on_in_the_order_of_the_file)
{
    const Config config = good("[scheme.zebra]\nbased_on = \"trial\"\nlease_length = \"7d\"\n"
                               "[scheme.ant]\nbased_on = \"zebra\"\nrestarts_leases = true\n"
                               "[scheme.bee]\nbased_on = \"ant\"\ntrial = false\n"
                               "leases = \"persistent\"\n[scheme.cow]\n")
                              .config;
    BOOST_REQUIRE(config.schemes.size() == 9U);
    const ledger::Scheme& ant = config.schemes[6];
    BOOST_TEST(ant.name == "ant");
    BOOST_TEST((ant.lease_length == 168h));
    BOOST_TEST(ant.is_trial);
    BOOST_TEST(ant.restarts_leases);
    const ledger::Scheme& bee = config.schemes[7];
    BOOST_TEST((bee.lease_length == 0h)); // Nothing that is persistent has a length.
    ledger::Scheme cow = ledger::preset_schemes()[0];
    cow.name = "cow";
    BOOST_TEST((config.schemes[8] == cow));
}

BOOST_AUTO_TEST_CASE(what_stands_behind_a_scheme_is_nothing_to_be_based_on)
{
    BOOST_TEST(complaints("[scheme.ant]\nbased_on = \"bee\"\n[scheme.bee]\nclose = \"keep\"\n") ==
               "usherd.toml:2:12: scheme.ant.based_on: must be a preset or a scheme that stands "
               "before this one: server, keys, companies, trial, requirements\n");
}

BOOST_AUTO_TEST_CASE(schemes_that_the_file_speaks_of_are_shown_and_change_at_a_reload)
{
    const Reading next = good("[scheme.mine]\nbased_on = \"keys\"\n");
    const auto shown = settings_of(next.config);
    const auto found = std::ranges::find(shown, "scheme.mine.leases", &Setting::key);
    BOOST_REQUIRE((found != shown.end()));
    BOOST_TEST(found->value == "persistent");
    BOOST_TEST(!found->fixed);
    BOOST_TEST(objections_to_reload(good("").config, next).empty());
    BOOST_TEST(objections_to_reload(next.config, good("")).empty());
}

BOOST_AUTO_TEST_CASE(the_sample_shows_every_key_with_its_default)
{
    const Reading sample = good(sample_with_every_key());
    for (const Setting& setting : settings_of(sample.config))
        BOOST_TEST(sample.places.contains(setting.key), setting.key << " is not in the sample");

    const Config defaults = std::get<Reading>(read_config("", {})).config;
    const auto shown = settings_of(sample.config);
    const auto silent = settings_of(defaults);
    BOOST_REQUIRE(shown.size() == silent.size());
    for (std::size_t i = 0; i < shown.size(); ++i)
        if (shown[i].key != "name") // Of this host, whatever that is.
            BOOST_TEST(shown[i].value == silent[i].value,
                       shown[i].key << ": " << shown[i].value << " is not its default");
}

BOOST_AUTO_TEST_CASE(the_sample_as_it_is_installed_changes_nothing)
{
    const Config sample = good(text_of(USHER_SOURCE_DIR "/systemd/usherd.toml")).config;
    const auto shown = settings_of(sample);
    const auto silent = settings_of(good("").config);
    for (std::size_t i = 0; i < shown.size(); ++i)
        BOOST_TEST(shown[i].value == silent[i].value);
}

BOOST_AUTO_TEST_CASE(a_reload_changes_what_may_change_and_names_what_may_not)
{
    const Config now = good("").config;
    BOOST_TEST(
        objections_to_reload(now, good("anonymous = true\n[lease]\nterm = \"1m\"\n")).empty());
    const auto objections =
        objections_to_reload(now, good("anonymous = true\nlisten = [\"0.0.0.0:1\"]\n"));
    BOOST_REQUIRE(objections.size() == 1U);
    BOOST_TEST(to_text(objections[0], "f") ==
               "f:2:10: listen: cannot change from [0.0.0.0:4750] to [0.0.0.0:1] while usherd "
               "runs; restart it");
    // A key that was taken out of the file has no place in it.
    const auto gone = objections_to_reload(good("threads = 3").config, good(""));
    BOOST_REQUIRE(gone.size() == 1U);
    BOOST_TEST(to_text(gone[0], "f").starts_with("f: threads: cannot change from 3 to 2"));
}

BOOST_AUTO_TEST_CASE(durations_read_back_as_they_are_written)
{
    for (const char* text : {"0s", "1ms", "999ms", "25s", "2m", "1h", "90s", "168h"})
        BOOST_TEST(to_text(duration_from(text).value()) == text);
    BOOST_TEST((duration_from("15d").value() == 360h));
    for (const char* text : {"", "s", "1", "1 s", " 1s", "1S", "1w", "1.5s", "99999999999999999h",
                             "0x1s", "+1s", "1s "})
        BOOST_TEST(!duration_from(text).has_value(), text);
}

BOOST_AUTO_TEST_SUITE_END()
