#pragma once

#include "protocol/operator.pb.h"

#include <cstdint>

namespace usher::test {

/// 2030-01-15 12:00 UTC: the noon around which all pictures of these tests are taken.
inline constexpr std::int64_t noon_us = 1'894'708'800'000'000;
inline constexpr std::int64_t second_us = 1'000'000;

/// What the daemon shows of the three licenses when a solver session and two clients run, one of
/// them twice, and one more session waits.
inline v1::StatusPart busy_afternoon()
{
    v1::StatusPart picture;
    picture.set_at_us(noon_us);
    picture.set_mode("serving");
    picture.set_node("3f2a9c0d1e2f3a4b");

    const auto add_pool = [&](const char* id, const char* product, const char* metric,
                              std::int64_t stock, std::int64_t held) {
        v1::StatusPart::Pool& pool = *picture.add_pools();
        pool.set_id(id);
        pool.set_root(id);
        pool.set_product(product);
        pool.set_metric(metric);
        pool.set_stock(stock);
        pool.set_held(held);
        pool.set_available(stock - held);
    };
    add_pool("015.120.055.014", "Client", "user_device", 10, 2);
    add_pool("015.120.064.022", "PROServer", "lease", 100, 0);
    add_pool("015.120.065.016", "PROSession", "lease", 1, 1);

    const auto add_profile = [&](const char* name, const char* pool, std::int64_t in_use) {
        v1::StatusPart::Profile& profile = *picture.add_profiles();
        profile.set_name(name);
        profile.add_pools(pool);
        profile.set_in_use(in_use);
    };
    add_profile("Client", "015.120.055.014", 2);
    picture.mutable_profiles(0)->set_re_use(1);
    add_profile("ProLicense", "015.120.065.016", 1);
    picture.mutable_profiles(1)->set_is_default(true);

    const auto add_lease = [&](const char* id, const char* profile, const char* pool,
                               const char* user, const char* device, const char* seat) {
        v1::StatusPart::Lease& lease = *picture.add_leases();
        lease.set_id(id);
        lease.set_profile(profile);
        lease.set_pool(pool);
        lease.set_user(user);
        lease.set_device(device);
        lease.set_seat(seat);
        lease.set_units(1);
        lease.set_kind("floating");
        lease.set_started_us(noon_us - 192 * second_us);
        lease.set_deadline_us(noon_us + 24 * second_us);
        lease.set_identity("anonymous");
        lease.set_pid(4711);
        lease.set_connected(true);
    };
    add_lease("00000000000000a1", "ProLicense", "015.120.065.016", "daisy", "desk-1", "");
    add_lease("00000000000000a2", "Client", "015.120.055.014", "daisy", "desk-1", "daisy@desk-1");
    add_lease("00000000000000a3", "Client", "015.120.055.014", "daisy", "desk-1", "daisy@desk-1");
    add_lease("00000000000000a4", "Client", "015.120.055.014", "donald", "desk-2", "donald@desk-2");
    picture.mutable_leases(3)->set_connected(false);

    v1::StatusPart::Waiter& waiter = *picture.add_queue();
    waiter.set_id("00000000000000b1");
    waiter.set_profile("ProLicense");
    waiter.add_pools("015.120.065.016");
    waiter.set_units(1);
    waiter.set_user("goofy");
    waiter.set_device("desk-3");
    waiter.set_position(1);
    waiter.set_since_us(noon_us - 5 * second_us);
    waiter.set_until_us(noon_us + 25 * second_us);
    return picture;
}

} // namespace usher::test
