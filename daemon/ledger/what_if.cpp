#include "daemon/ledger/called.hpp"
#include "daemon/ledger/explain.hpp"

#include <algorithm>

/// Each sentence is tried by the random offices (`tests/ledger/what_if_test.cpp`).
namespace usher::ledger {
namespace {

/// Rights that a requirement lacks, or others before it.
struct Missing {
    Units before = 0; ///< What older ones take first.
    Units own = 0;
};

/// Rights of its own product and kind, until all that it needs is covered by them: whatever covers
/// it otherwise gives way (M-R6, M-R8).
Missing missing_of_own(const RequirementRecord& record)
{
    Missing missing;
    const InOrder& list = record.book->wanting[static_cast<std::size_t>(record.id.consumer.kind)];
    for (const auto& [place, one] : list) {
        const Units lacks = one->demand.need - granted_directly(*one);
        (one == &record ? missing.own : missing.before) += lacks;
        if (one == &record)
            return missing;
    }
    return {};
}

/// The same of the license by which it was changed, or others for it: whose product it is comes
/// first.
Missing missing_of(const PaperRecord& license, const RequirementRecord& record,
                   const ProductBook& book)
{
    Missing missing;
    for (const auto& [place, one] : book.wanting[static_cast<std::size_t>(license.pool.model)])
        missing.before += one->demand.need - granted_directly(*one);
    for (const auto& [place, one] : license.wanting) {
        (one == &record ? missing.own : missing.before) += full_need(*one) - granted(*one);
        if (one == &record)
            return missing;
    }
    return {};
}

std::string more(const Missing& missing)
{
    return rights(missing.before + missing.own) + " more";
}

/// Why it is more than it lacks itself.
std::string share(const Missing& missing)
{
    return missing.before == 0 ? "" : ": " + rights(missing.before) + " of them are for older ones";
}

/// Rights of its own product and kind that it would have in the place of those of the license,
/// which goes: who is older takes first what the others have.
Units replaced(const RequirementRecord& record, const GrantRecord& grant)
{
    if (!is_direct(record, *grant.paper))
        return 0; // Were there any, it would have them.
    Units left = 0;
    for (const auto& [number, license] : record.book->licenses)
        if (license != grant.paper && license->pool.model == record.id.consumer.kind)
            left += std::max<Units>(0, license->free_direct());
    for (const auto& [place, one] : grant.paper->direct) {
        if (one == &record)
            break;
        for (const GrantRecord& other : one->grants)
            left -= other.paper == grant.paper ? other.units : 0;
    }
    return std::clamp<Units>(left, 0, grant.units);
}

/// A license of a later product that has rights left, so that it might take the place of `gone`.
const PaperRecord* successor(const RequirementRecord& record, const PaperRecord& gone)
{
    for (const auto& [number, license] : record.book->downgrades) {
        const bool fits =
            license->pool.model == record.id.consumer.kind || license->pool.model == Model::user;
        if (license != &gone && fits && license->free() > 0)
            return license;
    }
    return nullptr;
}

/// Whether who is covered directly by the license that goes may take what covers this one, too.
bool may_lose_more(const RequirementRecord& record, const PaperRecord& gone)
{
    return std::ranges::any_of(record.grants, [&](const GrantRecord& grant) {
        return grant.paper != &gone && !is_direct(record, *grant.paper) &&
               grant.paper->pool.product == gone.pool.product &&
               grant.paper->pool.model == gone.pool.model;
    });
}

class Prospects {
  public:
    Prospects(const Requirements& requirements, const RequirementRecord& record)
        : requirements_(requirements), record_(record),
          own_(record.id.product.name.text + " " + per(record.id.consumer.kind))
    {}

    std::vector<std::string> told() &&
    {
        if (record_.behind)
            say("it " + std::string(counts_alone() ? "counts again" : "does not stand behind it") +
                " where " + name_of(record_.behind->id) + " is required no more (M-R14)");
        else if (record_.tie == Tie::changed)
            of_changed();
        else if (record_.tie != Tie::ordinary)
            of_counted();
        return std::move(told_);
    }

  private:
    void say(std::string sentence) { told_.push_back(std::move(sentence)); }

