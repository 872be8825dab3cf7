#include "tools/issuer/serve.hpp"

#include "daemon/crew.hpp"
#include "daemon/journal/journal.hpp"
#include "daemon/log.hpp"
#include "daemon/server/authority.hpp"
#include "daemon/server/desk.hpp"
#include "daemon/server/door.hpp"
#include "daemon/signals.hpp"
#include "tools/vendor_secret.hpp"

#include <chrono>
#include <memory>
#include <spdlog/spdlog.h>
#include <vector>

namespace usher::issuer {
namespace {

/// How often certificates and ticket keys are looked at, as the daemon does.
constexpr std::chrono::milliseconds refresh_interval = std::chrono::minutes(15);

/// Nothing is lent, so there is nothing to remember but what the record does. A journal in memory
/// would grow with every stranger.
class NoJournal final : public journal::Journal {
  public:
    void replay(const std::function<void(const journal::Turn&)>& /*visit*/) override {}
    std::uint64_t append(ledger::CalendarInstant /*at*/,
                         std::span<const ledger::Fact> /*facts*/) override
    {
        return 0;
    }
    void snapshot(ledger::CalendarInstant /*at*/, std::span<const ledger::Fact> /*facts*/) override
    {}
    [[nodiscard]] std::uint64_t turns_since_snapshot() const override { return 0; }
};

std::string uri_of(const Service& service, std::uint16_t port, const server::Authority& authority)
{
    const bool is_v6 = service.name.find(':') != std::string::npos;
    return "usher://" + (is_v6 ? "[" + service.name + "]" : service.name) + ":" +
           std::to_string(port) + "/?ca=sha256:" + trust::hex(authority.ca_digest());
}

/// The house as it is now: certificates are renewed where they are due.
std::shared_ptr<const server::Premises> open_house(const Service& service, std::uint16_t port,
                                                   const server::Answerer& answerer)
{
    auto premises = std::make_shared<server::Premises>();
    premises->authority = server::Authority::open(
        {.directory = service.directory / "tls", .server_name = service.name},
        std::chrono::system_clock::now());
    premises->server = service.program;
    premises->uri = uri_of(service, port, *premises->authority);
    premises->anonymous = true; // A document says itself who signed it.
    premises->answerer = answerer;
    return premises;
}

void attend(daemon::Signals& signals, const daemon::Crew& crew,
            const std::function<void()>& refresh)
{
    using Clock = std::chrono::steady_clock;
    auto refresh_at = Clock::now() + refresh_interval;
    for (;;) {
        const daemon::Signals::Event event = signals.wait(refresh_interval);
        crew.look();
        if (event == daemon::Signals::Event::stop)
            return;
        if (Clock::now() < refresh_at && event != daemon::Signals::Event::reload)
            continue;
        try {
            refresh();
        } catch (const std::exception& fault) {
            spdlog::error("certificates and ticket keys stay as they are: {}", fault.what());
        }
        refresh_at = Clock::now() + refresh_interval;
    }
}

} // namespace

void serve(const Service& service, const Surroundings& here,
           const std::function<void(std::uint16_t port, const std::string& uri)>& opened)
{
    daemon::open_log();
    daemon::Signals signals; // Before any thread: they inherit its mask.
    const tools::VendorSecret vendor = tools::open_vendor_secret(service.directory);
    const auto record = here.open_record(service.directory);
    Issuer issuer(vendor, *record);

    server::Listeners listeners;
    listeners.tcp.push_back(server::listen_at(service.address, service.port));
    const std::uint16_t port = server::port_of(listeners.tcp.front());
    // One hall: the record is its thread's from now on.
    const server::Answerer answerer =
        [&](const std::string& document) -> std::variant<std::string, Refusal> {
        try {
            return issuer.answer(document, here.now(), "online");
        } catch (const journal::InUse& fault) {
            spdlog::warn("{}", fault.what());
            return Refusal{.code = ledger::Code::limit_reached,
                           .detail = "another program keeps the issuer's record to itself"};
        }
    };
    const auto premises = open_house(service, port, answerer);
    record->decide([&] { record->put_address(premises->uri); });

    const server::Limits limits;
    std::vector<std::unique_ptr<server::Hall>> halls;
    halls.push_back(std::make_unique<server::Hall>(0, 1, server::Rules{premises, limits},
                                                   std::make_shared<server::Usage>(1)));
    ledger::Ledger ledger;
    NoJournal journal;
    const server::SystemClock clock;
    server::Desk desk(ledger, journal, clock, {}, [&](std::vector<server::Letter>&& letters) {
        server::deliver(std::move(letters), halls);
    });
    server::Door door(halls, desk, std::move(listeners));
    daemon::Crew crew(halls, desk, {}, signals);
    crew.open();
    opened(port, premises->uri);
    spdlog::info("{} is serving at {}", service.program, premises->uri);
    attend(signals, crew, [&] {
        halls.front()->adopt({open_house(service, port, answerer), limits});
    });
    spdlog::info("stopping");
    door.close();
    crew.dismiss(limits.stop_time);
    spdlog::info("stopped");
}

} // namespace usher::issuer
