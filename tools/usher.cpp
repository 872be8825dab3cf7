#include "tools/call.hpp"
#include "tools/misuse.hpp"
#include "tools/refusal_text.hpp"
#include "tools/usher_verbs.hpp"
#include "tools/verb.hpp"

#include <array>
#include <iostream>
#include <string>
#include <vector>

namespace usher::tools {
namespace {

constexpr int exit_no_seat = 125; // As a shell's own failures, so that CMD's codes stay its own.

constexpr auto verbs = std::to_array<Verb>({
    {"status", "", "Pools, profiles, leases and who waits", Door::operators, status},
    {"leases", "", "Who holds what, and from where", Door::operators, leases},
    {"run", "PROFILE [OPTION...] -- CMD...", "Hold a seat while CMD runs", Door::applications, run,
     exit_no_seat},
    {"checkout", "PROFILE [OPTION...] [--hold]", "Take a seat by hand, and print its lease",
     Door::applications, checkout},
    {"renew", "LEASE...", "Keep it: held, locked or unknown", Door::applications, renew},
    {"checkin", "LEASE", "Give it back", Door::applications, checkin},
    {"why", "[--user USER]", "Why somebody was refused, newest first", Door::operators, why},
    {"revoke", "LEASE [--reason TEXT]", "Take a seat away from its holder", Door::operators,
     revoke},
    {"license install",
     "FILE [--profile NAME] [--scheme SCHEME] [--pool ROOT] [--replace] [--dry-run]",
     "Take a license of a vendor into use", Door::operators, license_install},
    {"license list", "", "What was bought, and whether it counts here", Door::operators,
     license_list},
    {"license remove", "LICENSE [--force] [--dry-run]", "Forget a license; in maintenance",
     Door::operators, license_remove},
    {"license check", "[LICENSE] [--issuer ADDRESS] [--output FILE]",
     "Show this host to the issuer, and hear whether it is the one", Door::operators,
     license_check},
    {"activate", "CODE [--kind KIND] [--issuer ADDRESS] [--profile NAME] | CODE --offline",
     "Make a license alive on this host", Door::operators, activate},
    {"activation load", "FILE [--profile NAME]", "Load the vendor's response or answer",
     Door::operators, activation_load},
    {"activation cancel", "LICENSE", "Wait for no response any more", Door::operators,
     activation_cancel},
    {"deactivate", "LICENSE [--force] [--issuer ADDRESS] [--output FILE]",
     "End it here, for a receipt; in maintenance", Door::operators, deactivate},
    {"receipt", "LICENSE [--output FILE | --deliver]", "What lets another host have the license",
     Door::operators, receipt},
    {"move", "--to ADDRESS [OPTION...] | --abandon",
     "Move everything to another server while it serves", Door::operators, move},
    {"profile add", "NAME POOL... [--default] [--capacity UNITS]",
     "A name that applications can ask for", Door::operators, profile_add},
    {"profile rename", "FROM TO", "Give it another name; in maintenance", Door::operators,
     profile_rename},
    {"profile default", "NAME [--off]", "For who names no profile; in maintenance", Door::operators,
     profile_default},
    {"profile remove", "NAME", "Forget it; in maintenance", Door::operators, profile_remove},
    {"profile list", "", "What applications can ask for", Door::operators, profile_list},
    {"pool list", "", "Where units are, and how many are free", Door::operators, pool_list},
    {"pool open", "NAME --in ROOT [--owner PARTY] [--dry-run]", "An empty pool under a root",
     Door::operators, pool_open},
    {"pool allocate", "FROM TO UNITS [--force] [--dry-run]", "Move units between pools of one root",
     Door::operators, pool_allocate},
    {"pool close", "NAME [--keep | --release] [--dry-run]", "End it; its units go to its root",
     Door::operators, pool_close},
    {"pool users", "POOL [NAME... | --file FILE | --everybody]",
     "Who may use it; to change that, in maintenance", Door::operators, pool_users},
    {"party add", "NAME --kind KIND [OPTION...]", "A company, a user or an instance",
     Door::operators, party_add},
    {"party list", "", "Who is of whom, and where units come from", Door::operators, party_list},
    {"party rebind", "NAME TARGET [--source SOURCE] [--drop] [--dry-run]",
     "Another company for a user, or pool for an instance", Door::operators, party_rebind},
    {"party mode", "NAME SOURCE [--dry-run]", "Where its units come from", Door::operators,
     party_mode},
    {"party remove", "NAME [--drop] [--dry-run]", "End all that it holds and owns", Door::operators,
     party_remove},
    {"party state", "NAME [--pool POOL | --profile PROFILE]", "How the pool that it uses stands",
     Door::operators, party_state},
    {"party principal", "DEVICE USER | DEVICE --none", "Whose a device is", Door::operators,
     party_principal},
    {"party principals", "[FILE --device-column COLUMN --user-column COLUMN [OPTION...]] [--csv]",
     "The same of a whole table; without FILE a list", Door::operators, party_principals},
    {"product add", "NAME [--vendor VENDOR] [--model MODEL]", "A product that can be required",
     Door::operators, product_add},
    {"product list", "", "Products, and for whom their rights are counted", Door::operators,
     product_list},
    {"product remove", "NAME [--vendor VENDOR]", "Forget it, where nobody needs it",
     Door::operators, product_remove},
    {"requirement add", "PRODUCT --device DEVICE | --user USER [OPTION...]",
     "Somebody needs a right", Door::operators, requirement_add},
    {"requirement remove", "REQ [--source SOURCE] | --source SOURCE [--product PRODUCT]",
     "Nobody needs it any more", Door::operators, requirement_remove},
    {"requirement confirm", "REQ [--source SOURCE] [--undo]", "It is really needed",
     Door::operators, requirement_confirm},
    {"requirement consolidate", "REQ --behind REQ [OPTION...] | --product PRODUCT [OPTION...]",
     "Count one in the place of both", Door::operators, requirement_consolidate},
    {"requirement entitle", "REQ --license LICENSE", "Cover it by this license", Door::operators,
     requirement_entitle},
    {"requirement change", "REQ --license LICENSE", "Count a device's for its user",
     Door::operators, requirement_change},
    {"requirement import", "FILE --device-column COLUMN | --user-column COLUMN [OPTION...]",
     "The same of a whole table", Door::operators, requirement_import},
    {"requirement list", "[--product PRODUCT] [--status STATUS] [--csv]",
     "What is needed, and by what "
     "it is covered",
     Door::operators, requirement_list},
    {"requirement explain", "REQ", "Why it is covered as it is, or is not", Door::operators,
     requirement_explain},
    {"reconcile", "[--dry-run]", "Look at all requirements again", Door::operators, reconcile},
    {"report compliance", "[--format FORMAT]", "What is owned, used and missing of each product",
     Door::operators, report_compliance},
    {"device add", "[--pool POOL] [--party PARTY] [--profile PROFILE] DEVICE... | --from FILE",
     "Register many at once, all or none", Door::applications, device_add},
    {"device list", "[--party PARTY]", "What you have registered", Door::applications, device_list},
    {"device remove", "[--party PARTY] DEVICE... | --from FILE", "Give them back, all or none",
     Door::applications, device_remove},
    {"plan license", "LICENSE --units UNITS|unlimited | --ends [--at WHEN]",
     "Who would lock if it were for so many", Door::operators, plan_license},
    {"plan allocate", "FROM TO UNITS [--at WHEN]", "The same of units that move", Door::operators,
     plan_allocate},
    {"plan close", "POOL [--release] [--at WHEN]", "The same of a pool that ends", Door::operators,
     plan_close},
    {"plan rebind", "PARTY TARGET [--source SOURCE] [--at WHEN]", "The same of a party that moves",
     Door::operators, plan_rebind},
    {"plan mode", "PARTY SOURCE [--at WHEN]", "The same of another mode", Door::operators,
     plan_mode},
    {"plan remove", "PARTY [--at WHEN]", "The same of a party that goes", Door::operators,
     plan_remove},
    {"plan", "[--at WHEN]", "Who would lock as time passes", Door::operators, plan},
    {"maintenance", "on|off", "Lend nothing new, so that things can be changed", Door::operators,
     maintenance},
    {"export", "[FILE]", "Write down everything but rights and secrets", Door::operators,
     export_description},
    {"import", "FILE [--dry-run]", "Make it as an export says; in maintenance", Door::operators,
     import_description},
    {"key create", "NAME [--role ROLE]", "A secret that lets an application in", Door::operators,
     key_create},
    {"key list", "", "Who has one", Door::operators, key_list},
    {"key revoke", "NAME", "Make it worthless", Door::operators, key_revoke},
    {"certificate create", "NAME [--role ROLE] [--directory DIR]",
     "A key made here, and a certificate for it", Door::operators, certificate_create},
    {"certificate list", "", "Who has one", Door::operators, certificate_list},
    {"certificate revoke", "NAME", "Make it worthless", Door::operators, certificate_revoke},
    {"node", "", "What a vendor needs to sign a license for this host", Door::operators, node},
    {"journal verify", "[FILE] [--head HEAD]", "Whether anything in it was changed or lost",
     Door::nobody, journal_verify},
    {"journal tail", "[FILE] [--turns N]", "What happened last", Door::nobody, journal_tail},
    {"journal export", "[FILE]", "Everything that happened, a line of JSON a turn", Door::nobody,
     journal_export},
    {"doctor", "", "Name, port, TLS, clock, identity, licenses, issuers: what is wrong and the fix",
     Door::operators, doctor},
    {"address", "", "What clients need to find this server: USHER_SERVER", Door::operators,
     address},
});

constexpr int exit_usage = 2;

/// `exit_failed`: where what was typed is understood.
int fail(const Terminal& terminal, const Fault& fault, int exit_failed = 1)
{
    terminal.error(fault.what());
    for (const std::string& hint : fault.hints())
        terminal.hint(hint);
    return fault.kind() == Fault::Kind::usage ? exit_usage : exit_failed;
}

/// What went wrong, for programs; people are told on standard error in either case.
void print_for_programs(const Call& call, const char* kind, const Json& what)
{
    if (call.is_json())
        call.print({{kind, what}}, {});
}

void print_for_programs(const Call& call, const Fault& fault)
{
    print_for_programs(call, "failed", {{"text", fault.what()}, {"cures", fault.hints()}});
}

int obey(const Verb& verb, std::vector<std::string> words, const Terminal& terminal)
{
    Call call(verb, std::move(words), terminal);
    try {
        return verb.obey(call);
    } catch (const CLI::CallForHelp&) {
        terminal.out() << call.options().help() << std::flush;
        return 0;
    } catch (const CLI::ParseError& error) {
        const Fault fault = misuse(error, "usher " + std::string(verb.word) + " --help tells how");
        print_for_programs(call, fault);
        return fail(terminal, fault);
    } catch (const Refused& no) {
        say(terminal, no.refused());
        print_for_programs(call, "refused", refusal_json(no.refused()));
        return verb.exit_failed;
    } catch (const Fault& fault) {
        print_for_programs(call, fault);
        return fail(terminal, fault, verb.exit_failed);
    }
}

int usher(const std::vector<std::string>& words)
{
    const Terminal terminal = Terminal::of_process("usher");
    if (!words.empty() && (words[0] == "--help" || words[0] == "-h" || words[0] == "help")) {
        terminal.out() << help_text(verbs) << std::flush;
        return 0;
    }
    if (!words.empty() && words[0] == "--version") {
        terminal.out() << "usher " USHER_VERSION << std::endl;
        return 0;
    }
    const Verb* const verb = find_verb(verbs, words);
    if (verb == nullptr && words.size() == 2 && (words[1] == "--help" || words[1] == "-h"))
        if (const std::string text = noun_help_text(verbs, words[0]); !text.empty()) {
            terminal.out() << text << std::flush;
            return 0;
        }
    if (verb == nullptr) {
        Misspelling wrong = misspelling(verbs, words);
        return fail(terminal,
                    {std::move(wrong.sentence), std::move(wrong.hints), Fault::Kind::usage});
    }
    const auto rest = words.begin() + static_cast<std::ptrdiff_t>(words_of(*verb));
    return obey(*verb, {rest, words.end()}, terminal);
}

} // namespace
} // namespace usher::tools

int main(int argc, char** argv)
{
    return usher::tools::usher({argv + 1, argv + argc});
}