    /// Without the one behind which it stands.
    [[nodiscard]] bool counts_alone() const
    {
        const Consumer& consumer = record_.id.consumer;
        const auto& by_hand = requirements_.consolidations();
        const auto one = by_hand.find(record_.id);
        const RequirementRecord* const others[] = {
            one == by_hand.end() ? nullptr : requirements_.find(one->second.behind),
            record_.book->behind
                ? requirements_.find(RequirementId{record_.book->behind->behind, consumer})
                : nullptr};
        for (const RequirementRecord* other : others)
            if (other && other != record_.behind && stands_alone(*other))
                return false;
        const bool is_its_users = consumer.kind == Model::device &&
                                  record_.demand.model == Model::user &&
                                  !requirements_.principal_of({consumer.name}).empty();
        return record_.demand.need > 0 && !is_its_users;
    }

    /// A device's that stands behind its user's.
    void of_changed()
    {
        const Missing missing = missing_of_own(record_);
        say("with " + more(missing) + " of " + own_ + " it is per device again (M-R6)" +
            share(missing));
        say("without " + license_text(*record_.trigger) +
            " it is looked at afresh, as a device's (M-Q5)");
    }

    void of_counted()
    {
        const PaperRecord* const by = bound(record_);
        if (is_coverable(record_))
            with_more_of_its_own();
        else if (!record_.changed.empty())
            say("a license of " + own_ +
                " does not cover it: nobody but its devices asks for it (M-R9)");
        if (by && granted(record_) < full_need(record_))
            with_more_of(*by);
        if (by)
            say("without " + license_text(*by) + " it is looked at afresh" +
                (record_.changed.empty() ? " (M-Q5)" : ", and so are its devices (M-Q5)"));
        else
            for (const GrantRecord& grant : record_.grants)
                without(grant);
    }

    void with_more_of_its_own()
    {
        const bool is_changed = record_.trigger || !record_.changed.empty();
        if (granted(record_) >= full_need(record_) && !is_changed)
            return;
        const Missing missing = missing_of_own(record_);
        const std::string with = "with " + more(missing) + " of " + own_ + " ";
        const RequirementRecord* const other =
            is_changed ? requirements_.other_of(record_) : nullptr;
        if (other)
            say(with + "it stands behind " + name_of(other->id) + " (M-R3)" + share(missing));
        else if (!record_.changed.empty())
            say(with + "it is covered, and its devices are per device again (M-R8)" +
                share(missing));
        else
            say(with + "it is covered" + share(missing));
    }

    void with_more_of(const PaperRecord& license)
    {
        const Missing missing =
            missing_of(license, record_, *requirements_.find(license.pool.product));
        say("with " + more(missing) + " of " + license_text(license) + " it has the " +
            rights(missing.own) + " that it lacks now (M-R2)" + share(missing));
    }

    void without(const GrantRecord& grant)
    {
        const Units lacks =
            full_need(record_) - granted(record_) + grant.units - replaced(record_, grant);
        const std::string gone = "without " + license_text(*grant.paper) + " ";
        if (lacks == 0)
            return say(gone + "it is covered all the same, by others of its own product");
        if (const PaperRecord* next = successor(record_, *grant.paper))
            return say(gone + "it may come to " + license_text(*next) + ", which has rights left");
        say(gone + "it lacks " + (may_lose_more(record_, *grant.paper) ? "at least " : "") +
            rights(lacks));
    }

    const Requirements& requirements_;
    const RequirementRecord& record_;
    const std::string own_;
    std::vector<std::string> told_;
};

} // namespace

std::string rights(Units units)
{
    return std::to_string(units) + (units == 1 ? " right" : " rights");
}

std::string per(Model model)
{
    return "per " + std::string(word(model));
}

std::string license_text(const PaperRecord& paper)
{
    return "license " + paper.pool.id.text + " (" + paper.pool.product.name.text + " " +
           per(paper.pool.model) + ")";
}

std::vector<std::string> what_if(const Requirements& requirements, const RequirementRecord& record)
{
    return Prospects(requirements, record).told();
}

} // namespace usher::ledger
