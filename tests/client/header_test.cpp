// The headers as C++ of any age sees them: nothing else is included before, and nothing is wrong.
#include <usher.h>
#include <usher_devices.h>
#include <usher_fake.h>

#include <cstdlib>

int main()
{
    usher_options options = USHER_OPTIONS_DEFAULT;
    usher_wish wish = USHER_WISH_DEFAULT;
    const bool is_whole = options.size == sizeof(options) && wish.size == sizeof(wish) &&
                          options.callback == nullptr && wish.units == 0;
    return is_whole && usher_version() != nullptr ? EXIT_SUCCESS : EXIT_FAILURE;
}
