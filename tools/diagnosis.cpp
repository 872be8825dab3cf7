#include "tools/diagnosis.hpp"

#include "tools/instants.hpp"
#include "tools/printable.hpp"
#include "tools/table.hpp"

#include <algorithm>
#include <cstdlib>

namespace usher::tools {
namespace {

using State = Finding::State;

/// How many identifiers a license asks for by default, where no daemon says it.
constexpr std::size_t identifiers_needed = 2;

std::string_view word(State state)
{
    switch (state) {
    case State::good: return "ok";
    case State::note: return "note";
    case State::wrong: return "wrong";
    }
    return "";
}

Tone tone_of(State state)
{
    switch (state) {
    case State::good: return Tone::good;
    case State::note: return Tone::faint;
    case State::wrong: return Tone::alarm;
    }
    return Tone::plain;
}

/// What the one who runs the server can do about a license that counts nothing.
std::string cure_of(const std::string& reason)
{
    if (reason == "NODELOCK_MISMATCH")
        return "give the vendor the output of usher node for a license of this host";
    if (reason == "EXPIRED")
        return "renew it with the vendor";
    if (reason == "NOT_YET_VALID")
        return "wait for its first day, or set this host's clock right";
    if (reason == "ACTIVATION_LAPSED")
        return "usher license check; where the issuer says no, ask the vendor";
    if (reason == "STATE_IN_DOUBT")
        return "usher license check, for its issuer to say that it is active here";
    if (reason == "ACTIVATION_PENDING")
        return "usher activation load, with the vendor's response";
    if (reason == "NOT_ACTIVE_HERE")
        return "usher activate, with the vendor's activation code";
    return "ask the vendor";
}

Finding finding_of(const v1::StatusPart::License& license)
{
    Finding finding{.subject = "entitlement", .text = license.id() + " " + license.product()};
    if (license.counts()) {
        finding.text += " counts";
        return finding;
    }
    finding.state = State::wrong;
    finding.text += " counts nothing: " + license.reason();
    if (license.reason() == "EXPIRED" && license.has_to_us())
        finding.text += " since " + instant_text(license.to_us());
    if (license.reason() == "NOT_YET_VALID" && license.has_from_us())
        finding.text += " before " + instant_text(license.from_us());
    finding.cure = cure_of(license.reason());
    return finding;
}

/// What an issuer should hear of the license, and whether it is late.
Finding due_of(const v1::StatusPart::License& license, std::int64_t now_us)
{
    Finding finding{.subject = "issuer", .text = license.id() + " " + license.product()};
    if (license.activation_number() == 0) {
        finding.state = State::note;
        finding.text += " was deactivated, and the issuer has not got the receipt";
        finding.cure = "usher receipt " + license.id() + " --deliver";
    } else if (!license.has_due_us()) {
        finding.text += " need not be shown to its issuer again";
    } else if (now_us < license.due_us()) {
        finding.text += " is shown to its issuer by " + instant_text(license.due_us());
    } else {
        finding.state = State::wrong;
        finding.text += " should have been shown to its issuer by " +
                        instant_text(license.due_us()) + ", and lapses";
        finding.cure = "usher license check " + license.id();
    }
    return finding;
}

Finding finding_of(const v1::Node::Identifier& identifier)
{
    if (!identifier.found())
        return {"identity", State::note, identifier.name() + " is not found on this host", {}};
    if (!identifier.matches())
        return {"identity",
                State::note,
                identifier.name() + " differs from what a license was signed for",
                {}};
    return {"identity", State::good, identifier.name() + " is found and agrees", {}};
}

} // namespace

Findings findings_of_way(const std::string& address, const std::optional<client::Failure>& failure)
{
    using client::Step;
    Findings findings;
    const Step stopped = failure ? failure->step : Step::exchange;
    const auto add = [&](const char* subject, Step step, const std::string& good) {
        if (stopped > step)
            findings.push_back({subject, State::good, good, {}});
        else if (stopped == step)
            findings.push_back({subject, State::wrong, failure->text, failure->cure});
    };
    add("name", Step::address, "the address is well formed: " + address);
    add("name", Step::resolve, "the name in it is found");
    add("port", Step::connect, "the port in it answers");
    add("TLS", Step::tls, "it speaks TLS 1.3");
    add("TLS", Step::pin, "its certificate leads to the CA that clients pin");
    add("TLS", Step::protocol, "it speaks usher/1");
    return findings;
}

Finding finding_of_clock(std::int64_t daemon_us, std::int64_t here_us)
{
    constexpr std::int64_t tolerated_us = 60'000'000;
    const std::int64_t ahead = daemon_us - here_us;
    if (std::abs(ahead) <= tolerated_us)
        return {"clock", State::good, "usherd's time and this host's agree", {}};
    const std::string difference =
        span_text(std::abs(ahead)) + (ahead > 0 ? " ahead of" : " behind");
    return {"clock", State::wrong, "usherd's time is " + difference + " this host's",
            ahead > 0 ? "set this host's clock right; usherd's time never goes back, it waits"
                      : "set the clocks right: timedatectl"};
}

Findings findings_of_identity(const v1::Node& node)
{
    Findings findings;
    std::size_t agreeing = 0;
    for (const auto& identifier : node.identifiers()) {
        findings.push_back(finding_of(identifier));
        agreeing += identifier.found() && identifier.matches() ? 1 : 0;
    }
    const std::string sum = std::to_string(agreeing) + " of " +
                            std::to_string(node.identifiers_size()) + " identifiers agree, " +
                            std::to_string(node.need()) + " must";
    if (agreeing >= node.need())
        findings.push_back({"identity", State::good, sum, {}});
    else
        findings.push_back({"identity", State::wrong, sum,
                            "give the vendor the output of usher node for a license of this host"});
    return findings;
}

Findings findings_of_identity(const std::vector<trust::Identifier>& identifiers)
{
    Findings findings;
    std::size_t found = 0;
    for (const trust::Identifier& identifier : identifiers) {
        if (identifier.value.empty()) {
            findings.push_back({"identity",
                                State::note,
                                identifier.name + " is not found: " + identifier.why,
                                {}});
            continue;
        }
        ++found;
        findings.push_back({"identity", State::good, identifier.name + " is found", {}});
    }
    if (found < identifiers_needed)
        findings.push_back({"identity", State::wrong,
                            std::to_string(found) +
                                " identifiers are found, too few to bind a license to this host",
                            "run it as root, who may read them all"});
    return findings;
}

Finding finding_of_counter(const v1::Node& node, const v1::StatusPart& picture)
{
    const std::string anchored = "the state directory is anchored at " +
                                 std::to_string(picture.anchor()) + " by a counter in the TPM";
    if (!picture.has_anchor())
        return {"counter", State::note,
                "no TPM shows how old the state directory is: " + node.counter_fault(),
                node.counter_hint()};
    if (node.counter_fault().empty())
        return {"counter", State::good, anchored, {}};
    return {"counter", State::wrong, anchored + ", which is not reached: " + node.counter_fault(),
            node.counter_hint() + (node.counter_hint().empty() ? "" : "; then ") +
                "restart usherd; node.tpm = \"none\" gives the counter up"};
}

Findings findings_of_entitlement(const v1::StatusPart& picture)
{
    // What stands here is another server's, or will be ours only then.
    if (!picture.moved_to().empty())
        return {{"entitlement", State::note,
                 "this server has departed, and leads applications to " + picture.moved_to(),
                 "usher doctor, there"}};
    if (!picture.arriving_from().empty())
        return {{"entitlement", State::note,
                 "this server takes over from node " + picture.arriving_from() +
                     " and lends nothing yet",
                 "usher move, again, at the source; or usher move --abandon, here, to leave it"}};
    Findings findings;
    for (const auto& license : picture.licenses())
        findings.push_back(finding_of(license));
    if (findings.empty())
        findings.push_back(
            {"entitlement", State::wrong, "no license is installed", "usher license install FILE"});
    for (const auto& pool : picture.pools())
        if (pool.short_() > 0)
            findings.push_back({"entitlement", State::wrong,
                                "more of " + pool.product() + " is held than there is: " +
                                    std::to_string(pool.short_()) + " short",
                                "have seats given back, or revoke some: usher revoke"});
    if (picture.mode() != "serving")
        findings.push_back({"entitlement", State::note, "nothing new is lent in " + picture.mode(),
                            "usher maintenance off"});
    return findings;
}

Findings findings_of_issuer(const std::string& address,
                            const std::optional<client::Failure>& failure,
                            const v1::StatusPart& picture)
{
    Findings findings;
    bool is_needed = false;
    for (const auto& license : picture.licenses()) {
        const bool has_receipt = license.receipt_number() != 0 && !license.receipt_delivered();
        if (license.issuer() != address || (license.activation_number() == 0 && !has_receipt))
            continue;
        findings.push_back(due_of(license, picture.at_us()));
        is_needed = is_needed || has_receipt || license.has_due_us();
    }
    if (findings.empty())
        return findings; // It waits for nothing.
    if (failure)
        findings.push_back({"issuer", is_needed ? State::wrong : State::note,
                            "the issuer is not reached: " + failure->text, failure->cure});
    else
        findings.push_back({"issuer", State::good, "the issuer is reached at " + address, {}});
    return findings;
}

bool is_well(const Findings& findings)
{
    return std::ranges::none_of(
        findings, [](const Finding& finding) { return finding.state == State::wrong; });
}

std::string findings_text(const Findings& findings, bool is_colored)
{
    constexpr std::size_t state_columns = 7;
    constexpr std::size_t subject_columns = 13;
    std::string text;
    for (const Finding& finding : findings) {
        const std::string state(word(finding.state));
        text += in_tone(state, tone_of(finding.state), is_colored);
        text.append(state_columns - state.size(), ' ');
        text += finding.subject;
        text.append(subject_columns - finding.subject.size(), ' ');
        text += printable(finding.text) + "\n";
        if (!finding.cure.empty())
            text += std::string(state_columns + subject_columns, ' ') +
                    "hint: " + printable(finding.cure) + "\n";
    }
    return text;
}

Json findings_json(const Findings& findings)
{
    Json checks = Json::array();
    for (const Finding& finding : findings)
        checks.push_back({{"subject", finding.subject},
                          {"state", word(finding.state)},
                          {"text", finding.text},
                          {"cure", finding.cure.empty() ? Json(nullptr) : Json(finding.cure)}});
    return {{"well", is_well(findings)}, {"checks", checks}};
}

} // namespace usher::tools
