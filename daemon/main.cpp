#include "daemon/command_line.hpp"

int main(int argc, char** argv)
{
    const usher::server::SystemClock clock;
    return usher::daemon::usherd(argc, argv, {.clock = clock, .desk = {}, .visit = {}});
}
