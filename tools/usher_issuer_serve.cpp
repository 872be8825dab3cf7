#include "tools/fault.hpp"
#include "tools/issuer/serve.hpp"
#include "tools/printable.hpp"
#include "tools/terminal.hpp"
#include "tools/usher_issuer.hpp"
#include "tools/usher_issuer_directory.hpp"

#include <CLI/CLI.hpp>
#include <array>
#include <charconv>
#include <memory>
#include <ostream>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

namespace usher::tools {
namespace {

/// As it was typed.
struct Serve {
    std::string listen = "0.0.0.0:4751";
    std::string name;
    bool print_port = false;
    std::filesystem::path directory = default_issuer_directory();
};

std::string host_name()
{
    std::array<char, 256> name{};
    return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "localhost";
}

issuer::Service service_of(const Serve& asked)
{
    issuer::Service service{.directory = asked.directory,
                            .address = {},
                            .port = 0,
                            .name = asked.name.empty() ? host_name() : asked.name,
                            .program = "usher-issuer " USHER_VERSION};
    const std::size_t colon = asked.listen.rfind(':');
    std::string_view port;
    if (colon != std::string::npos) {
        service.address = asked.listen.substr(0, colon);
        port = std::string_view(asked.listen).substr(colon + 1);
    }
    if (service.address.starts_with('[') && service.address.ends_with(']'))
        service.address = service.address.substr(1, service.address.size() - 2);
    const auto [read, error] =
        std::from_chars(port.data(), port.data() + port.size(), service.port);
    if (port.empty() || error != std::errc() || read != port.data() + port.size() ||
        service.address.empty())
        throw Fault("--listen: is not an address and a port: " + printable(cut(asked.listen, 80)),
                    {"write --listen 0.0.0.0:4751, or [::]:4751"}, Fault::Kind::usage);
    return service;
}

int serve(const Serve& asked, const issuer::Surroundings& here, const Terminal& terminal)
{
    const issuer::Service service = service_of(asked);
    ::umask(077);
    issuer::serve(service, here, [&](std::uint16_t port, const std::string& uri) {
        if (asked.print_port)
            terminal.out() << port << std::endl;
        terminal.out() << uri << std::endl;
    });
    return 0;
}

} // namespace

Order issuer_serve(CLI::App& options, const issuer::Surroundings& here)
{
    const auto asked = std::make_shared<Serve>();
    options.add_option("--listen", asked->listen, "Where to listen; 0.0.0.0:4751")
        ->type_name("ADDRESS:PORT");
    options
        .add_option("--name", asked->name, "The host name that hosts are given; this host's own")
        ->type_name("HOST");
    options.add_flag("--print-port", asked->print_port,
                     "Print the port first, on a line of its own");
    add_issuer_directory(options, asked->directory);
    return [asked, here](const Terminal& terminal) { return serve(*asked, here, terminal); };
}

} // namespace usher::tools
