#include "tools/misuse.hpp"

#include "tools/printable.hpp"

#include <cctype>
#include <utility>

namespace usher::tools {

Fault misuse(const CLI::ParseError& error, std::string hint)
{
    std::string sentence = error.what();
    // An option or a name at the beginning stays as it is; a word that is only begun large does
    // not.
    if (sentence.size() > 1 && std::islower(static_cast<unsigned char>(sentence[1])) != 0)
        sentence[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(sentence[0])));
    while (sentence.ends_with('.') || sentence.ends_with('\n'))
        sentence.pop_back();
    return {printable(sentence), {std::move(hint)}, Fault::Kind::usage};
}

} // namespace usher::tools
