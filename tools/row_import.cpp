#include "tools/row_import.hpp"

#include "protocol/limits.hpp"
#include "protocol/text.hpp"
#include "tools/fault.hpp"
#include "tools/printable.hpp"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace usher::tools {
namespace {

/// Of one request's rows together: there is room left for the frame around them.
constexpr std::size_t part_bytes_max = protocol::frame_bytes_max - (64 << 10);
/// After a no, so few rows are asked for at once: each no costs one part.
constexpr std::size_t part_rows_least = 64;
constexpr std::int64_t number_max = 1'000'000'000'000;

std::size_t place_of(const CsvRow& header, const char* option, const std::string& name)
{
    const auto begin = header.fields.begin();
    const auto end = header.fields.end();
    const auto found = std::find(begin, end, name);
    const std::string column = "column " + cut(printable(name), 60);
    if (found == end) {
        std::string all;
        for (const std::string& each : header.fields)
            all += (all.empty() ? "" : ", ") + printable(each);
        throw Fault(std::string(option) + ": there is no " + column,
                    {"the header has " + cut(all, 200)}, Fault::Kind::usage);
    }
    if (std::find(found + 1, end, name) != end)
        throw Fault(std::string(option) + ": there are two with the name " + column,
                    {"give one of them another name in the header"}, Fault::Kind::usage);
    return static_cast<std::size_t>(found - begin);
}

/// `column Software: "V\x01"`.
std::string told(const std::string& column, const std::string& value)
{
    return "column " + cut(printable(column), 60) + ": \"" + cut(printable(value), 60) + "\"";
}

std::string objection_to(const std::string& column, const std::string& name)
{
    const std::string wrong = protocol::objection_to_name(name);
    return wrong.empty() ? "" : told(column, name) + " is no name: " + wrong;
}

std::optional<std::int64_t> number_in(std::string_view text)
{
    std::int64_t number = 0;
    const char* const end = text.data() + text.size();
    const auto [read, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc() || read != end || number < 1 || number > number_max)
        return std::nullopt;
    return number;
}

/// Some rows on their way to the daemon.
template <class Message>
struct Parcel {
    Message message;
    std::vector<std::uint64_t> lines; ///< Of each row.
    std::size_t bytes = 0;

    void note(std::uint64_t line)
    {
        lines.push_back(line);
        constexpr std::size_t around_a_row = 8;
        bytes += message.rows(message.rows_size() - 1).ByteSizeLong() + around_a_row;
    }
    [[nodiscard]] bool is_full() const
    {
        return lines.size() >= protocol::rows_max || bytes >= part_bytes_max;
    }
    void clear()
    {
        message.clear_rows();
        lines.clear();
        bytes = 0;
    }
};

/// Asks for all rows of a part, fewer at once after each no: so a part costs what it has rows, and
/// every bad one is found. The lines of the others are added to `kept`.
template <class Rows, class Message>
void judge(const Rows& rows, Parcel<Message>& part, const AskForRows<Message>& ask,
           Checked& checked, std::vector<std::uint64_t>& kept)
{
    std::size_t at_once = part.lines.size();
    for (std::size_t from = 0; from < part.lines.size();) {
        const std::size_t count = std::min(at_once, part.lines.size() - from);
        Message some;
        some.set_more(true);
        for (std::size_t i = from; i < from + count; ++i)
            *some.add_rows() = part.message.rows(static_cast<int>(i));
        const auto refused = ask(some);
        if (!refused) {
            const auto first = part.lines.begin() + static_cast<std::ptrdiff_t>(from);
            kept.insert(kept.end(), first, first + static_cast<std::ptrdiff_t>(count));
            from += count;
            at_once *= 4;
            continue;
        }
        const std::size_t row = from + std::clamp<std::size_t>(refused->row, 1, count) - 1;
        const std::string column = rows.column_of(*refused);
        checked.bad.add(part.lines[row],
                        (column.empty() ? "" : "column " + column + ": ") + refused->why);
        --checked.rows;
        part.message.mutable_rows()->DeleteSubrange(static_cast<int>(row), 1);
        part.lines.erase(part.lines.begin() + static_cast<std::ptrdiff_t>(row));
        at_once = std::max(part_rows_least, at_once / 4);
    }
    part.clear();
}

void bound(std::size_t rows)
{
    const std::string most = std::to_string(protocol::table_rows_max);
    if (rows > protocol::table_rows_max)
        throw Fault("the table has more than " + most +
                        " rows, and is put as a whole or not at all",
                    {"split it: a table of " + most + " rows is put at once; nothing was sent"});
}

/// What was said of a key first.
struct Said {
    std::uint64_t line = 0;
    std::size_t digest = 0; ///< Of all that the row says.
};

std::size_t digest_of(const std::string& text)
{
    return std::hash<std::string>()(text);
}

} // namespace

