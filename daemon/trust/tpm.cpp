#include "daemon/trust/tpm.hpp"

#include "daemon/trust/fault.hpp"
#include "daemon/trust/signature.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <poll.h>
#include <span>
#include <tss2/tss2_esys.h>
#include <tss2/tss2_rc.h>
#include <tss2/tss2_tctildr.h>

namespace usher::trust {
namespace {

/// A TPM spares its memory by asking to wait; one that asks for longer has failed.
constexpr auto wait_max = std::chrono::seconds(3);
constexpr int wait_step_ms = 20;

/// Owner of what the library allocates.
template <class Thing>
struct Freed {
    Thing* thing = nullptr;

    Freed() = default;
    ~Freed() { Esys_Free(thing); }
    Freed(const Freed&) = delete;
    Freed& operator=(const Freed&) = delete;
};

/// What the TPM itself said, without which of several parameters it meant.
TSS2_RC plain(TSS2_RC code)
{
    return (code & TPM2_RC_FMT1) != 0 ? code & (TPM2_RC_FMT1 | 0x3F) : code;
}

bool is_said_by_tpm(TSS2_RC code)
{
    return (code & TSS2_RC_LAYER_MASK) == 0;
}

bool is_to_be_asked_again(TSS2_RC code)
{
    return code == TPM2_RC_NV_RATE || code == TPM2_RC_RETRY || code == TPM2_RC_YIELDED ||
           code == TPM2_RC_TESTING;
}

std::string cure_of(TSS2_RC code)
{
    if (!is_said_by_tpm(code))
        return "see that the TPM is there and that usherd may open it: the group tss may use "
               "/dev/tpmrm0";
    switch (plain(code)) {
    case TPM2_RC_AUTH_FAIL:
    case TPM2_RC_BAD_AUTH:
        return "the TPM's owner has a password: make the counter by hand, tpm2_nvdefine INDEX -C o "
               "-s 8 -a \"authread|authwrite|no_da|nt=counter\", with -P";
    case TPM2_RC_NV_SPACE:
        return "the TPM is full: tpm2_getcap handles-nv-index lists what is there, tpm2_nvundefine "
               "makes room";
    case TPM2_RC_HANDLE: return "the index is gone: restart usherd, which looks what that means";
    default: return "see whether the TPM is well: tpm2_selftest, tpm2_getcap properties-variable";
    }
}

/// The library logs to standard error in its own words; what is wrong is said by us.
void silence_library()
{
    ::setenv("TSS2_LOG", "all+NONE", 0); // NOLINT(concurrency-mt-unsafe): first at the start.
}

} // namespace

struct Tpm::Inside {
    TSS2_TCTI_CONTEXT* way = nullptr;
    ESYS_CONTEXT* tpm = nullptr;
    ESYS_TR index = ESYS_TR_NONE;

