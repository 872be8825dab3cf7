#ifndef USHER_LIBUSHER_FAKE_H
#define USHER_LIBUSHER_FAKE_H

/* libusher_fake: a license server inside your program, for its tests.
 *
 * It links instead of libusher, has all of its functions, and those below. A client that was opened
 * at a fake behaves like one at a real server, for the rules are the real server's; what a test
 * cannot wait for or provoke elsewhere is a call here. Never ship it: it gives seats to everybody.
 *
 * Any thread. Every function returns 1 where it did what it says and 0 where it could not.
 */
#include <usher.h>
#include <usher_devices.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct usher_fake usher_fake;

/* A server that sells nothing yet; NULL: no memory. */
USHER_API usher_fake* usher_fake_new(void);

/* After all its clients were closed. NULL is fine. */
USHER_API void usher_fake_free(usher_fake* fake);

/* As usher_open, at `fake`: server, key, certificate and vendor_keys of the options play no part.
 */
USHER_API usher_status usher_fake_open(usher_fake* fake, const usher_options* options,
                                       usher_client** client, usher_refusal** refusal);

/* Sells `units` seats (0: unlimited) under the name `profile`. `metric` says who shares one:
 * "lease" (nobody), "device", "user", "user_device". 0: the name is taken or empty, or the metric
 * is none of these. */
USHER_API int usher_fake_add(usher_fake* fake, const char* profile, uint64_t units,
                             const char* metric);

/* The same of a pool for devices (usher_devices.h), whose leases no silence ends. */
USHER_API int usher_fake_add_devices(usher_fake* fake, const char* profile, uint64_t units);

/* An operator puts another license for `units` in the place of that behind `profile` (0:
 * unlimited). With fewer than are held its pool is locked. 0: there is no such profile, or it is of
 * usher_fake_add, has more units, and it is no maintenance. */
USHER_API int usher_fake_resize(usher_fake* fake, const char* profile, uint64_t units);

/* The license behind `profile` does not count any more (1) or does again (0). Seats become locked
 * at their next renewal. */
USHER_API int usher_fake_lock(usher_fake* fake, const char* profile, int locked);

/* Takes all seats of `user` away (NULL: everybody's), with a reason in an operator's words. 0:
 * there was none. */
USHER_API int usher_fake_revoke(usher_fake* fake, const char* user, const char* reason);

/* Begins (1) and ends (0) maintenance. Its end ends all seats. */
USHER_API int usher_fake_maintenance(usher_fake* fake, int on);

/* Cuts the network (1): nothing comes through, and the server lives on; or mends it (0). */
USHER_API int usher_fake_cut(usher_fake* fake, int cut);

/* The server was killed and is there again. */
USHER_API int usher_fake_restart(usher_fake* fake);

/* Lets time go by for the server alone: with a cut, its clients become silent. */
USHER_API int usher_fake_pass(usher_fake* fake, uint32_t milliseconds);

/* How long a silent client keeps its seats (default 25000), and one whose connection ended (2000).
 * Clients hear of it when they connect or renew. */
USHER_API int usher_fake_set_terms(usher_fake* fake, uint32_t term_ms, uint32_t grace_ms);

/* How long what is heard of a pool from now on may be relied on (default 259200000: 72 h). */
USHER_API int usher_fake_set_validity(usher_fake* fake, uint32_t milliseconds);

#ifdef __cplusplus
}
#endif

#endif /* USHER_LIBUSHER_FAKE_H */
