#include "daemon/log.hpp"

#include "daemon/standard_error.hpp"

#include <cassert>
#include <cstdint>
#include <cstdlib>
#include <google/protobuf/stubs/logging.h>
#include <memory>
#include <spdlog/details/console_globals.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

namespace usher::daemon {
namespace {

/// The prefix by which systemd's journal learns how grave a line is.
class Priority final : public spdlog::custom_flag_formatter {
  public:
    void format(const spdlog::details::log_msg& line, const std::tm&,
                spdlog::memory_buf_t& out) override
    {
        const std::string_view prefix = prefix_of(line.level);
        out.append(prefix.data(), prefix.data() + prefix.size());
    }

    [[nodiscard]] std::unique_ptr<custom_flag_formatter> clone() const override
    {
        return std::make_unique<Priority>();
    }

  private:
    static std::string_view prefix_of(spdlog::level::level_enum level)
    {
        switch (level) {
        case spdlog::level::trace:
        case spdlog::level::debug: return SD_DEBUG;
        case spdlog::level::warn: return SD_WARNING;
        case spdlog::level::err: return SD_ERR;
        case spdlog::level::critical: return SD_CRIT;
        default: return SD_INFO;
        }
    }
};

/// Writes each line, or counts it where it would have to wait for a reader. The lock is spdlog's:
/// lines come from every thread.
class StandardError final
    : public spdlog::sinks::base_sink<spdlog::details::console_mutex::mutex_t> {
    using Line = spdlog::details::log_msg;

    void sink_it_(const Line& line) override
    {
        if (lost_ > 0) {
            const std::string sentence =
                std::to_string(lost_) + " lines of the log are lost: nobody took them";
            if (write({line.logger_name, spdlog::level::warn, sentence}))
                lost_ = 0;
        }
        if (lost_ > 0 || !write(line))
            ++lost_;
    }

    void flush_() override {}

    bool write(const Line& line)
    {
        spdlog::memory_buf_t text;
        formatter_->format(line, text);
        return say({text.data(), text.size()}, std::chrono::milliseconds(0));
    }

    std::uint64_t lost_ = 0;
};

/// systemd names the device and inode that it connected, so that a redirected stream is not
/// mistaken for its journal.
bool leads_to_systemd()
{
    const char* const named = std::getenv("JOURNAL_STREAM"); // NOLINT(concurrency-mt-unsafe)
    struct stat ours {};
    if (named == nullptr || ::fstat(STDERR_FILENO, &ours) != 0)
        return false;
    return named == std::to_string(ours.st_dev) + ":" + std::to_string(ours.st_ino);
}

} // namespace

void open_log()
{
    auto formatter = std::make_unique<spdlog::pattern_formatter>(spdlog::pattern_time_type::utc);
    if (leads_to_systemd())
        formatter->add_flag<Priority>('P').set_pattern("%P%v");
    else
        formatter->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %l %v");
    // Nothing is kept back in memory: a line that a crash swallows is the one that matters.
    auto logger = std::make_shared<spdlog::logger>("usherd", std::make_shared<StandardError>());
    logger->set_formatter(std::move(formatter));
    spdlog::set_default_logger(std::move(logger));
    // It has a log of its own, on standard error, with a line for each field of a peer that is not
    // UTF-8: as many as the peer likes. What is wrong with a message is told by who reads it.
    google::protobuf::SetLogHandler(nullptr);
}

void set_log_level(const std::string& level)
{
    spdlog::set_level(spdlog::level::from_str(level));
}

} // namespace usher::daemon
