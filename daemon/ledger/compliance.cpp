#include "daemon/ledger/called.hpp"

#include <algorithm>
#include <map>

/// What is owned, used and missing of each product.
namespace usher::ledger {
namespace {

/// By product, then by whom its rights are counted for.
using Rows = std::map<std::pair<ProductId, Model>, ComplianceRow>;

ComplianceRow& row_of(Rows& rows, const ProductId& product, Model model)
{
    ComplianceRow& row = rows[{product, model}];
    row.product = product;
    row.model = model;
    return row;
}

void count(Rows& rows, const PaperRecord& paper)
{
    ComplianceRow& row = row_of(rows, paper.pool.product, paper.pool.model);
    row.owned += paper.pool.units;
    row.unlimited |= paper.pool.unlimited;
    row.used += paper.granted;
    row.free += paper.pool.unlimited ? 0 : std::max<Units>(0, paper.free());
}

/// A requirement is of the row of its consumer, for whom its rights are counted in the end.
void count(Rows& rows, const RequirementRecord& record)
{
    if (!exists(record))
        return;
    const RequirementStatus status = status_of(record);
    ComplianceRow& row = row_of(rows, record.id.product, record.id.consumer.kind);
    if (status == RequirementStatus::unconfirmed) {
        ++row.unconfirmed;
        return;
    }
    row.changes += record.trigger ? 1 : 0;
    if (status == RequirementStatus::consolidated)
        return;
    ++row.requirements;
    row.needed += full_need(record);
    row.shortfall += full_need(record) - granted(record);
    for (const GrantRecord& grant : record.grants)
        row.downgrades += is_direct(record, *grant.paper) ? 0 : grant.units;
}

} // namespace

Verdict decide(const State& state, const ReportCompliance&, Now)
{
    Rows rows;
    for (const auto& [id, paper] : state.requirements.papers())
        count(rows, paper);
    for (const auto& [id, book] : state.requirements.books())
        for (const auto& [consumer, record] : book.requirements)
            count(rows, record);
    Compliance answer;
    for (auto& [key, row] : rows)
        answer.rows.push_back(std::move(row));
    return {std::move(answer), {}};
}

} // namespace usher::ledger
