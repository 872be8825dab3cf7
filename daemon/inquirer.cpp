#include "daemon/inquirer.hpp"

#include <algorithm>
#include <limits>
#include <utility>
#include <variant>

namespace usher::daemon {
namespace {

/// No hall gives it to a connection, and it is not the clerk's.
constexpr ledger::ConnectionId inquirer_id{std::numeric_limits<std::uint64_t>::max() - 1};

} // namespace

std::optional<ledger::Answer> Inquirer::ask(server::Desk& desk, ledger::Command command,
                                            std::chrono::milliseconds time_max)
{
    using Clock = std::chrono::steady_clock;
    const auto until = Clock::now() + time_max;
    desk.ask({inquirer_id, ++asked_, std::move(command)});
    for (;;) {
        if (auto answer = letter())
            return answer;
        const auto left = std::chrono::ceil<std::chrono::microseconds>(until - Clock::now());
        if (left.count() <= 0)
            return std::nullopt;
        bell_.sleep(left);
    }
}

void Inquirer::receive(std::vector<server::Letter>& letters)
{
    const auto is_mine = [](const server::Letter& letter) { return letter.to == inquirer_id; };
    if (std::ranges::none_of(letters, is_mine)) [[likely]]
        return;
    for (server::Letter& letter : letters)
        if (is_mine(letter))
            inbox_.put(std::move(letter));
    std::erase_if(letters, is_mine);
    bell_.ring();
}

/// The answer to the last question, if it has come; one that came too late is nobody's.
std::optional<ledger::Answer> Inquirer::letter()
{
    std::vector<server::Letter> letters;
    inbox_.take_all(letters);
    for (server::Letter& letter : letters)
        if (letter.request == asked_)
            return std::get<ledger::Answer>(std::move(letter.text));
    return std::nullopt;
}

} // namespace usher::daemon
