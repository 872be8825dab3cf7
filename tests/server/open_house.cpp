#include "tests/server/open_house.hpp"

#include <boost/asio/post.hpp>
#include <boost/test/unit_test.hpp>
#include <csignal>
#include <spdlog/spdlog.h>

namespace usher::server::test {

OpenHouse::OpenHouse(const Limits& limits, std::size_t halls) : limits_(limits)
{
    std::signal(SIGPIPE, SIG_IGN); // As the daemon does.
    spdlog::set_level(spdlog::level::off);
    premises.anonymous = true;
    journal_.replay([](const journal::Turn&) {});
    const auto usage = std::make_shared<Usage>(halls);
    for (std::size_t i = 0; i < halls; ++i)
        halls_.push_back(std::make_unique<Hall>(
            i, halls, Rules{std::make_shared<const Premises>(premises), limits}, usage));
    desk_ = std::make_unique<Desk>(
        ledger_, journal_, clock_, Desk::Limits{.absence_max = std::chrono::hours(24)},
        [this](std::vector<Letter>&& letters) { deliver(std::move(letters), halls_); });
    Listeners listeners;
    listeners.tcp.push_back(listen_at("127.0.0.1", 0));
    port_ = port_of(listeners.tcp.front());
    listeners.local = std::make_unique<LocalListener>(socket());
    door_ = std::make_unique<Door>(halls_, *desk_, std::move(listeners));
    desk_thread_ = std::thread([this] { desk_->run({}); });
    for (const auto& hall : halls_)
        threads_.emplace_back([&hall = *hall] { hall.run(); });
}

OpenHouse::~OpenHouse()
{
    for (const auto& hall : halls_)
        hall->stop();
    for (std::thread& thread : threads_)
        thread.join();
    desk_->stop();
    if (desk_thread_.joinable())
        desk_thread_.join();
}

Guest OpenHouse::operator_() const
{
    Guest guest = Guest::at_socket(socket());
    BOOST_REQUIRE(guest.hello().has_welcome());
    return guest;
}

Guest OpenHouse::application() const
{
    Guest guest = Guest::over_tls(port_);
    BOOST_REQUIRE(guest.hello().has_welcome());
    return guest;
}

void OpenHouse::install(std::int64_t quantity)
{
    trust::License bought = license();
    bought.quantity = quantity;
    v1::Request request;
    request.set_id(2);
    auto& install = *request.mutable_operate()->mutable_license_install();
    install.set_document(trust::sign_license(bought, vendor));
    install.set_profile("ProLicense");
    const v1::Response response = operator_().ask(request);
    BOOST_REQUIRE_MESSAGE(response.has_operated(), response.ShortDebugString());
}

void OpenHouse::know_certificate(const trust::Digest& digest, const std::string& name,
                                 ledger::Role role)
{
    desk_->ask(
        {{},
         0,
         ledger::IssueCredential{.by = {"local:root"},
                                 .credential = {.name = name,
                                                .kind = ledger::Credential::Kind::certificate,
                                                .role = role,
                                                .digest = {digest}}}});
    static_cast<void>(status()); // Then it has been heard.
}

void OpenHouse::set_terms(std::chrono::milliseconds term, std::chrono::milliseconds grace)
{
    desk_->ask({{}, 0, ledger::SetTerms{term, grace}});
    static_cast<void>(status()); // Then it has been heard.
}

void OpenHouse::advance(std::chrono::milliseconds duration)
{
    clock_.ahead = clock_.ahead.load() + duration;
    desk_->wake();
}

void OpenHouse::adopt(const Limits& limits)
{
    for (const auto& hall : halls_)
        hall->adopt({std::make_shared<const Premises>(premises), limits});
}

v1::StatusPart OpenHouse::status() const
{
    Guest viewer = operator_();
    v1::StatusPart all = viewer.ask(look(2)).operated().status();
    for (bool more = all.more(); more;) {
        const auto part = viewer.receive();
        BOOST_REQUIRE(part.has_value());
        all.MergeFrom(part->operated().status());
        more = part->operated().status().more();
    }
    return all;
}

std::size_t OpenHouse::leases()
{
    ledger::Ledger ledger;
    journal::MemoryJournal(disk_).replay([&](const journal::Turn& turn) {
        for (const ledger::Fact& fact : turn.facts)
            ledger.apply(fact, turn.at);
    });
    return ledger.leases_held();
}

void OpenHouse::hold_up(std::latch& until)
{
    const auto held = std::make_shared<std::latch>(static_cast<std::ptrdiff_t>(halls_.size()));
    for (const auto& hall : halls_)
        boost::asio::post(hall->context(), [&until, held] {
            held->count_down();
            until.wait();
        });
    held->wait();
}

void OpenHouse::stop(const std::function<void()>& once_told)
{
    door_->close();
    std::latch empty(static_cast<std::ptrdiff_t>(halls_.size()));
    for (const auto& hall : halls_)
        hall->wind_down([&] { empty.count_down(); });
    once_told();
    empty.wait();
    desk_->stop();
    desk_thread_.join();
}

} // namespace usher::server::test
