#include "tests/fuzz/frame_claims.hpp"

#include <cstdio>
#include <cstdlib>
#include <google/protobuf/stubs/logging.h>

/// Protobuf writes a line for each field that is not UTF-8, and here there are many.
extern "C" int LLVMFuzzerInitialize(int*, char***)
{
    google::protobuf::SetLogHandler(nullptr);
    return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size)
{
    const std::string fault = usher::test::broken_claim(std::as_bytes(std::span(bytes, size)));
    if (!fault.empty()) {
        std::fprintf(stderr, "%s\n", fault.c_str());
        std::abort();
    }
    return 0;
}
