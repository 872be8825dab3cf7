#include "tests/ledger/prospects.hpp"

#include "daemon/ledger/called.hpp"
#include "daemon/ledger/explain.hpp"

#include <memory>
#include <regex>
#include <stdexcept>

namespace usher::ledger::test {
namespace {

/// A copy on which things happen, and one requirement in it.
class World {
  public:
    World(const Requirements& all, const RequirementRecord& of) : all_(all.made_again()), of_(of.id)
    {
        settle();
    }

    Requirements& all() { return *all_; }
    /// Null: nothing is required any more.
    [[nodiscard]] const RequirementRecord* record() const { return all_->find(of_); }

    void settle()
    {
        for (auto step = all_->step(); !step.empty(); step = all_->step())
            for (const Coverage& coverage : step)
                all_->cover(coverage);
    }

    /// Another license of the requirement's own product and kind.
    void bring(Units units)
    {
        PaperPool license{.id = {"brought"},
                          .product = of_.product,
                          .model = of_.consumer.kind,
                          .units = units,
                          .downgrades_to = {}};
        for (const auto& [id, paper] : all_->papers())
            license.number = std::max(license.number, paper.pool.number + 1);
        all_->put(license);
        settle();
    }

    void enlarge(const PoolId& license, Units units)
    {
        PaperPool larger = all_->find(license)->pool;
        larger.units += units;
        all_->put(larger);
        settle();
    }

    void take(const PoolId& license)
    {
        all_->forget(license);
        settle();
    }

    /// Nobody asks for it any more.
    void release(const RequirementId& id)
    {
        const std::vector<Foundation> foundations = all_->find(id)->foundations;
        for (const Foundation& one : foundations)
            all_->remove(id, one.source);
        settle();
    }

  private:
    std::unique_ptr<Requirements> all_;
    RequirementId of_;
};

bool is_covered(const RequirementRecord* one)
{
    return one && status_of(*one) == RequirementStatus::licensed;
}

bool is_covered_by(const RequirementRecord* one, const PoolId& license)
{
    return one && std::ranges::any_of(one->grants, [&](const GrantRecord& grant) {
               return grant.paper->pool.id == license;
           });
}

Units lacks(const RequirementRecord* one)
{
    return one ? full_need(*one) - granted(*one) : -1;
}

using Match = std::smatch;
using Trial = bool (*)(World&, const RequirementRecord& before, const Match& match);

Units number(const Match& match, std::size_t group)
{
    return std::stoll(match[group]);
}

/// What each sentence promises. Anything else is said by nobody.
struct Promise {
    const char* sentence;
    Trial is_so;
};

const Promise promises[] = {
    {R"(with (\d+) rights? more of \S+ per \w+ it is covered(?:: .*)?)",
     [](World& world, const RequirementRecord&, const Match& match) {
         world.bring(number(match, 1));
         return is_covered(world.record());
     }},
    {R"(with (\d+) rights? more of \S+ per \w+ it is covered, and its devices are per device .*)",
     [](World& world, const RequirementRecord&, const Match& match) {
         world.bring(number(match, 1));
         return is_covered(world.record()) && world.record()->changed.empty();
     }},
    {R"(with (\d+) rights? more of \S+ per \w+ it stands behind .*)",
     [](World& world, const RequirementRecord&, const Match& match) {
         world.bring(number(match, 1));
         return world.record() && world.record()->behind;
     }},
    {R"(with (\d+) rights? more of \S+ per device it is per device again .*)",
     [](World& world, const RequirementRecord&, const Match& match) {
         world.bring(number(match, 1));
         return world.record() && !world.record()->trigger;
     }},
    {R"(with (\d+) rights? more of license (\S+) .* it has the (\d+) rights? that it lacks now .*)",
     [](World& world, const RequirementRecord& before, const Match& match) {
         if (number(match, 3) != lacks(&before))
             return false;
         world.enlarge({match[2]}, number(match, 1));
         return world.record() && granted(*world.record()) >= full_need(before);
     }},
    {R"(a license of \S+ per \w+ does not cover it: .*)",
     [](World& world, const RequirementRecord&, const Match&) {
         world.bring(1000);
         return !is_covered_by(world.record(), {"brought"});
     }},
    {R"(without license (\S+) .* it lacks (\d+) rights?)",
     [](World& world, const RequirementRecord&, const Match& match) {
         world.take({match[1]});
         return lacks(world.record()) == number(match, 2);
     }},
    {R"(without license (\S+) .* it lacks at least (\d+) rights?)",
     [](World& world, const RequirementRecord&, const Match& match) {
         world.take({match[1]});
         return lacks(world.record()) >= number(match, 2);
     }},
    {R"(without license (\S+) .* it is covered all the same, .*)",
     [](World& world, const RequirementRecord&, const Match& match) {
         world.take({match[1]});
         return is_covered(world.record());
     }},
    {R"(without license (\S+) .* it may come to license (\S+) .*, which has rights left)",
     [](World& world, const RequirementRecord&, const Match& match) {
         return match[1] != match[2] && world.all().find(PoolId{match[2]})->free() > 0;
     }},
    {R"(without license (\S+) .* it is looked at afresh.*)",
     [](World& world, const RequirementRecord&, const Match& match) {
         world.take({match[1]});
         return !is_covered_by(world.record(), {match[1]});
     }},
    {R"(it counts again where \S+ is required no more .*)",
     [](World& world, const RequirementRecord& before, const Match&) {
         world.release(before.behind->id);
         return world.record() && !world.record()->behind && world.record()->tie != Tie::ordinary;
     }},
    {R"(it does not stand behind it where \S+ is required no more .*)",
     [](World& world, const RequirementRecord& before, const Match&) {
         const RequirementId other = before.behind->id;
         world.release(other);
         const RequirementRecord* const after = world.record();
         return after && (!after->behind || after->behind->id != other);
     }},
};

} // namespace

void Prospects::attempt(const Requirements& requirements, const RequirementRecord& record,
                        const std::string& sentence)
{
    static const std::vector<std::regex> forms = [] {
        std::vector<std::regex> all;
        for (const Promise& promise : promises)
            all.emplace_back(promise.sentence);
        return all;
    }();
    for (std::size_t i = 0; i < forms.size(); ++i) {
        Match match;
        if (!std::regex_match(sentence, match, forms[i]))
            continue;
        ++tried_[promises[i].sentence];
        World world(requirements, record);
        if (!promises[i].is_so(world, record, match))
            throw std::runtime_error("it is not so of " + name_of(record.id) + ": " + sentence);
        return;
    }
    throw std::runtime_error("nobody tries: " + sentence);
}

void Prospects::try_all(const Requirements& requirements)
{
    for (const Promise& promise : promises)
        tried_.try_emplace(promise.sentence, 0);
    for (const auto& [product, book] : requirements.books())
        for (const auto& [consumer, record] : book.requirements)
            if (exists(record))
                for (const std::string& sentence : explain(requirements, record).what_if)
                    attempt(requirements, record, sentence);
}

} // namespace usher::ledger::test
