#pragma once

#include "tests/support/scratch.hpp"

#include <arpa/inet.h>
#include <array>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <netinet/in.h>
#include <random>
#include <spawn.h>
#include <stdexcept>
#include <string>
#include <sys/socket.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

extern "C" char** environ;

namespace usher::tests {

/// A TPM of a test's own (the program swtpm), which goes with it.
class Swtpm {
  public:
    Swtpm() { switch_on(); }
    ~Swtpm() { switch_off(); }
    Swtpm(const Swtpm&) = delete;
    Swtpm& operator=(const Swtpm&) = delete;

    /// Its TCTI.
    [[nodiscard]] std::string way() const
    {
        return "swtpm:host=127.0.0.1,port=" + std::to_string(port_);
    }

    /// As a host that is switched off and on: what is not in its memory for good is gone.
    void reboot()
    {
        switch_off();
        switch_on();
    }
    void switch_off()
    {
        if (process_ <= 0)
            return;
        ::kill(process_, SIGTERM);
        ::waitpid(process_, nullptr, 0);
        process_ = 0;
    }

  private:
    /// Of two ports that follow each other; where somebody was faster, of two others.
    void switch_on()
    {
        for (int attempt = 0; attempt < 50; ++attempt) {
            port_ = static_cast<std::uint16_t>(20000 + std::random_device{}() % 12000 / 2 * 2);
            start();
            if (listens())
                return;
            switch_off();
        }
        throw std::runtime_error("swtpm does not start");
    }

    void start()
    {
        const std::string port = std::to_string(port_);
        const std::string control = std::to_string(port_ + 1);
        std::vector<std::string> words{"swtpm",
                                       "socket",
                                       "--tpm2",
                                       "--tpmstate",
                                       "dir=" + scratch_.path().string(),
                                       "--server",
                                       "type=tcp,port=" + port,
                                       "--ctrl",
                                       "type=tcp,port=" + control,
                                       "--flags",
                                       "not-need-init,startup-clear",
                                       "--log",
                                       "file=/dev/null"};
        std::vector<char*> arguments;
        for (std::string& word : words)
            arguments.push_back(word.data());
        arguments.push_back(nullptr);
        if (::posix_spawnp(&process_, "swtpm", nullptr, nullptr, arguments.data(), environ) != 0)
            throw std::runtime_error("there is no swtpm: tools/packages installs it");
    }

    /// Waits until it does, or has ended.
    bool listens()
    {
        for (int attempt = 0; attempt < 1000; ++attempt) {
            if (::waitpid(process_, nullptr, WNOHANG) == process_) {
                process_ = 0;
                return false;
            }
            if (answers(port_ + 1))
                return true;
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        }
        return false;
    }

    static bool answers(int port)
    {
        const int one = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(static_cast<std::uint16_t>(port));
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        const bool is_there =
            ::connect(one, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0;
        ::close(one);
        return is_there;
    }

    Scratch scratch_;
    pid_t process_ = 0;
    std::uint16_t port_ = 0;
};

} // namespace usher::tests
