#include "daemon/server/queue.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace usher::server {

void Queue::put(std::unique_ptr<Question> question)
{
    const std::uint64_t share = question->share;
    Line& line = lines_[share];
    line.questions.push_back(std::move(question));
    ++waiting_;
    if (line.questions.size() > 1)
        return;
    if (line.weight > 0)
        later_.push_back(share);
    else
        line_up(share, line, fresh_);
}

void Queue::line_up(std::uint64_t share, const Line& line, Shares& light)
{
    const bool is_heavy = line.questions.front()->weight > heavy_weight;
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
    for (const std::uint64_t share : std::exchange(later_, {}))
        line_up(share, lines_.at(share), fresh_);
    std::erase_if(lines_, [](const auto& line) { return line.second.questions.empty(); });
    for (auto& [share, line] : lines_) {
        line.waited = line.questions.size();
        line.weight = 0;
    }
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

/// After one of its questions was served.
void Queue::go_on(std::uint64_t share, Line& line)
{
    line.waited -= std::min<std::size_t>(line.waited, 1);
    if (line.questions.empty())
        return;
    if (line.waited == 0)
        later_.push_back(share);
    else
        line_up(share, line, line.weight >= burst_weight ? spent_ : served_);
}

std::unique_ptr<Question> Queue::next(std::size_t weight_max)
{
    Shares* const shares = first();
    if (shares == nullptr)
        return nullptr;
    const std::uint64_t share = shares->front();
    const auto line = lines_.find(share);
    const std::size_t weight = line->second.questions.front()->weight;
    if (weight_ > 0 && weight_ + weight > weight_max)
        return nullptr;

    shares->pop_front();
    weight_ += weight;
    if (line->second.weight == 0)
        ++shares_in_turn_;
    line->second.weight += weight;
    std::unique_ptr<Question> question = std::move(line->second.questions.front());
    line->second.questions.pop_front();
    --waiting_;
    go_on(share, line->second);
    return question;
}

} // namespace usher::server
