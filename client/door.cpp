#include "client/door.hpp"

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

} // namespace

Result<std::unique_ptr<Conversation>> RouteDoor::open(const Patience& patience)
{
    auto line = Line::open(route_, patience);
    if (!line)
        return line.error();
    return std::unique_ptr<Conversation>(std::make_unique<LineConversation>(std::move(*line)));
}

} // namespace usher::client
