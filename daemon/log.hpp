#pragma once

#include <string>

/// Where log lines go: to the journal of systemd if standard error leads there, each with its
/// priority, else to standard error with the time in UTC. Lines go through spdlog's default logger.
namespace usher::daemon {

/// Call it once, before the first line and the first thread.
void open_log();

/// `debug`, `info`, `warning` or `error`. Any thread.
void set_log_level(const std::string& level);

} // namespace usher::daemon
