// The headers as C++ of any age sees them: nothing else is included before, and nothing is wrong.
#include <usher.h>
#include <usher_devices.h>
#include <usher_fake.h>

#include <cstdlib>

int main()
{
    usher_options options = USHER_OPTIONS_DEFAULT;
    usher_wish wish = USHER_WISH_DEFAULT;
    usher_device device = USHER_DEVICE_DEFAULT;
    usher_registration registration = USHER_REGISTRATION_DEFAULT;
    usher_pool_wish pool = USHER_POOL_WISH_DEFAULT;
    const bool is_whole = device.size == sizeof(device) && device.lease.bytes[15] == 0 &&
                          registration.size == sizeof(registration) && pool.size == sizeof(pool) &&
                          options.size == sizeof(options) && wish.size == sizeof(wish) &&
                          options.callback == nullptr && wish.units == 0;
    return is_whole && usher_version() != nullptr ? EXIT_SUCCESS : EXIT_FAILURE;
}
