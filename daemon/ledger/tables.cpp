#include "daemon/ledger/called.hpp"

#include <algorithm>
#include <numeric>

/// Many rows at once: foundations, and whose devices are. A table that is longer than a request
/// comes in several: what came is kept for its connection, and all of it is put by the last one.
namespace usher::ledger {
namespace {

std::string count_text(std::size_t count, const std::string& what)
{
    return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

Refusal at_row(Refusal refusal, std::size_t row)
{
    refusal.row = static_cast<Units>(row);
    return refusal;
}

std::size_t size_of(const KeptRows& table)
{
    return std::visit([](const auto& rows) { return rows.size(); }, table);
}

/// Rows that came before those of the command; null: none.
template <class Rows>
const Rows* kept_for(const State& state, const TablePart& part, const Rows&)
{
    const auto table = state.tables.find(part.connection);
    return table == state.tables.end() ? nullptr : std::get_if<Rows>(&table->second);
}

std::optional<Refusal> why_not_kept(const State& state, const TablePart& part, const KeptRows& rows)
{
    if (!part.connection)
        return refuse(Code::bad_request, {}, "rows are kept for a connection, and this is none");
    const auto own = state.tables.find(part.connection);
    if (own != state.tables.end() && own->second.index() != rows.index())
        return refuse(Code::bad_request, {},
                      "this connection has a table of another kind that is not put yet");
    const std::size_t kept = std::accumulate(
        state.tables.begin(), state.tables.end(), std::size_t{0},
        [](std::size_t sum, const auto& table) { return sum + size_of(table.second); });
    if (kept + size_of(rows) > kept_rows_max)
        return refuse(Code::limit_reached, {},
                      "rows of tables that are not put yet would be " +
                          std::to_string(kept + size_of(rows)) + ", and may be " +
                          std::to_string(kept_rows_max) + ", those of all connections together");
    return std::nullopt;
}

/// What rows of foundations come to, one after another.
class Foundations {
  public:
    Foundations(const State& state, Identity by, std::size_t rows)
        : state_(state), by_(std::move(by)), seq_(state.requirements.last_seq())
    {
        verdict_.facts.reserve(rows);
    }

    std::optional<Refusal> add(const PutFoundations::Row& row);
    Verdict verdict() &&;

  private:
    using Products = std::map<ProductCall, std::variant<ProductId, Refusal>>;

    [[nodiscard]] const std::variant<ProductId, Refusal>& product(const ProductCall& call);
    std::optional<Refusal> note(const RequirementId& of, const PutFoundations::Row& row);
    std::optional<Refusal> put(Foundation foundation);

    struct Seen {
        std::size_t number = 0;
        const PutFoundations::Row* row = nullptr;
    };

    const State& state_;
    const Identity by_;
    Products products_; ///< Of ten thousand one name is found by a walk: once a table, not a row.
    std::map<std::pair<RequirementId, std::string_view>, Seen> seen_;
    std::map<RequirementId, std::size_t> counts_; ///< Of its foundations, with those to come.
    std::size_t rows_ = 0;
    std::uint64_t seq_;
    std::size_t new_ = 0;
    std::size_t other_ = 0;
    Verdict verdict_{Done{}, {}};
};

const std::variant<ProductId, Refusal>& Foundations::product(const ProductCall& call)
{
    auto known = products_.find(call);
    if (known == products_.end())
        known = products_.emplace(call, called(state_, call)).first;
    return known->second;
}

std::optional<Refusal> Foundations::add(const PutFoundations::Row& row)
{
    ++rows_;
    const auto& found = product(row.of.product);
    if (const auto* refusal = std::get_if<Refusal>(&found))
        return *refusal;
    const RequirementId of{std::get<ProductId>(found), row.of.consumer};
    if (row.number < 1 || row.number > units_max) {
        Refusal refusal = refuse(Code::bad_quantity, name_of(of));
        refusal.want = row.number;
        return refusal;
    }
    const auto [seen, is_first] = seen_.try_emplace({of, row.source}, Seen{rows_, &row});
    if (!is_first) {
        const PutFoundations::Row& first = *seen->second.row;
        if (first.model == row.model && first.number == row.number &&
            first.confirmed == row.confirmed)
            return std::nullopt;
        return refuse(Code::bad_request, name_of(of),
                      "row " + std::to_string(seen->second.number) +
                          " is by the same source for the same consumer, and says otherwise");
    }
    const std::optional<Model> usual = state_.products.at(of.product).model;
    return put({.of = of,
                .source = row.source,
                .model = row.model.value_or(usual.value_or(of.consumer.kind)),
                .number = row.number,
                .confirmed = row.confirmed});
}

std::optional<Refusal> Foundations::put(Foundation foundation)
{
    const RequirementRecord* record = state_.requirements.find(foundation.of);
    const Foundation* before = record ? foundation_by(*record, foundation.source) : nullptr;
    std::size_t& each =
        counts_.try_emplace(foundation.of, record ? record->foundations.size() : 0).first->second;
    each += before ? 0 : 1;
    if (each > foundations_each_max)
        return refuse(Code::limit_reached, name_of(foundation.of),
                      name_of(foundation.of) + " has " + std::to_string(foundations_each_max) +
                          " foundations already");
    foundation.seq = before ? before->seq : ++seq_;
    if (before && *before == foundation)
        return std::nullopt;
    ++(before ? other_ : new_);
    verdict_.facts.emplace_back(FoundationPut{std::move(foundation), by_});
    return std::nullopt;
}

Verdict Foundations::verdict() &&
{
    const std::size_t after = state_.requirements.foundations() + new_;
    if (after > foundations_max)
        return no(refuse(Code::limit_reached, {},
                         std::to_string(after) + " foundations would be known, and at most " +
                             std::to_string(foundations_max) + " are"));
    auto& changes = std::get<Done>(verdict_.answer).changes;
    if (new_ > 0)
        changes.push_back(count_text(new_, "foundation") + " new");
    if (other_ > 0)
        changes.push_back(count_text(other_, "foundation") + " changed");
    return std::move(verdict_);
}

/// The same of devices.
class Principals {
  public:
    Principals(const State& state, Identity by, std::size_t rows)
        : state_(state), by_(std::move(by))
    {
        verdict_.facts.reserve(rows);
    }

    std::optional<Refusal> add(const SetPrincipals::Row& row);
    Verdict verdict() &&;

  private:
    const State& state_;
    const Identity by_;
    std::map<DeviceName, std::pair<std::size_t, UserName>> seen_;
    std::size_t rows_ = 0;
    std::size_t new_ = 0;
    Verdict verdict_{Done{}, {}};
};

std::optional<Refusal> Principals::add(const SetPrincipals::Row& row)
{
    ++rows_;
    const auto [seen, is_first] = seen_.try_emplace(row.device, rows_, row.user);
    if (!is_first) {
        if (seen->second.second == row.user)
            return std::nullopt;
        return refuse(Code::bad_request, row.device.text,
                      "row " + std::to_string(seen->second.first) +
                          " is of the same device, and says otherwise");
    }
    const UserName before = state_.requirements.principal_of(row.device);
    new_ += before.empty() && !row.user.empty() ? 1 : 0;
    if (before != row.user)
        verdict_.facts.emplace_back(PrincipalSet{row.device, row.user, by_});
    return std::nullopt;
}

Verdict Principals::verdict() &&
{
    const std::size_t after = state_.requirements.principals().size() + new_;
    if (after > principals_max)
        return no(refuse(Code::limit_reached, {},
                         std::to_string(after) +
                             " devices would have a principal user, and at "
                             "most " +
                             std::to_string(principals_max) + " have"));
    if (!verdict_.facts.empty())
        std::get<Done>(verdict_.answer)
            .changes.push_back(count_text(verdict_.facts.size(), "principal user") + " set");
    return std::move(verdict_);
}

/// A part is judged alone, so that a table costs what it has rows; with what was kept before it at
/// the end.
template <class Judged, class Command>
Verdict decide_rows(const State& state, const Command& command, const char* what)
{
    const auto* kept = command.part.more ? nullptr : kept_for(state, command.part, command.rows);
    if (command.rows.empty() && !kept)
        return no(refuse(Code::bad_request, {}, std::string("it names no ") + what));
    if (command.rows.size() > rows_max)
        return no(refuse(Code::limit_reached, {},
                         "one request has " + std::to_string(command.rows.size()) +
                             " rows, and may have " + std::to_string(rows_max)));
    if (command.part.more)
        if (auto refusal = why_not_kept(state, command.part, command.rows))
            return no(*std::move(refusal));
    Judged judged(state, command.by, (kept ? kept->size() : 0) + command.rows.size());
    std::size_t number = 0;
    for (const auto* rows : {kept, &command.rows})
        for (std::size_t i = 0; rows && i < rows->size(); ++i) {
            ++number;
            if (auto refusal = judged.add((*rows)[i]))
                return no(at_row(*std::move(refusal), number));
        }
    Verdict verdict = std::move(judged).verdict();
    if (std::holds_alternative<Refusal>(verdict.answer))
        return verdict;
    if (command.dry_run || command.part.more)
        verdict.facts.clear();
    if (command.part.more)
        verdict.facts.emplace_back(RowsKept{command.part.connection, command.rows});
    else if (kept)
        verdict.facts.emplace_back(TableEnded{command.part.connection});
    return verdict;
}

} // namespace

Verdict decide(const State& state, const PutFoundations& command, Now)
{
    return decide_rows<Foundations>(state, command, "foundations");
}

Verdict decide(const State& state, const SetPrincipals& command, Now)
{
    return decide_rows<Principals>(state, command, "devices");
}

Verdict decide(const State& state, const ListPrincipals& command, Now)
{
    const auto& all = state.requirements.principals();
    PrincipalList answer;
    for (auto at = command.after ? all.upper_bound(command.after->text) : all.begin();
         at != all.end(); ++at) {
        if (answer.rows.size() == page_max) {
            answer.after = answer.rows.back().device;
            break;
        }
        answer.rows.push_back({{at->first}, at->second});
    }
    return {std::move(answer), {}};
}

Verdict decide(const State& state, const RemoveSource& command, Now)
{
    auto found = called_or_all(state, command.product);
    if (auto* refusal = std::get_if<Refusal>(&found))
        return no(std::move(*refusal));
    const auto& only = std::get<std::optional<ProductId>>(found);
    Verdict verdict{Done{}, {}};
    std::size_t count = 0;
    for (const auto& [product, book] : state.requirements.books())
        for (const auto& [consumer, record] : book.requirements)
            if ((!only || *only == product) && foundation_by(record, command.source) &&
                ++count <= kept_rows_max)
                verdict.facts.emplace_back(
                    FoundationRemoved{record.id, command.source, command.by});
    if (count > kept_rows_max)
        return no(
            refuse(Code::limit_reached, {},
                   count_text(count, "foundation") + " would be removed at once, and may be " +
                       std::to_string(kept_rows_max) + ": those of one product after another"));
    if (count == 0)
        return no(refuse(Code::unknown_requirement, command.source,
                         ": there is no foundation by this source"));
    std::get<Done>(verdict.answer).changes.push_back(count_text(count, "foundation") + " removed");
    return verdict;
}

} // namespace usher::ledger
