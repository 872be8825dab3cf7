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

std::size_t column_of(const CsvRow& header, const char* option, const std::string& name)
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

std::string objection_to(const char* what, const std::string& name)
{
    const std::string wrong = protocol::objection_to_name(name);
    return wrong.empty() ? "" : std::string(what) + ": is not a name: " + wrong;
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
/// every bad one is found.
template <class Message>
void judge(Parcel<Message>& part, const AskForRows<Message>& ask, Checked& checked)
{
    std::size_t at_once = part.lines.size();
    for (std::size_t from = 0; from < part.lines.size();) {
        const std::size_t count = std::min(at_once, part.lines.size() - from);
        Message some;
        for (std::size_t i = from; i < from + count; ++i)
            *some.add_rows() = part.message.rows(static_cast<int>(i));
        const auto refused = ask(some);
        if (!refused) {
            checked.rows += count;
            from += count;
            at_once *= 4;
            continue;
        }
        const std::size_t row = from + std::clamp<std::size_t>(refused->row, 1, count) - 1;
        checked.bad.add(part.lines[row], refused->why);
        part.message.mutable_rows()->DeleteSubrange(static_cast<int>(row), 1);
        part.lines.erase(part.lines.begin() + static_cast<std::ptrdiff_t>(row));
        at_once = std::max(part_rows_least, at_once / 4);
    }
    part.clear();
}

void bound(std::size_t rows)
{
    if (rows > imported_rows_max)
        throw Fault("the table has more than " + std::to_string(imported_rows_max) + " rows",
                    {"no server keeps so many: leave out what is not needed"});
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
        product_ = column_of(header, "--product-column", words_.product_column);
    if (!words_.number_column.empty())
        number_ = column_of(header, "--number-column", words_.number_column);
    consumer_ = words_.device_column.empty()
                    ? column_of(header, "--user-column", words_.user_column)
                    : column_of(header, "--device-column", words_.device_column);
}

std::string RequirementRows::add(const CsvRow& from, Message& to) const
{
    const std::string& product = product_ ? from.fields[*product_] : words_.product;
    const std::string& consumer = from.fields[consumer_];
    const bool is_device = !words_.device_column.empty();
    if (std::string wrong = objection_to("product", product); !wrong.empty())
        return wrong;
    if (std::string wrong = objection_to(is_device ? "device" : "user", consumer); !wrong.empty())
        return wrong;
    const auto number = number_ ? number_in(from.fields[*number_]) : 1;
    if (!number)
        return "number: is not 1 to 1000000000000";
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

PrincipalRows::PrincipalRows(const PrincipalWords& words, const CsvRow& header)
    : device_(column_of(header, "--device-column", words.device_column)),
      user_(column_of(header, "--user-column", words.user_column))
{}

std::string PrincipalRows::add(const CsvRow& from, Message& to) const
{
    if (std::string wrong = objection_to("device", from.fields[device_]); !wrong.empty())
        return wrong;
    if (std::string wrong = objection_to("user", from.fields[user_]); !wrong.empty())
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

template <class Rows>
Checked check_rows(CsvReader& table, const Rows& rows,
                   const AskForRows<typename Rows::Message>& ask)
{
    Checked checked;
    Parcel<typename Rows::Message> part;
    // Digests in the place of keys: of the most rows that there may be, two agree by chance once in
    // ten million tables, and then a good row is called bad.
    std::unordered_map<std::size_t, std::uint64_t> seen;
    CsvRow row;
    while (table.next(row)) {
        std::string wrong = row.objection.empty() ? rows.add(row, part.message) : row.objection;
        if (wrong.empty()) {
            auto& all = *part.message.mutable_rows();
            const auto [first, is_new] =
                seen.emplace(std::hash<std::string>()(Rows::key_of(all[all.size() - 1])), row.line);
            if (!is_new) {
                all.RemoveLast();
                wrong = "says the same as line " + std::to_string(first->second) + ", or otherwise";
            }
        }
        if (!wrong.empty()) {
            checked.bad.add(row.line, std::move(wrong));
            continue;
        }
        bound(seen.size());
        part.note(row.line);
        if (part.is_full())
            judge(part, ask, checked);
    }
    judge(part, ask, checked);
    checked.is_whole = !table.is_lost();
    return checked;
}

/// What the server says of the part; where the way to it breaks, it is said how far it came.
template <class Message>
auto asked_of(const Message& message, const AskForRows<Message>& ask, std::size_t sent)
{
    try {
        return ask(message);
    } catch (const Fault& fault) {
        throw Fault(fault.what(),
                    {std::to_string(sent) + " rows are imported for sure, and those after them not "
                                            "all",
                     "import the table again: what is there already stays as it is"});
    }
}

template <class Rows>
void send_rows(CsvReader& table, const Rows& rows, const BadRows& bad,
               const AskForRows<typename Rows::Message>& ask)
{
    const std::vector<std::uint64_t> left_out = bad.lines();
    auto next_left_out = left_out.begin();
    Parcel<typename Rows::Message> part;
    std::size_t sent = 0;
    const auto send = [&] {
        if (part.lines.empty())
            return;
        const auto refused = asked_of(part.message, ask, sent);
        if (refused)
            throw Fault("line " +
                            std::to_string(part.lines.at(
                                std::clamp<std::size_t>(refused->row, 1, part.lines.size()) - 1)) +
                            " was refused after all: " + refused->why,
                        {std::to_string(sent) + " rows before it are imported",
                         "import the table again: what is there already stays as it is"});
        sent += part.lines.size();
        part.clear();
    };
    CsvRow row;
    while (table.next(row)) {
        if (next_left_out != left_out.end() && *next_left_out == row.line) {
            ++next_left_out;
            continue;
        }
        if (!row.objection.empty() || !rows.add(row, part.message).empty())
            throw Fault("the table was changed while it was imported",
                        {std::to_string(sent) + " rows are imported", "import it again"});
        part.note(row.line);
        if (part.is_full())
            send();
    }
    send();
}

template Checked check_rows(CsvReader&, const RequirementRows&,
                            const AskForRows<v1::RequirementAdd>&);
template Checked check_rows(CsvReader&, const PrincipalRows&,
                            const AskForRows<v1::PartyPrincipal>&);
template void send_rows(CsvReader&, const RequirementRows&, const BadRows&,
                        const AskForRows<v1::RequirementAdd>&);
template void send_rows(CsvReader&, const PrincipalRows&, const BadRows&,
                        const AskForRows<v1::PartyPrincipal>&);

} // namespace usher::tools
