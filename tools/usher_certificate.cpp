#include "tools/call.hpp"
#include "tools/certificate_request.hpp"
#include "tools/files.hpp"
#include "tools/printable.hpp"
#include "tools/usher_credential.hpp"
#include "tools/usher_verbs.hpp"

#include <filesystem>

namespace usher::tools {
namespace {

/// A name that may be anything, as part of a file's name.
std::string file_stem(const std::string& name)
{
    std::string stem;
    for (const char c : name) {
        const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                              (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
        stem += is_plain ? c : '_';
    }
    return stem.empty() || stem[0] == '.' ? "_" + stem : stem;
}

} // namespace

/// The private key is made here and never leaves; the daemon sees the request only.
int certificate_create(Call& call)
{
    v1::Operate operate;
    v1::CertificateCreate& create = *operate.mutable_certificate_create();
    std::filesystem::path directory = ".";
    call.options()
        .add_option("NAME", *create.mutable_name(), "Whose certificate it is")
        ->required();
    add_role(call, *create.mutable_role());
    call.options()
        .add_option("--directory", directory, "Where NAME.pem and NAME.key are written; here")
        ->type_name("DIR");
    call.parse();

    const std::filesystem::path stem = directory / file_stem(create.name());
    const std::filesystem::path certificate = stem.string() + ".pem";
    const std::filesystem::path key = stem.string() + ".key";
    if (std::filesystem::exists(certificate))
        throw Fault(printable(certificate.string()) + " is there already",
                    {"move it away, or write elsewhere: --directory"});

    const CertificateRequest request = make_certificate_request();
    // First the key: a certificate without one would be of no use, and its name would be taken.
    write_new_file(key, request.key_pem);
    create.set_request_der(request.der);
    v1::Operated operated;
    try {
        operated = call.operate(operate);
    } catch (...) {
        std::filesystem::remove(key);
        throw;
    }
    write_new_file(certificate, operated.certificate_created().chain_pem());
    call.print(
        {{"name", create.name()}, {"certificate", certificate.string()}, {"key", key.string()}},
        "wrote " + printable(certificate.string()) + " and " + printable(key.string()) + "\n");
    return 0;
}

int certificate_list(Call& call)
{
    return list_credentials(call, "certificate");
}

int certificate_revoke(Call& call)
{
    return revoke_credential(call, "certificate");
}

} // namespace usher::tools
