#include "daemon/trust/node.hpp"
#include "tools/call.hpp"
#include "tools/diagnosis.hpp"
#include "tools/usher_verbs.hpp"

#include <chrono>
#include <iterator>
#include <optional>
#include <set>
#include <string>

namespace usher::tools {
namespace {

void append(Findings& findings, Findings more)
{
    std::ranges::move(more, std::back_inserter(findings));
}

std::int64_t now_us()
{
    return std::chrono::duration_cast<std::chrono::microseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
}

/// The way that a client goes with nothing in its hands; none: it was let in.
std::optional<client::Failure> try_the_way(const Call& call, const std::string& text)
{
    const auto address = client::address_from(text);
    if (!address)
        return address.error();
    auto route = client::Route::prepare(*address, {.client = "usher doctor"});
    if (!route)
        return route.error();
    auto line = client::Line::open(*route, call.patience());
    if (!line)
        return line.error();
    line->close();
    return std::nullopt;
}

/// As far as it is seen from here: the daemon may have another way.
Findings try_the_issuers(const Call& call, const v1::StatusPart& picture)
{
    std::set<std::string> issuers;
    for (const auto& license : picture.licenses())
        if (!license.issuer().empty())
            issuers.insert(license.issuer());
    Findings findings;
    for (const std::string& issuer : issuers)
        append(findings, findings_of_issuer(issuer, try_the_way(call, issuer), picture));
    return findings;
}

/// What can be seen without the daemon: how far the way goes, and what this host is.
void examine_alone(const Call& call, Findings& findings)
{
    if (const client::Address address = call.address();
        std::holds_alternative<client::TcpAddress>(address))
        append(findings, findings_of_way(client::to_text(address),
                                         try_the_way(call, client::to_text(address))));
    append(findings, findings_of_identity(trust::read_identifiers("/")));
}

void examine(Call& call, Findings& findings)
{
    const v1::Welcome& welcome = call.line().welcome();
    findings.push_back({"daemon",
                        Finding::State::good,
                        welcome.server() + " answers at " + client::place(call.address()) +
                            "; you are " + welcome.identity() + " (" + welcome.role() + ")",
                        {}});
    v1::Operate operate;
    operate.mutable_node_show();
    const v1::Operated operated = call.operate(operate);
    const std::string& server = operated.node().server_uri();
    append(findings, findings_of_way(server, try_the_way(call, server)));
    const v1::StatusPart picture = call.look();
    findings.push_back(finding_of_clock(picture.at_us(), now_us()));
    append(findings, findings_of_identity(operated.node()));
    findings.push_back(finding_of_counter(operated.node(), picture));
    append(findings, findings_of_entitlement(picture));
    append(findings, try_the_issuers(call, picture));
}

} // namespace

int doctor(Call& call)
{
    call.parse();
    Findings findings;
    try {
        examine(call, findings);
    } catch (const Refused& no) {
        findings.push_back({"daemon", Finding::State::wrong,
                            no.refused().code() + ": " + no.refused().text(),
                            no.refused().cures().empty() ? "" : no.refused().cures(0)});
    } catch (const Fault& fault) {
        findings.push_back({"daemon", Finding::State::wrong, fault.what(),
                            fault.hints().empty() ? "" : fault.hints().front()});
        examine_alone(call, findings);
    }
    call.print(findings_json(findings), findings_text(findings, call.is_colored()));
    return is_well(findings) ? 0 : 1;
}

} // namespace usher::tools
