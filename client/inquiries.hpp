#pragma once

#include "client/clock.hpp"
#include "client/heartbeat.hpp"
#include "protocol/usher.pb.h"

#include <cstdint>
#include <map>
#include <optional>

namespace usher::client {

/// Names a question within one application; from 1, never used twice.
using InquiryNumber = std::uint64_t;

/// A question whose answer a call waits for.
struct Inquiry {
    v1::Request request;
    Duration allowance{}; ///< Its answer may take so much longer than others'.
    std::optional<v1::Response> answer;
    bool is_due = true;                 ///< To be sent on this connection.
    unsigned times_sent = 0;            ///< More than once: an answer was lost.
    std::optional<std::uint64_t> asked; ///< As this request of this connection.
    Instant sent{};
};

/// Questions beside those about seats: each is asked again, on one connection after the other,
/// until it is answered or nobody waits any more. So what is asked must be such that its effect is
/// the same once and twice. Pure: nothing waits here. One thread at a time.
class Inquiries {
  public:
    /// On their way at once; the others wait their turn.
    static constexpr std::size_t unanswered_max = 16;

    InquiryNumber add(v1::Request request, Duration allowance);
    /// Nobody waits for it any more. What comes to answer it is nobody's then.
    void forget(InquiryNumber number) { inquiries_.erase(number); }
    /// Null: it was forgotten.
    [[nodiscard]] const Inquiry* find(InquiryNumber number) const;

    [[nodiscard]] Heartbeat::Needs needs() const;
    /// What was not answered is asked again: the connection is a fresh one, or its server decides
    /// from now on.
    void ask_anew() noexcept;
    /// What was asked will not be answered on this connection.
    void forget_questions() noexcept;

    /// What has to be asked next; none: nothing now.
    [[nodiscard]] std::optional<InquiryNumber> next() const;
    /// It is on its way from now on; and went out as `request`.
    v1::Request begin(InquiryNumber number, Instant now);
    void sent(InquiryNumber number, std::uint64_t request);

    /// Whether this answers one of them.
    bool take(const v1::Response& response);

  private:
    std::map<InquiryNumber, Inquiry> inquiries_;
    InquiryNumber last_number_ = 0;
};

} // namespace usher::client
