#pragma once

#include "tools/issuer/judge.hpp"
#include "tools/issuer/record.hpp"
#include "tools/vendor_secret.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <variant>

/// The issuer: judges what is brought, writes it down, and signs the answer. Online or by file it
/// is the same. One thread at a time.
namespace usher::issuer {

class Issuer {
  public:
    /// Both outlive it.
    Issuer(const tools::VendorSecret& vendor, Record& record) : vendor_(vendor), record_(record) {}

    /// Answers a document of a host: a request by an activation, a transfer request by a ticket, a
    /// showing or a receipt by an answer. DOCUMENT_INVALID where it is none of these, or changed;
    /// else what `judge` refuses. The same document again has its effect once. `who` stands in the
    /// audit.
    [[nodiscard]] std::variant<std::string, Refusal> answer(std::string_view document, Instant now,
                                                            const std::string& who);

    // By the vendor's own people. Each stands in the audit; the codes do not.

    /// Sells, or sells otherwise, what stands under its number: a fresh code, and older ones are
    /// void. What is active stays so.
    [[nodiscard]] std::string sell(const Sold& sold, Instant now, const std::string& who);
    /// A fresh code for what was sold; UNKNOWN_LICENSE.
    [[nodiscard]] std::variant<std::string, Refusal>
    renew_code(const std::string& license, Instant now, const std::string& who);
    /// Ends what is active on a host that is lost, so that another may have it; that is no
    /// transfer. What is active nowhere after a transfer is freed from their limit alike. Says on
    /// which host it was. UNKNOWN_LICENSE; NOT_ACTIVE_HERE where there is nothing of either.
    [[nodiscard]] std::variant<std::string, Refusal> release(const std::string& license,
                                                             Instant now, const std::string& who);
    /// A code by which another host is active for 7 days, whatever the lost one does.
    /// UNKNOWN_LICENSE.
    [[nodiscard]] std::variant<std::string, Refusal> emergency(const std::string& license,
                                                               Instant now, const std::string& who);

  private:
    using Answer = std::variant<std::string, Refusal>;
    Answer answer(const trust::ActivationRequest& request, Instant now, const std::string& who);
    Answer answer(const trust::TransferRequest& request, Instant now, const std::string& who);
    Answer answer(const trust::Receipt& receipt, std::string_view text, Instant now,
                  const std::string& who);
    Answer answer(const trust::Showing& showing, Instant now, const std::string& who);

    /// In one decision: what `rule` says of what was sold under `license`; UNKNOWN_LICENSE.
    Answer decide_about(const std::string& license, const std::function<Answer(Account&)>& rule);
    Answer give(Account& account, Ruling ruling, const trust::NodeLockTerms& lock,
                const std::string& who, const std::string& host, Instant now);
    std::string activation(const Account& account, const Grant& grant,
                           const trust::NodeLockTerms& lock);
    std::optional<Refusal> take(const trust::Receipt& receipt, std::string_view text, Instant now,
                                const std::string& who);
    std::string say(const std::string& license, std::uint64_t number, const trust::Nonce& nonce,
                    bool active, Instant now) const;
    void note_refusal(const Account& account, const Refusal& no, const std::string& host,
                      const std::string& who, Instant now);

    const tools::VendorSecret& vendor_;
    Record& record_;
};

} // namespace usher::issuer
