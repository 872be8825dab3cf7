#include "tools/verb.hpp"

#include "tools/printable.hpp"

#include <algorithm>
#include <numeric>

namespace usher::tools {
namespace {

std::string_view noun_of(const Verb& verb)
{
    return verb.word.substr(0, verb.word.find(' '));
}

/// How many letters must be put in, taken out, replaced or swapped with their neighbour.
std::size_t distance(std::string_view from, std::string_view to)
{
    std::vector<std::vector<std::size_t>> least(from.size() + 1,
                                                std::vector<std::size_t>(to.size() + 1));
    std::iota(least[0].begin(), least[0].end(), std::size_t{0});
    for (std::size_t i = 1; i <= from.size(); ++i) {
        least[i][0] = i;
        for (std::size_t j = 1; j <= to.size(); ++j) {
            const std::size_t replaced = least[i - 1][j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1);
            least[i][j] = std::min({replaced, least[i - 1][j] + 1, least[i][j - 1] + 1});
            if (i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1])
                least[i][j] = std::min(least[i][j], least[i - 2][j - 2] + 1);
        }
    }
    return least[from.size()][to.size()];
}

/// The verb whose words are nearest to `typed`, where it is near enough to have been meant.
const Verb* nearest(std::span<const Verb> verbs, std::string_view typed)
{
    const auto far = [&](const Verb& verb) { return distance(typed, verb.word); };
    const auto found = std::ranges::min_element(verbs, {}, far);
    if (found == verbs.end() || far(*found) > std::max<std::size_t>(1, typed.size() / 3))
        return nullptr;
    return &*found;
}

std::string usage_of(const Verb& verb)
{
    return "usher " + std::string(verb.word) + (verb.arguments.empty() ? "" : " ") +
           std::string(verb.arguments);
}

std::string line_of(const Verb& verb)
{
    constexpr std::size_t usage_columns_max = 44;
    std::string text = "  " + usage_of(verb);
    const std::size_t columns = tools::columns_of(text);
    if (columns + 2 > usage_columns_max)
        text += "\n" + std::string(usage_columns_max, ' ');
    else
        text.append(usage_columns_max - columns, ' ');
    return text + std::string(verb.help) + "\n";
}

} // namespace

std::size_t words_of(const Verb& verb)
{
    return verb.word.find(' ') == std::string_view::npos ? 1 : 2;
}

const Verb* find_verb(std::span<const Verb> verbs, std::span<const std::string> words)
{
    const auto begins = [&](const Verb& verb) {
        if (words.empty())
            return false;
        if (words_of(verb) == 1)
            return words[0] == verb.word;
        return words.size() > 1 && words[0] + " " + words[1] == verb.word;
    };
    const auto found = std::ranges::find_if(verbs, begins);
    return found == verbs.end() ? nullptr : &*found;
}

Misspelling misspelling(std::span<const Verb> verbs, std::span<const std::string> words)
{
    if (words.empty())
        return {"say what to do", {"usher --help lists all verbs"}};
    const bool is_option = words.size() < 2 || words[1].starts_with('-');
    const std::string typed = is_option ? words[0] : words[0] + " " + words[1];

    // A noun alone, or with a verb that it does not have: all that it has are few enough to be
    // shown.
    std::vector<std::string> hints;
    for (const Verb& verb : verbs)
        if (noun_of(verb) == words[0])
            hints.push_back(usage_of(verb));
    if (!hints.empty()) {
        if (const Verb* const meant = nearest(verbs, typed))
            hints = {"did you mean: " + usage_of(*meant)};
        return {is_option ? printable(words[0]) + ": say what to do with it"
                          : "unknown verb: " + printable(cut(typed, 60)),
                std::move(hints)};
    }
    const Verb* meant = nearest(verbs, typed);
    if (meant == nullptr)
        meant = nearest(verbs, words[0]);
    if (meant != nullptr)
        hints.push_back("did you mean: " + usage_of(*meant));
    hints.emplace_back("usher --help lists all verbs");
    return {"unknown verb: " + cut(printable(words[0]), 60), std::move(hints)};
}

std::string noun_help_text(std::span<const Verb> verbs, std::string_view noun)
{
    std::string text;
    for (const Verb& verb : verbs)
        if (noun_of(verb) == noun)
            text += line_of(verb);
    return text.empty() ? text : text + "\n`usher VERB --help` tells the options of a verb.\n";
}

std::string help_text(std::span<const Verb> verbs)
{
    std::string text = "usher shows people to their seats.\n\n";
    for (const Verb& verb : verbs)
        text += line_of(verb);
    return text + R"(
`usher VERB --help` tells the options of a verb; each has --json, for programs.

Where the daemon is:
  USHER_SERVER      usher://HOST:PORT/?ca=sha256:HEX, as `usher address` prints it: for checkout,
                    checkin, renew, run and devices; for other verbs it must be given by --server
  USHER_SOCKET      the operators' local socket, by default /run/usher/usherd.sock
  USHER_KEY         the key of `usher key create`
  USHER_VENDOR_KEY  usher-vendor:NAME:KEY: the server must prove to be that vendor's customer

Exit codes: 0 done; 1 refused, or failed; 2 not understood; 3 of `usher plan` and --dry-run:
somebody would be locked. `usher run` gives its command's own, 125 where no seat could be had, 126
and 127 where the command could not be run or found.
)";
}

} // namespace usher::tools