void BadRows::add(std::uint64_t line, std::string why)
{
    lines_.push_back(line);
    told_.emplace(line, printable(why));
    if (told_.size() > told_max)
        told_.erase(std::prev(told_.end()));
}

std::vector<std::uint64_t> BadRows::lines() const
{
    std::vector<std::uint64_t> sorted = lines_;
    std::ranges::sort(sorted); // The daemon's no comes later than that to what follows.
    return sorted;
}

RequirementRows::RequirementRows(RequirementWords words, const CsvRow& header)
    : words_(std::move(words))
{
    if (!words_.product_column.empty())
        product_ = place_of(header, "--product-column", words_.product_column);
    if (!words_.number_column.empty())
        number_ = place_of(header, "--number-column", words_.number_column);
    consumer_ = words_.device_column.empty()
                    ? place_of(header, "--user-column", words_.user_column)
                    : place_of(header, "--device-column", words_.device_column);
}

std::string RequirementRows::add(const CsvRow& from, Message& to) const
{
    const bool is_device = !words_.device_column.empty();
    const std::string& product = product_ ? from.fields[*product_] : words_.product;
    const std::string& consumer = from.fields[consumer_];
    if (std::string wrong = product_ ? objection_to(words_.product_column, product) : "";
        !wrong.empty())
        return wrong;
    if (std::string wrong =
            objection_to(is_device ? words_.device_column : words_.user_column, consumer);
        !wrong.empty())
        return wrong;
    const auto number = number_ ? number_in(from.fields[*number_]) : 1;
    if (!number)
        return told(words_.number_column, from.fields[*number_]) + " is not 1 to 1000000000000";
    Message::Row& row = *to.add_rows();
    row.mutable_of()->set_product(product);
    row.mutable_of()->set_vendor(words_.vendor);
    row.mutable_of()->set_kind(is_device ? "device" : "user");
    row.mutable_of()->set_consumer(consumer);
    row.set_source(words_.source);
    row.set_model(words_.model);
    row.set_units(*number);
    row.set_unconfirmed(words_.is_unconfirmed);
    return {};
}

std::string RequirementRows::key_of(const Message::Row& row)
{
    return row.of().product() + '\0' + row.of().consumer();
}

std::string RequirementRows::name_of(const Message::Row& row)
{
    return row.of().product() + "/" + row.of().kind() + ":" + row.of().consumer();
}

std::string RequirementRows::column_of(const RowRefusal& no) const
{
    return no.code == "UNKNOWN_PRODUCT" ? words_.product_column : "";
}

PrincipalRows::PrincipalRows(PrincipalWords words, const CsvRow& header)
    : words_(std::move(words)), device_(place_of(header, "--device-column", words_.device_column)),
      user_(place_of(header, "--user-column", words_.user_column))
{}

std::string PrincipalRows::add(const CsvRow& from, Message& to) const
{
    if (std::string wrong = objection_to(words_.device_column, from.fields[device_]);
        !wrong.empty())
        return wrong;
    if (std::string wrong = objection_to(words_.user_column, from.fields[user_]); !wrong.empty())
        return wrong;
    Message::Row& row = *to.add_rows();
    row.set_device(from.fields[device_]);
    row.set_user(from.fields[user_]);
    return {};
}

