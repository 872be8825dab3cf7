#include "client/c_client.hpp"
#include "client/c_refusal.hpp"
#include "client/fake.hpp"
#include "client/include/usher_fake.h"

#include <algorithm>
#include <chrono>
#include <utility>

using namespace usher::client;
namespace ledger = usher::ledger;

/// What stands behind the pointer that a test has.
struct usher_fake {
    Fake fake;
};

namespace {

/// 1 and 0 as usher_fake.h promises; no exception may reach C.
template <class Body>
int done(usher_fake* fake, Body&& body) noexcept
{
    if (fake == nullptr)
        return 0;
    try {
        return body(fake->fake) ? 1 : 0;
    } catch (...) {
        return 0;
    }
}

std::optional<ledger::Metric> metric_of(const char* word)
{
    using ledger::Metric;
    for (const Metric metric : {Metric::lease, Metric::device, Metric::user, Metric::user_device})
        if (word != nullptr && ledger::word(metric) == word)
            return metric;
    return std::nullopt;
}

/// 0: unlimited. What is too much stays too much.
std::optional<ledger::Units> sold_as(std::uint64_t units)
{
    constexpr auto too_many = static_cast<std::uint64_t>(ledger::units_max) + 1;
    if (units == 0)
        return std::nullopt;
    return static_cast<ledger::Units>(std::min(units, too_many));
}

} // namespace

usher_fake* usher_fake_new()
{
    try {
        return new usher_fake;
    } catch (...) {
        return nullptr;
    }
}

void usher_fake_free(usher_fake* fake)
{
    delete fake;
}

usher_status usher_fake_open(usher_fake* fake, const usher_options* options, usher_client** client,
                             usher_refusal** refusal)
{
    return guarded([&] {
        if (refusal != nullptr)
            *refusal = nullptr;
        if (fake == nullptr || client == nullptr)
            return report_argument("fake and client must not be NULL", refusal);
        *client = nullptr;
        const auto taken = take(options);
        if (!taken)
            return report_argument("options: NULL, without a size, or of a later version", refusal);
        auto manners = read_manners(*taken);
        if (!manners)
            return report_argument(manners.error().what, refusal);
        *client = make_client(fake->fake.door(), std::move(*manners)).release();
        return USHER_OK;
    });
}

int usher_fake_add(usher_fake* fake, const char* profile, std::uint64_t units, const char* metric)
{
    return done(fake, [&](Fake& server) {
        const auto counted = metric_of(metric);
        return profile != nullptr && counted && server.add(profile, sold_as(units), *counted);
    });
}

int usher_fake_add_devices(usher_fake* fake, const char* profile, std::uint64_t units)
{
    return done(fake, [&](Fake& server) {
        return profile != nullptr && server.add_devices(profile, sold_as(units));
    });
}

int usher_fake_resize(usher_fake* fake, const char* profile, std::uint64_t units)
{
    return done(fake, [&](Fake& server) {
        return profile != nullptr && server.resize(profile, sold_as(units));
    });
}

int usher_fake_set_validity(usher_fake* fake, std::uint32_t milliseconds)
{
    return done(fake, [&](Fake& server) {
        server.set_validity(std::chrono::milliseconds(milliseconds));
        return true;
    });
}

int usher_fake_lock(usher_fake* fake, const char* profile, int locked)
{
    return done(fake, [&](Fake& server) {
        return profile != nullptr && server.set_locked(profile, locked != 0);
    });
}

int usher_fake_revoke(usher_fake* fake, const char* user, const char* reason)
{
    return done(fake, [&](Fake& server) {
        return server.revoke(user != nullptr ? user : "", reason != nullptr ? reason : "") > 0;
    });
}

int usher_fake_maintenance(usher_fake* fake, int on)
{
    return done(fake, [&](Fake& server) {
        server.set_maintenance(on != 0);
        return true;
    });
}

int usher_fake_cut(usher_fake* fake, int cut)
{
    return done(fake, [&](Fake& server) {
        server.set_cut(cut != 0);
        return true;
    });
}

int usher_fake_restart(usher_fake* fake)
{
    return done(fake, [](Fake& server) {
        server.restart();
        return true;
    });
}

int usher_fake_pass(usher_fake* fake, std::uint32_t milliseconds)
{
    return done(fake, [&](Fake& server) {
        server.pass(std::chrono::milliseconds(milliseconds));
        return true;
    });
}

int usher_fake_set_terms(usher_fake* fake, std::uint32_t term_ms, std::uint32_t grace_ms)
{
    return done(fake, [&](Fake& server) {
        if (term_ms == 0)
            return false;
        server.set_terms(std::chrono::milliseconds(term_ms), std::chrono::milliseconds(grace_ms));
        return true;
    });
}
