#include "daemon/trust/license_file.hpp"
#include "daemon/trust/license_json.hpp"

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

using namespace usher::trust;

namespace {

/// `tests/vectors/README.md`.
struct Vector {
    std::map<std::string, std::string> lines;
    std::string file;
};

Vector vector_in(const std::filesystem::path& path)
{
    std::ifstream stream(path, std::ios::binary);
    Vector vector;
    for (std::string line; std::getline(stream, line) && !line.empty();) {
        const std::size_t colon = line.find(": ");
        BOOST_REQUIRE(colon != std::string::npos);
        vector.lines[line.substr(0, colon)] = line.substr(colon + 2);
    }
    vector.file.assign(std::istreambuf_iterator<char>(stream), {});
    return vector;
}

std::string word(DocumentError::Kind kind)
{
    switch (kind) {
    case DocumentError::Kind::malformed: return "malformed";
    case DocumentError::Kind::unknown_vendor: return "unknown_vendor";
    case DocumentError::Kind::bad_signature: return "bad_signature";
    }
    return "";
}

} // namespace

BOOST_AUTO_TEST_SUITE(license_vectors)

BOOST_AUTO_TEST_CASE(each_is_what_it_says_it_is)
{
    std::map<std::string, int> seen;
    for (const auto& entry :
         std::filesystem::directory_iterator(USHER_SOURCE_DIR "/tests/vectors")) {
        if (entry.path().extension() != ".lic")
            continue;
        const Vector vector = vector_in(entry.path());
        const auto key = vendor_key_from(vector.lines.at("trusted"));
        BOOST_REQUIRE(key.has_value());
        const auto opened = open_license(vector.file, {*key});
        ++seen[vector.lines.at("expect")];
        BOOST_TEST_CONTEXT(entry.path().filename())
        {
            if (const auto* error = std::get_if<DocumentError>(&opened)) {
                BOOST_TEST(word(error->kind) == vector.lines.at("expect"));
                BOOST_TEST(error->what == vector.lines.at("what"));
            } else {
                BOOST_TEST(vector.lines.at("expect") == "license");
                BOOST_TEST(payload_of(std::get<License>(opened)) == vector.lines.at("says"));
            }
        }
    }
    BOOST_TEST(seen["license"] >= 7);
    BOOST_TEST(seen["malformed"] >= 50);
    BOOST_TEST(seen["unknown_vendor"] >= 2);
    BOOST_TEST(seen["bad_signature"] >= 2);
}

BOOST_AUTO_TEST_SUITE_END()