std::string PrincipalRows::key_of(const Message::Row& row)
{
    return row.device();
}

std::string PrincipalRows::name_of(const Message::Row& row)
{
    return "device:" + row.device();
}

std::string PrincipalRows::column_of(const RowRefusal&) const
{
    return {};
}

template <class Rows>
Checked check_rows(CsvReader& table, const Rows& rows)
{
    Checked checked;
    typename Rows::Message one;
    // Digests in the place of keys: of the most rows that there may be, two agree by chance once in
    // hundreds of millions of tables, and then a good row is called bad.
    std::unordered_map<std::size_t, Said> seen;
    CsvRow row;
    while (table.next(row)) {
        one.clear_rows();
        std::string wrong = row.objection.empty() ? rows.add(row, one) : row.objection;
        if (wrong.empty()) {
            const auto& said = one.rows(0);
            const Said now{row.line, digest_of(said.SerializeAsString())};
            const auto [first, is_new] = seen.emplace(digest_of(Rows::key_of(said)), now);
            if (!is_new && first->second.digest == now.digest) {
                checked.repeated.push_back(row.line);
                continue;
            }
            if (!is_new)
                wrong = Rows::name_of(said) + ": line " + std::to_string(first->second.line) +
                        " says otherwise of it";
        }
        if (!wrong.empty()) {
            checked.bad.add(row.line, std::move(wrong));
            continue;
        }
        bound(++checked.rows);
    }
    checked.is_whole = !table.is_lost();
    return checked;
}

template <class Rows>
std::vector<std::uint64_t> keep_rows(CsvReader& table, const Rows& rows, Checked& checked,
                                     const AskForRows<typename Rows::Message>& ask)
{
    std::vector<std::uint64_t> left_out = checked.bad.lines();
    left_out.insert(left_out.end(), checked.repeated.begin(), checked.repeated.end());
    std::ranges::sort(left_out);
    auto next_left_out = left_out.begin();
    std::vector<std::uint64_t> kept;
    Parcel<typename Rows::Message> part;
    CsvRow row;
    while (table.next(row)) {
        if (next_left_out != left_out.end() && *next_left_out == row.line) {
            ++next_left_out;
            continue;
        }
        if (!row.objection.empty() || !rows.add(row, part.message).empty())
            throw Fault("the table was changed while it was imported",
                        {"nothing was imported: import it again"});
        part.note(row.line);
        if (part.is_full())
            judge(rows, part, ask, checked, kept);
    }
    judge(rows, part, ask, checked, kept);
    return kept;
}

template <class Message>
void put_rows(Message message, const std::vector<std::uint64_t>& kept,
              const std::type_identity_t<AskForRows<Message>>& ask)
{
    std::optional<RowRefusal> refused;
    try {
        refused = ask(message);
    } catch (const Refused&) {
        throw;
    } catch (const Fault& fault) {
        throw Fault(fault.what(), {"all of the table is imported, or nothing",
                                   "import it again: what is there already stays as it is"});
    }
    if (refused)
        throw Fault(
            "line " +
                std::to_string(kept.at(std::clamp<std::size_t>(refused->row, 1, kept.size()) - 1)) +
                " was refused after all: " + refused->why,
            {"nothing was imported: import the table again"});
}

template Checked check_rows(CsvReader&, const RequirementRows&);
template Checked check_rows(CsvReader&, const PrincipalRows&);
template std::vector<std::uint64_t> keep_rows(CsvReader&, const RequirementRows&, Checked&,
                                              const AskForRows<v1::RequirementAdd>&);
template std::vector<std::uint64_t> keep_rows(CsvReader&, const PrincipalRows&, Checked&,
                                              const AskForRows<v1::PartyPrincipal>&);
template void put_rows(v1::RequirementAdd, const std::vector<std::uint64_t>&,
                       const AskForRows<v1::RequirementAdd>&);
template void put_rows(v1::PartyPrincipal, const std::vector<std::uint64_t>&,
                       const AskForRows<v1::PartyPrincipal>&);

} // namespace usher::tools
