#include "client/attendant.hpp"
#include "client/fake.hpp"

#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <new>

using namespace usher;
using namespace usher::client;

namespace {

/// So many more allocations of this thread succeed; below zero: all.
thread_local long allocations_left = -1;

struct Shortage {
    explicit Shortage(long allocations) { allocations_left = allocations; }
    ~Shortage() { allocations_left = -1; }
};

} // namespace

// For the whole program; without a shortage they are the usual ones.
[[gnu::noinline]] void* operator new(std::size_t bytes)
{
    if (allocations_left == 0)
        throw std::bad_alloc();
    if (allocations_left > 0)
        --allocations_left;
    if (void* const room = std::malloc(bytes == 0 ? 1 : bytes))
        return room;
    throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* room) noexcept
{
    std::free(room);
}
[[gnu::noinline]] void operator delete(void* room, std::size_t) noexcept
{
    std::free(room);
}

BOOST_AUTO_TEST_SUITE(no_memory)

BOOST_AUTO_TEST_CASE(a_checkout_that_runs_out_of_memory_anywhere_leaves_no_seat_behind)
{
    Fake fake;
    BOOST_REQUIRE(fake.add("P", 1, ledger::Metric::lease));
    const Wish wish{.profile = "P", .user = "daisy", .device = "d"};
    unsigned failed = 0;
    for (long allocations = 0;; ++allocations) {
        Attendant attendant(fake.door(), {});
        try {
            Wish asked = wish;
            const Shortage shortage(allocations);
            if (attendant.checkout(std::move(asked), false))
                break;
        } catch (const std::bad_alloc&) {
            ++failed;
        }
        // The one seat is free again, as soon as whoever asked for it has gone.
        const auto given = attendant.checkout(wish, false);
        BOOST_REQUIRE(given.has_value());
        BOOST_TEST(!attendant.checkin(given->number).has_value());
    }
    BOOST_TEST(failed > 0U);
}

BOOST_AUTO_TEST_SUITE_END()
