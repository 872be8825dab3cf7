#include "tests/support/death.hpp"
#include "tests/support/movable_clock.hpp"
#include "tools/usher_issuer.hpp"

#include <iostream>
#include <memory>
#include <string>
#include <vector>

namespace {

using namespace usher;

class DyingRecord final : public issuer::Record {
  public:
    DyingRecord(const std::filesystem::path& directory, std::shared_ptr<test::Death> death)
        : Record(directory), death_(std::move(death))
    {}

  private:
    void commit() override
    {
        death_->around([this] { Record::commit(); });
    }

    std::shared_ptr<test::Death> death_;
};

int misused(const std::string& what)
{
    std::cerr << "usher-issuer-test: error: " << what << "\n";
    return 2;
}

} // namespace

/// `usher-issuer-test [--clock LINE]… [--die before:N|after:N] …`: the vendor's program as it is
/// released, with a clock that obeys each LINE before anything is done, and a record that ends the
/// process before or after its N-th commit. The rest of the command line is `usher-issuer`'s.
int main(int argc, char** argv)
{
    const auto clock = std::make_shared<test::MovableClock>();
    const auto death = std::make_shared<test::Death>();
    std::vector<std::string> words(argv + 1, argv + argc);
    while (words.size() >= 2 && (words[0] == "--clock" || words[0] == "--die")) {
        if (words[0] == "--die" && !death->obey(words[1]))
            return misused("--die takes before:N or after:N");
        if (words[0] == "--clock")
            if (const std::string wrong = clock->obey(words[1]); !wrong.empty())
                return misused(wrong);
        words.erase(words.begin(), words.begin() + 2);
    }
    return tools::usher_issuer(words,
                               {.now = [clock] { return clock->now().calendar; },
                                .open_record = [death](const std::filesystem::path& directory)
                                    -> std::unique_ptr<issuer::Record> {
                                    return std::make_unique<DyingRecord>(directory, death);
                                }});
}
