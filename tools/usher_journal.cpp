#include "tools/usher_journal.hpp"

#include "daemon/journal/history.hpp"
#include "daemon/journal/inspection.hpp"
#include "tools/fault.hpp"
#include "tools/instants.hpp"
#include "tools/journal_json.hpp"

#include <ostream>

namespace usher::tools {
namespace {

/// What the journal says is wrong, as a fault of this floor.
template <class Act>
auto with_our_faults(const Act& act)
{
    try {
        return act();
    } catch (const journal::Fault& fault) {
        throw Fault(fault.what(), {fault.hint()});
    }
}

std::optional<journal::Head> head_from(const std::string& text)
{
    if (text.empty())
        return std::nullopt;
    const auto head = journal::head_from(text);
    if (!head)
        throw Fault("this is not a head: " + text,
                    {"give it as usher journal verify printed it: NUMBER:HEX"}, Fault::Kind::usage);
    return head;
}

std::string instant(ledger::CalendarInstant at)
{
    return instant_text(at.time_since_epoch().count());
}

Json inspection_json(const journal::Inspection& found)
{
    Json json{{"head", to_text(found.head)}, {"turns", found.head.number}, {"facts", found.facts}};
    if (found.head.number > 0) {
        json["first"] = instant(found.first);
        json["last"] = instant(found.last);
    }
    json["snapshot"] = found.snapshot ? Json(*found.snapshot) : Json();
    json["reaches_remembered"] = found.reaches_remembered;
    return json;
}

void print(const journal::Inspection& found, bool is_compared, std::ostream& out)
{
    out << "the journal is whole: " << found.head.number << " turns, " << found.facts << " facts";
    if (found.head.number > 0)
        out << ", " << instant(found.first) << " to " << instant(found.last);
    out << '\n';
    if (found.snapshot)
        out << "the snapshot after turn " << *found.snapshot
            << " is what the turns before it come to\n";
    if (found.reaches_remembered)
        out << "it reaches what usherd remembered beside it\n";
    if (is_compared)
        out << "it reaches the head that was given\n";
    out << "head: " << to_text(found.head) << '\n';
}

} // namespace

std::filesystem::path journal_file(const std::optional<std::filesystem::path>& file,
                                   const std::filesystem::path& state)
{
    return file ? *file : state / "journal.db";
}

int journal_verify(const std::filesystem::path& file, const std::string& head, bool json,
                   std::ostream& out)
{
    const auto expected = head_from(head);
    const auto found = with_our_faults([&] { return journal::inspect(file, expected); });
    if (json)
        out << to_text(inspection_json(found)) << '\n';
    else
        print(found, expected.has_value(), out);
    out.flush();
    return 0;
}

int journal_tail(const std::filesystem::path& file, std::uint64_t turns, bool json,
                 std::ostream& out)
{
    with_our_faults([&] {
        journal::History history(file);
        const std::uint64_t last = history.last_number();
        history.walk(last > turns ? last - turns : 0, [&](const journal::Turn& turn) {
            out << (json ? to_text(turn_json(turn)) + "\n" : turn_text(turn));
        });
    });
    out.flush();
    return 0;
}

int journal_export(const std::filesystem::path& file, std::ostream& out)
{
    return journal_tail(file, UINT64_MAX, true, out);
}

} // namespace usher::tools
