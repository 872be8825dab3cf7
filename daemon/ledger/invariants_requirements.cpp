#include "daemon/ledger/called.hpp"
#include "daemon/ledger/paper.hpp"
#include "daemon/ledger/walk.hpp"

#include <algorithm>

namespace usher::ledger {
/// I10 to I13, and that what is derived is what the facts say.
void Walk::requirements()
{
    const Requirements& here = state_.requirements;
    const bool is_settled = !stands_still(state_.mode);
    for (const auto& [id, paper] : here.papers()) {
        const PoolRecord* pool = state_.find_pool(id);
        expect(pool && is_paper(*pool), "a license on paper has its pool", id.text);
        expect(!is_settled || paper.pool.unlimited || paper.granted <= paper.pool.units,
               "I10 rights: no more is granted than there is", id.text);
    }
    for (const auto& [product, book] : here.books())
        for (const auto& [consumer, one] : book.requirements) {
            const std::string name = name_of(one.id);
            const PaperRecord* by = bound(one);
            const bool is_direct_now = granted_directly(one) > 0;
            if (!is_settled)
                continue;
            expect(!one.trigger || one.demand.model == Model::device,
                   "I11 trigger: only what was per device was changed", name);
            expect(!by || std::ranges::all_of(one.grants,
                                              [&](const auto& grant) { return grant.paper == by; }),
                   "I11 trigger: nothing else covers it", name);
            expect(!one.trigger || consumer.kind == Model::user || !has_free_direct(one),
                   "I11 trigger: no license of its own could cover it", name);
            expect(!is_direct_now || one.changed.empty(),
                   "I12 no mix: who is covered directly has nobody behind him by a change", name);
            const bool wants = is_coverable(one) && granted_directly(one) < one.demand.need;
            expect(!wants || !has_free_direct(one),
                   "I12 no mix: a free license of its own is taken first", name);
        }
    const auto again = here.made_again();
    for (const auto& [product, book] : here.books()) {
        const ProductBook* other = again->find(product);
        std::size_t count = 0;
        for (const auto& [consumer, one] : book.requirements) {
            const RequirementRecord* same = again->find(one.id);
            expect(same && same->demand == one.demand && same->tie == one.tie &&
                       same->needs == one.needs && coverage_of(*same) == coverage_of(one) &&
                       (same->behind != nullptr) == (one.behind != nullptr) &&
                       same->listings.size() == one.listings.size(),
                   "a requirement stands as its facts say", name_of(one.id));
            ++count;
        }
        expect(!other || other->requirements.size() == count, "no requirement is missing",
               product.name.text);
        const auto sizes = [](const ProductBook& of) {
            return std::array{of.wanting[0].size(), of.wanting[1].size(), of.lacking[0].size(),
                              of.lacking[1].size(), of.courts.size(),     of.licenses.size(),
                              of.downgrades.size()};
        };
        expect(!other || sizes(*other) == sizes(book), "the lists of a product are whole",
               product.name.text);
    }
    again->look_at_all();
    expect(!is_settled || again->step().empty(), "I13 fixpoint: nothing is left to reconcile", "");
}

} // namespace usher::ledger