    Inside() = default;
    ~Inside()
    {
        if (index != ESYS_TR_NONE)
            Esys_TR_Close(tpm, &index);
        Esys_Finalize(&tpm);
        Tss2_TctiLdr_Finalize(&way);
    }
    Inside(const Inside&) = delete;
    Inside& operator=(const Inside&) = delete;
};

Tpm::Tpm(const std::string& way, std::uint32_t index)
    : way_(way), index_(index), inside_(std::make_unique<Inside>())
{
    silence_library();
    ask("open", [&] { return Tss2_TctiLdr_Initialize(way_.c_str(), &inside_->way); });
    ask("open", [&] { return Esys_Initialize(&inside_->tpm, inside_->way, nullptr); });
}

Tpm::~Tpm() = default;

std::optional<Tpm::Index> Tpm::look()
{
    ESYS_TR& index = inside_->index;
    if (index != ESYS_TR_NONE)
        ask("close", [&] { return Esys_TR_Close(inside_->tpm, &index); });
    TSS2_RC found = TSS2_RC_SUCCESS;
    ask("find", [&] {
        found = Esys_TR_FromTPMPublic(inside_->tpm, index_, ESYS_TR_NONE, ESYS_TR_NONE,
                                      ESYS_TR_NONE, &index);
        return plain(found) == TPM2_RC_HANDLE ? TSS2_RC_SUCCESS : found;
    });
    if (found != TSS2_RC_SUCCESS)
        return std::nullopt;
    Freed<TPM2B_NV_PUBLIC> seen;
    Freed<TPM2B_NAME> name;
    ask("look at", [&] {
        return Esys_NV_ReadPublic(inside_->tpm, index, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE,
                                  &seen.thing, &name.thing);
    });
    const TPMA_NV attributes = seen.thing->nvPublic.attributes;
    return Index{.name = hex(std::span(name.thing->name, name.thing->size)),
                 .is_counter = (attributes & TPMA_NV_TPM2_NT_MASK) >> TPMA_NV_TPM2_NT_SHIFT ==
                               TPM2_NT_COUNTER,
                 .is_written = (attributes & TPMA_NV_WRITTEN) != 0};
}

/// Its policy is a random number that nobody can fulfil: all that it is for is a name that no other
/// counter has.
void Tpm::define_counter()
{
    TPM2B_NV_PUBLIC wanted{};
    TPMS_NV_PUBLIC& index = wanted.nvPublic;
    index.nvIndex = index_;
    index.nameAlg = TPM2_ALG_SHA256;
    index.attributes = TPMA_NV_AUTHREAD | TPMA_NV_AUTHWRITE | TPMA_NV_NO_DA |
                       (TPM2_NT_COUNTER << TPMA_NV_TPM2_NT_SHIFT);
    index.authPolicy.size = TPM2_SHA256_DIGEST_SIZE;
    fill_random(std::span(index.authPolicy.buffer, index.authPolicy.size));
    index.dataSize = 8;
    const TPM2B_AUTH no_password{};
    ask("define", [&] {
        return Esys_NV_DefineSpace(inside_->tpm, ESYS_TR_RH_OWNER, ESYS_TR_PASSWORD, ESYS_TR_NONE,
                                   ESYS_TR_NONE, &no_password, &wanted, &inside_->index);
    });
}

void Tpm::undefine()
{
    ask("undefine", [&] {
        return Esys_NV_UndefineSpace(inside_->tpm, ESYS_TR_RH_OWNER, inside_->index,
                                     ESYS_TR_PASSWORD, ESYS_TR_NONE, ESYS_TR_NONE);
    });
    inside_->index = ESYS_TR_NONE;
}

void Tpm::increment()
{
    ask("raise", [&] {
        return Esys_NV_Increment(inside_->tpm, inside_->index, inside_->index, ESYS_TR_PASSWORD,
                                 ESYS_TR_NONE, ESYS_TR_NONE);
    });
}

std::uint64_t Tpm::value()
{
    Freed<TPM2B_MAX_NV_BUFFER> bytes;
    ask("read", [&] {
        return Esys_NV_Read(inside_->tpm, inside_->index, inside_->index, ESYS_TR_PASSWORD,
                            ESYS_TR_NONE, ESYS_TR_NONE, 8, 0, &bytes.thing);
    });
    std::uint64_t value = 0;
    for (const std::uint8_t byte : std::span(bytes.thing->buffer, bytes.thing->size))
        value = value << 8U | byte;
    return value;
}

template <class Step>
void Tpm::ask(const char* what, const Step& step)
{
    const auto give_up = std::chrono::steady_clock::now() + wait_max;
    TSS2_RC code = step();
    while (is_to_be_asked_again(code) && std::chrono::steady_clock::now() < give_up) {
        ::poll(nullptr, 0, wait_step_ms); // It says "later" and never when.
        code = step();
    }
    if (code != TSS2_RC_SUCCESS)
        fail(what, code);
}

std::string Tpm::place() const
{
    std::array<char, 16> text{};
    std::snprintf(text.data(), text.size(), "0x%08x", index_);
    return "index " + std::string(text.data()) + " of the TPM at " + way_;
}

void Tpm::fail(const char* what, std::uint32_t code) const
{
    throw Fault("cannot " + std::string(what) + " " + place() + ": " + Tss2_RC_Decode(code),
                cure_of(code));
}

} // namespace usher::trust
