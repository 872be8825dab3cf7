#pragma once

#include "daemon/trust/node.hpp"
#include "tests/support/scratch.hpp"
#include "tools/issuer/issuer.hpp"

#include <boost/test/unit_test.hpp>
#include <chrono>
#include <map>
#include <memory>
#include <string>

/// A vendor who sells one license, his issuer, and hosts that want it.
namespace usher::issuer::test {

using namespace std::chrono_literals;
using ledger::Code;
using trust::Activation;
using trust::ActivationCode;
using trust::IssuerAnswer;
using trust::Node;
using trust::Receipt;

inline const std::string number = "015.120.055.014";

struct Office {
    tests::Scratch scratch;
    tools::VendorSecret vendor = tools::make_vendor_secret(scratch.path() / "vendor", "acme");
    std::unique_ptr<Record> record = std::make_unique<Record>(scratch.path() / "vendor");
    Issuer issuer{vendor, *record};
    std::vector<trust::VendorKey> trusted{vendor.public_half()};
    Sold sold{.license = {.vendor = "acme",
                          .number = number,
                          .product = "Client",
                          .metric = "user_device",
                          .quantity = 10},
              .kinds = {"machine", "personal"},
              .check = {}};
    std::string code;
    std::map<std::string, Node> nodes;

    Office() { code = issuer.sell(sold, day(0), "local:vera"); }

    static Instant day(int days, std::chrono::seconds more = 0s)
    {
        return Instant(std::chrono::sys_days{std::chrono::year{2030} / 1 / 1}) + 24h * days + more;
    }

    const Node& node(const std::string& host)
    {
        const auto found = nodes.find(host);
        if (found != nodes.end())
            return found->second;
        const auto directory = scratch.path() / host;
        std::filesystem::create_directory(directory);
        std::filesystem::permissions(directory, std::filesystem::perms::owner_all);
        return nodes
            .emplace(host, Node::open(directory, {{"machine_id", host, ""}, {"mac", host, ""}}))
            .first->second;
    }

    /// A request of `host`, made then.
    std::string request(const std::string& host, Instant made, const std::string& kind = "machine",
                        const std::string& with = {})
    {
        const auto opened = trust::activation_code_from(with.empty() ? code : with);
        return trust::make_activation_request(std::get<ActivationCode>(opened), node(host), kind,
                                              host, trust::fresh_nonce(), made);
    }
    std::string transfer_request(const std::string& from, std::uint64_t number_there,
                                 const std::string& to, Instant made,
                                 const std::string& kind = "machine")
    {
        trust::TransferRequest request{.license = number,
                                       .source = {node(from).key(), number_there},
                                       .host = to,
                                       .target = node(to).text(),
                                       .lock = node(to).terms(kind),
                                       .nonce = trust::fresh_nonce(),
                                       .made = made};
        return trust::sign_transfer_request(request, node(from));
    }
    std::string receipt(const std::string& host, std::uint64_t ended, Instant made,
                        std::optional<trust::ActivationMark> to = {})
    {
        return trust::sign_receipt(
            {.license = number, .ended = {node(host).key(), ended}, .made = made, .to = to},
            node(host));
    }
    /// By a daemon that runs since `started`.
    std::string showing(const std::string& host, std::uint64_t active, Instant made,
                        const std::string& receipt = {}, Instant started = day(0))
    {
        trust::Showing showing{.license = number,
                               .active = {node(host).key(), active},
                               .nonce = trust::fresh_nonce(),
                               .made = made,
                               .started = started,
                               .receipt_text = receipt,
                               .receipt = {}};
        return trust::sign_showing(showing, node(host));
    }

    std::string answered(const std::string& document, Instant now)
    {
        const auto answer = issuer.answer(document, now, "online");
        if (const auto* no = std::get_if<Refusal>(&answer))
            BOOST_FAIL(ledger::word(no->code) << ": " << ledger::sentence(*no));
        return std::get<std::string>(answer);
    }
    Refusal refused(const std::string& document, Instant now)
    {
        const auto answer = issuer.answer(document, now, "online");
        BOOST_REQUIRE(std::holds_alternative<Refusal>(answer));
        return std::get<Refusal>(answer);
    }
    Activation opened(const std::string& text)
    {
        const auto opened = trust::open_activation(text, trusted);
        if (const auto* error = std::get_if<trust::DocumentError>(&opened))
            BOOST_FAIL(error->what);
        return std::get<Activation>(opened);
    }
    /// `host` asks then, and is activated.
    Activation activate(const std::string& host, Instant now, const std::string& kind = "machine",
                        const std::string& with = {})
    {
        return opened(answered(request(host, now, kind, with), now));
    }
    /// `host` asks then, and is refused.
    Refusal refuse(const std::string& host, Instant now, const std::string& kind = "machine",
                   const std::string& with = {})
    {
        return refused(request(host, now, kind, with), now);
    }
    void deactivate(const std::string& host, std::uint64_t ended, Instant now)
    {
        BOOST_TEST(!said(answered(receipt(host, ended, now), now)).active);
    }
    IssuerAnswer said(const std::string& text)
    {
        return std::get<IssuerAnswer>(trust::open_issuer_answer(text, trusted));
    }
    /// From one host to the next one, a day each, beginning on day `first`.
    void move(const std::vector<std::string>& hosts, int first)
    {
        for (std::size_t i = 0; i + 1 < hosts.size(); ++i) {
            const Instant then = day(first + static_cast<int>(i));
            deactivate(hosts[i], last_number, then);
            last_number = activate(hosts[i + 1], then).number;
        }
    }
    std::uint64_t last_number = 1;

    std::vector<AuditLine> audit()
    {
        std::vector<AuditLine> lines;
        record->look(
            [&] { record->each_line("", [&](const AuditLine& line) { lines.push_back(line); }); });
        return lines;
    }
};

} // namespace usher::issuer::test
