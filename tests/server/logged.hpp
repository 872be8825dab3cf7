#pragma once

#include <memory>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>
#include <sstream>

namespace usher::test {

/// Everything that is logged while it lives, in `text`: `warning words`.
struct Logged {
    std::ostringstream text;

    Logged()
    {
        auto logger = std::make_shared<spdlog::logger>(
            "test", std::make_shared<spdlog::sinks::ostream_sink_mt>(text));
        logger->set_pattern("%l %v");
        spdlog::set_default_logger(std::move(logger));
    }
    ~Logged() { spdlog::set_default_logger(before_); }
    Logged(const Logged&) = delete;
    Logged& operator=(const Logged&) = delete;

  private:
    std::shared_ptr<spdlog::logger> before_ = spdlog::default_logger();
};

} // namespace usher::test
