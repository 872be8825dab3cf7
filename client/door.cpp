#include "client/door.hpp"

#include "daemon/trust/redirect.hpp"

#include <utility>
#include <variant>

namespace usher::client {
namespace {

class LineConversation final : public Conversation {
  public:
    explicit LineConversation(Line line) : line_(std::move(line)) {}

    const v1::Welcome& welcome() const override { return line_.welcome(); }
    Result<std::uint64_t> send(v1::Request request, const Patience& patience) override
    {
        return line_.send(std::move(request), patience);
    }
    Result<std::optional<v1::Response>> receive(const Patience& patience) override
    {
        return line_.receive(patience);
    }
    void close() override { line_.close(); }

  private:
    Line line_;
};

Failure another_node()
{
    return {.step = Step::proof,
            .text = "the server is not the one that the last one sent us to",
            .cure = "give applications the address of the right one (USHER_SERVER)"};
}

} // namespace

Result<std::unique_ptr<Conversation>> RouteDoor::open(const Patience& patience)
{
    auto line = away_ ? open_away(patience) : Line::open(home_, patience);
    if (!line) {
        // It may have moved again while we were away.
        if (const auto& refused = line.error().refused; refused && !refused->redirect().empty())
            static_cast<void>(follow(refused->redirect()));
        return line.error();
    }
    node_ = line->node();
    return std::unique_ptr<Conversation>(std::make_unique<LineConversation>(std::move(*line)));
}

Result<Line> RouteDoor::open_away(const Patience& patience)
{
    auto line = Line::open(away_->route, patience);
    if (line && line->node() != away_->node)
        line = another_node();
    if (line) {
        away_->failing_since.reset();
        return line;
    }
    const Instant now = Clock::now();
    const Instant since = away_->failing_since.value_or(now);
    away_->failing_since = since;
    if (is_lasting(line.error()) || now - since >= signpost_patience_)
        away_.reset(); // Ask at the signpost.
    return line;
}

std::optional<std::string> RouteDoor::follow(const std::string& redirect)
{
    const auto opened = trust::open_redirect(redirect);
    const auto* const to = std::get_if<trust::Redirect>(&opened);
    if (to == nullptr || !node_ || to->from != *node_)
        return std::nullopt;
    auto address = address_from(to->uri);
    if (!address || !std::holds_alternative<TcpAddress>(*address))
        return std::nullopt;
    std::string where = place(*address);
    auto route = Route::prepare(*std::move(address), home_.credentials());
    if (!route)
        return std::nullopt;
    away_.emplace(*std::move(route), to->node, std::nullopt);
    return where;
}

} // namespace usher::client
