#include "client/inquiries.hpp"

#include "client/holdings.hpp"

#include <algorithm>
#include <utility>

namespace usher::client {
namespace {

bool is_under_way(const Inquiry& inquiry)
{
    return !inquiry.is_due && !inquiry.answer && inquiry.sent != Instant();
}

} // namespace

InquiryNumber Inquiries::add(v1::Request request, Duration allowance)
{
    Inquiry inquiry{.request = std::move(request), .allowance = allowance, .answer = {}};
    inquiries_.emplace(++last_number_, std::move(inquiry));
    return last_number_;
}

const Inquiry* Inquiries::find(InquiryNumber number) const
{
    const auto found = inquiries_.find(number);
    return found == inquiries_.end() ? nullptr : &found->second;
}

Heartbeat::Needs Inquiries::needs() const
{
    Heartbeat::Needs needs;
    for (const auto& [number, inquiry] : inquiries_) {
        needs.line = needs.line || !inquiry.answer;
        if (is_under_way(inquiry))
            needs.unanswered = std::min(needs.unanswered.value_or(Instant::max()),
                                        inquiry.sent + inquiry.allowance);
    }
    return needs;
}

void Inquiries::ask_anew() noexcept
{
    forget_questions();
    for (auto& [number, inquiry] : inquiries_)
        inquiry.is_due = !inquiry.answer;
}

void Inquiries::forget_questions() noexcept
{
    for (auto& [number, inquiry] : inquiries_) {
        inquiry.asked.reset();
        inquiry.sent = {};
    }
}

std::optional<InquiryNumber> Inquiries::next() const
{
    const auto under_way = std::ranges::count_if(
        inquiries_, [](const auto& entry) { return is_under_way(entry.second); });
    if (std::cmp_greater_equal(under_way, unanswered_max))
        return std::nullopt;
    const auto found =
        std::ranges::find_if(inquiries_, [](const auto& entry) { return entry.second.is_due; });
    return found == inquiries_.end() ? std::nullopt : std::optional(found->first);
}

v1::Request Inquiries::begin(InquiryNumber number, Instant now)
{
    Inquiry& inquiry = inquiries_.at(number);
    v1::Request request = inquiry.request;
    inquiry.is_due = false;
    inquiry.sent = now;
    ++inquiry.times_sent;
    return request;
}

void Inquiries::sent(InquiryNumber number, std::uint64_t request)
{
    if (const auto found = inquiries_.find(number); found != inquiries_.end())
        found->second.asked = request;
}

bool Inquiries::take(const v1::Response& response)
{
    if (response.id() == 0)
        return false;
    const auto found = std::ranges::find_if(
        inquiries_, [&](const auto& entry) { return entry.second.asked == response.id(); });
    if (found == inquiries_.end())
        return false;
    Inquiry& inquiry = found->second;
    if (!is_ending(response))
        inquiry.answer = response;
    inquiry.asked.reset();
    inquiry.sent = {};
    return true;
}

} // namespace usher::client
