#include "daemon/server/queue.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace usher::server {

void Queue::put(Question question)
{
    const std::uint64_t share = question.share;
    const auto [line, is_new] = lines_.try_emplace(share);
    line->second.questions.push_back(std::move(question));
    if (is_new)
        line_up(share, line->second, fresh_);
}

void Queue::line_up(std::uint64_t share, const Line& line, Shares& light)
{
    const bool is_heavy = weight_of(line.questions.front().command) > heavy_weight;
    (is_heavy ? heavy_ : light).push_back(share);
}

/// Who was served last in the last turn is served last in this one, too, so that nobody is passed
/// by again and again.
void Queue::begin_turn()
{
    std::ranges::move(served_, std::back_inserter(fresh_));
    std::ranges::move(spent_, std::back_inserter(fresh_));
    served_.clear();
    spent_.clear();
    for (auto& [share, line] : lines_)
        line.weight = 0;
    shares_in_turn_ = 0;
    weight_ = 0;
}

/// Where one share asks alone, its turn is as long as a turn may be.
Queue::Shares* Queue::first()
{
    const bool light_wait = !fresh_.empty() || !served_.empty();
    if (weight_ == 0)
        was_heavy_ = !heavy_.empty() && !(was_heavy_ && light_wait);
    if (weight_ == 0 && was_heavy_)
        return &heavy_;
    if (light_wait)
        return fresh_.empty() ? &served_ : &fresh_;
    return !spent_.empty() && shares_in_turn_ == 1 && heavy_.empty() ? &spent_ : nullptr;
}

std::optional<Question> Queue::next(std::size_t weight_max)
{
    Shares* const shares = first();
    if (shares == nullptr)
        return std::nullopt;
    const std::uint64_t share = shares->front();
    const auto line = lines_.find(share);
    const std::size_t weight = weight_of(line->second.questions.front().command);
    if (weight_ > 0 && weight_ + weight > weight_max)
        return std::nullopt;

    shares->pop_front();
    weight_ += weight;
    if (line->second.weight == 0)
        ++shares_in_turn_;
    line->second.weight += weight;
    Question question = std::move(line->second.questions.front());
    line->second.questions.pop_front();
    if (line->second.questions.empty())
        lines_.erase(line);
    else
        line_up(share, line->second, line->second.weight >= burst_weight ? spent_ : served_);
    return question;
}

} // namespace usher::server
