#include "tools/terminal.hpp"

#include <cstdlib>
#include <iostream>
#include <unistd.h>
#include <utility>

namespace usher::tools {
namespace {

/// https://no-color.org: set to anything but nothing.
bool is_set(const char* name)
{
    const char* const value = std::getenv(name);
    return value != nullptr && *value != '\0';
}

bool is_dumb()
{
    const char* const term = std::getenv("TERM");
    return term == nullptr || std::string_view(term) == "dumb";
}

} // namespace

Terminal::Terminal(std::string program, std::ostream& out, std::ostream& err)
    : program_(std::move(program)), out_(&out), err_(&err)
{}

Terminal Terminal::of_process(std::string program)
{
    Terminal terminal(std::move(program), std::cout, std::cerr);
    terminal.color(Color::automatic);
    return terminal;
}

void Terminal::error(std::string_view sentence) const
{
    say("error: ", sentence);
}

void Terminal::hint(std::string_view sentence) const
{
    say("hint: ", sentence);
}

void Terminal::warning(std::string_view sentence) const
{
    say("warning: ", sentence);
}

void Terminal::remark(std::string_view sentence) const
{
    say("", sentence);
}

void Terminal::color(Color color)
{
    const bool is_person = out_ == &std::cout && ::isatty(STDOUT_FILENO) == 1;
    is_colored_ = color == Color::always ||
                  (color == Color::automatic && is_person && !is_set("NO_COLOR") && !is_dumb());
}

void Terminal::say(std::string_view kind, std::string_view sentence) const
{
    // One write a line, so that the lines of two programs do not mix; and what was said before
    // comes first where both streams are one.
    out_->flush();
    *err_ << program_ + ": " + std::string(kind) + std::string(sentence) + "\n" << std::flush;
}

} // namespace usher::tools
