#include "tests/ledger/words.hpp"

#include <utility>

namespace usher::ledger::test {

std::vector<std::string> split(const std::string& text, const std::string& separator)
{
    std::vector<std::string> parts;
    std::size_t start = 0;
    for (std::size_t end = 0; end != std::string::npos; start = end + separator.size()) {
        end = text.find(separator, start);
        parts.push_back(text.substr(start, end - start));
    }
    return parts;
}

std::vector<std::string> words_of(const std::string& text)
{
    std::istringstream in(text);
    std::vector<std::string> words;
    for (std::string word; in >> word;)
        words.push_back(word);
    return words;
}

std::string next(std::istringstream& words)
{
    std::string word;
    if (!(words >> word))
        throw std::runtime_error("the line ends too soon");
    return word;
}

std::string rest(std::istringstream& words)
{
    std::string text;
    std::getline(words >> std::ws, text);
    text.erase(text.find_last_not_of(' ') + 1);
    return text;
}

Duration duration(const std::string& text)
{
    std::size_t digits = 0;
    const auto number = std::stoll(text, &digits);
    const std::string unit = text.substr(digits);
    for (const auto& [name, one] : std::initializer_list<std::pair<const char*, Duration>>{
             {"ms", 1ms}, {"s", 1s}, {"m", 1min}, {"h", 1h}, {"d", 24h}})
        if (unit == name)
            return number * one;
    throw std::runtime_error(text + " is no duration");
}

std::optional<std::set<UserName>> users(const std::string& text)
{
    if (text == "everybody")
        return std::nullopt;
    std::set<UserName> names;
    if (text != "nobody")
        for (const std::string& name : split(text, ","))
            names.insert({name});
    return names;
}

} // namespace usher::ledger::test
