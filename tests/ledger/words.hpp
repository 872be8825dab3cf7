#pragma once

#include "tests/ledger/scene.hpp"

#include <initializer_list>
#include <optional>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

/// The words of a table's line. What cannot be read throws a sentence.
namespace usher::ledger::test {

std::vector<std::string> split(const std::string& text, const std::string& separator);
std::vector<std::string> words_of(const std::string& text);
std::string next(std::istringstream& words);
std::string rest(std::istringstream& words);

/// `44s`, `2m`, `30d`, `500ms`.
Duration duration(const std::string& text);

/// `everybody`, `nobody`, or names with commas.
std::optional<std::set<UserName>> users(const std::string& text);

template <class Word>
Word word_of(const std::string& text, std::initializer_list<Word> all)
{
    for (const Word one : all)
        if (word(one) == text)
            return one;
    throw std::runtime_error(text + " is no word for this");
}

} // namespace usher::ledger::test
