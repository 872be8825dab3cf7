#pragma once

#include "protocol/operator.pb.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace usher::test {

/// 2030-01-15 12:00 UTC: the noon around which all pictures of these tests are taken.
inline constexpr std::int64_t noon_us = 1'894'708'800'000'000;
inline constexpr std::int64_t second_us = 1'000'000;

inline bool contains(std::string_view text, std::string_view part)
{
    return text.find(part) != std::string_view::npos;
}

inline void add_pool(v1::StatusPart& picture, const char* id, const char* product,
                     const char* metric, std::int64_t stock, std::int64_t held)
{
    v1::StatusPart::Pool& pool = *picture.add_pools();
    pool.set_id(id);
    pool.set_root(id);
    pool.set_product(product);
    pool.set_metric(metric);
    pool.set_stock(stock);
    pool.set_held(held);
    pool.set_available(stock - held);
    pool.set_scheme("server");
    pool.set_leases("floating");
}

/// A pool under a root.
inline v1::StatusPart::Pool& add_child(v1::StatusPart& picture, const std::string& id,
                                       const char* root, std::int64_t stock, std::int64_t held)
{
    add_pool(picture, id.c_str(), "Devices", "lease", stock, held);
    v1::StatusPart::Pool& pool = *picture.mutable_pools(picture.pools_size() - 1);
    pool.set_root(root);
    pool.set_scheme("keys");
    pool.set_leases("persistent");
    return pool;
}

/// A root that lends nothing itself, with so many units left, after those that are under it.
inline void add_root(v1::StatusPart& picture, const char* id, std::int64_t unassigned)
{
    add_child(picture, id, id, unassigned, 0);
}

inline v1::StatusPart::Profile& add_profile(v1::StatusPart& picture, const char* name,
                                            const char* pool, std::int64_t in_use)
{
    v1::StatusPart::Profile& profile = *picture.add_profiles();
    profile.set_name(name);
    profile.add_pools(pool);
    profile.set_in_use(in_use);
    return profile;
}

inline v1::StatusPart::Lease& add_lease(v1::StatusPart& picture, const char* id,
                                        const char* profile, const char* pool, const char* user,
                                        const char* device)
{
    v1::StatusPart::Lease& lease = *picture.add_leases();
    lease.set_id(id);
    lease.set_profile(profile);
    lease.set_pool(pool);
    lease.set_user(user);
    lease.set_device(device);
    lease.set_units(1);
    lease.set_kind("floating");
    lease.set_started_us(noon_us - 192 * second_us);
    lease.set_deadline_us(noon_us + 24 * second_us);
    lease.set_identity("anonymous");
    lease.set_pid(4711);
    lease.set_connected(true);
    return lease;
}

/// What the daemon shows of the three licenses when a solver session and two clients run, one of
/// them twice, and one more session waits.
inline v1::StatusPart busy_afternoon()
{
    constexpr auto client = "015.120.055.014";
    constexpr auto session = "015.120.065.016";
    v1::StatusPart picture;
    picture.set_at_us(noon_us);
    picture.set_mode("serving");
    picture.set_node("3f2a9c0d1e2f3a4b");
    add_pool(picture, client, "Client", "user_device", 10, 2);
    add_pool(picture, "015.120.064.022", "PROServer", "lease", 100, 0);
    add_pool(picture, session, "PROSession", "lease", 1, 1);
    add_profile(picture, "Client", client, 2).set_re_use(1);
    add_profile(picture, "ProLicense", session, 1).set_is_default(true);
    add_lease(picture, "00000000000000a1", "ProLicense", session, "daisy", "desk-1");
    add_lease(picture, "00000000000000a2", "Client", client, "daisy", "desk-1")
        .set_seat("daisy@desk-1");
    add_lease(picture, "00000000000000a3", "Client", client, "daisy", "desk-1")
        .set_seat("daisy@desk-1");
    v1::StatusPart::Lease& away =
        add_lease(picture, "00000000000000a4", "Client", client, "donald", "desk-2");
    away.set_seat("donald@desk-2");
    away.set_connected(false);

    v1::StatusPart::Waiter& waiter = *picture.add_queue();
    waiter.set_id("00000000000000b1");
    waiter.set_profile("ProLicense");
    waiter.add_pools(session);
    waiter.set_units(1);
    waiter.set_user("goofy");
    waiter.set_device("desk-3");
    waiter.set_position(1);
    waiter.set_since_us(noon_us - 5 * second_us);
    waiter.set_until_us(noon_us + 25 * second_us);

    v1::StatusPart::Limit& limit = *picture.add_limits();
    limit.set_name("sessions_max");
    limit.set_bound(16'000);
    limit.set_in_use(3);
    limit.set_highest(16'000);
    return picture;
}

} // namespace usher::test
