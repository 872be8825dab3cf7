#ifndef USHER_LIBUSHER_DEVICES_H
#define USHER_LIBUSHER_DEVICES_H

/* libusher for applications that manage devices: leases that no silence ends, many in one request,
 * and how the pool stands that they are from.
 *
 *     usher_device devices[2] = {USHER_DEVICE_DEFAULT, USHER_DEVICE_DEFAULT};
 *     usher_registration wish = USHER_REGISTRATION_DEFAULT;
 *     usher_pool_wish whose = USHER_POOL_WISH_DEFAULT;
 *     usher_watch watch = 0;
 *
 *     devices[0].device = "switch-1";
 *     devices[1].device = "switch-2";
 *     wish.pool = whose.pool = "site-north";
 *     wish.devices = devices;
 *     wish.devices_count = 2;
 *     if (usher_devices_register(client, &wish, NULL, &no) == USHER_OK)
 *         ...store devices[i].lease, or ask for it later by usher_devices_list...
 *     usher_pool_watch(client, &whose, &watch, &no);    and the callback hears USHER_EVENT_POOL
 *
 * Such a lease is held until it is given back, or an operator takes it away: also while the
 * application does not run, the server is down, or the pool is locked. usher_close gives none of
 * them back, and usher_look knows none of them. It belongs to the credentials (key, certificate)
 * that it was taken under; whoever has these can list it and give it back. All who come without any
 * are one to the server: give applications that manage devices a key of their own.
 *
 * Only pools of a license that was installed with a scheme of persistent leases ("keys",
 * "companies") lend so. Those of the scheme "server" lend seats, for which usher_checkout is made:
 * what is registered there ends after a term, for nobody renews it.
 *
 * Threads, forks, texts and growth: as usher.h says. usher_devices_register, usher_devices_list,
 * usher_devices_checkin, usher_pool_ask and usher_pool_watch wait for the server, at most
 * answer_timeout_ms, and over as many connections as it takes; so in the callback they return
 * USHER_IN_CALLBACK. The others ask nobody and do not wait.
 */
#include <usher.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What names a lease to the server, and proves who holds it: keep it from others. All zero: none.
 * People type it to the server's tools as 32 hexadecimal digits, in this order. */
typedef struct usher_lease_id {
    unsigned char bytes[16];
} usher_lease_id;

/* Devices in one request. */
#define USHER_DEVICES_MAX 10000u

/* A device that is to be registered. */
typedef struct usher_device {
    size_t size;
    const char* device; /* Its name, 1 to 256 bytes. */
    const char* user;   /* Who has it, 1 to 256 bytes; NULL: that of the registration. */
    uint64_t units;     /* 1 to 1000000000; 0: 1. */
    /* All zero: usher_devices_register makes one, at random, and writes it here before it asks.
     * Else it is this one: it is how a registration is repeated. */
    usher_lease_id lease;
} usher_device;

#define USHER_LEASE_ID_NONE                                                                        \
    {                                                                                              \
        {                                                                                          \
            0                                                                                      \
        }                                                                                          \
    }
#define USHER_DEVICE_DEFAULT                                                                       \
    {                                                                                              \
        sizeof(usher_device), NULL, NULL, 0, USHER_LEASE_ID_NONE                                   \
    }

typedef struct usher_registration {
    size_t size;
    const char* profile;   /* At most 256 bytes. NULL, and no pool: the server's default. */
    const char* pool;      /* Instead of a profile. */
    const char* party;     /* NULL: that of the options. */
    const char* user;      /* Of devices that name none. NULL: that of the options. */
    usher_device* devices; /* All of one size. */
    /* 1 to USHER_DEVICES_MAX, whose names must fit into a message together: 64 bytes each do. */
    size_t devices_count;
} usher_registration;

#define USHER_REGISTRATION_DEFAULT                                                                 \
    {                                                                                              \
        sizeof(usher_registration), NULL, NULL, NULL, NULL, NULL, 0                                \
    }

/* How a pool stood when the server was last heard. */
typedef struct usher_pool {
    size_t size;
    const char* pool; /* Its name; "": the party has none yet. */
    int unlimited;    /* Not 0: it has no end, and stock means nothing. */
    int64_t stock;    /* Units that it has. */
    int64_t held;    /* Units of it that are held; may be more than stock, and then it is locked. */
    int locked;      /* Not 0: it lends nothing. What is held stays held, and can be given back. */
    int64_t missing; /* Units that are held beyond the stock; 0: none. */
    /* Why it is locked, with cures; or why the server says no to the question. NULL: neither. */
    const usher_refusal* refusal;
    /* Not 0: since all this was heard the server has said no to the very question (`refusal`): the
     * pool is gone, or is not for you any more. It is not to be relied on. */
    int refused;
    /* How long it may still be relied on without another word of the server; milliseconds from now,
     * 0: not any more. The server says how long (default 72 h), from when it was heard. */
    int64_t valid_ms;
    /* The same as an instant: milliseconds of CLOCK_BOOTTIME, which no change of the calendar moves
     * and which runs on while the machine sleeps. */
    int64_t valid_until_ms;
    /* Not 0: it may be relied on, now. Ask this and not `locked` alone. */
    int reliable;
} usher_pool;

/* Frees what the calls below made; NULL is fine. Those in an event are not yours to free. */
USHER_API void usher_pool_free(usher_pool* pool);

/* Takes a lease for each device, or none for any.
 *
 * The request may be sent many times, over many connections, and takes nothing twice: each lease
 * has its random id, which is in `devices` before anything is sent. So after USHER_UNREACHABLE,
 * when nobody knows whether the server has done it, call it again with the same devices as they are
 * now: what was taken is not taken again. Who does not want them any more gives them back by the
 * same ids. `devices` must not be touched by another thread meanwhile.
 *
 * USHER_OK: each device has its lease, and *pool (unless pool is NULL) says how the pool stands
 * now, and is to be freed. USHER_REFUSED: none was taken; the refusal's `row` names the first
 * device that stands in the way, from 1, where it is one (NO_FREE_SEAT: the first that there is no
 * unit for; LEASE_ID_REUSED: its id is another lease's, or was of one that was given back;
 * BAD_NAME, ...), or is -1 where it is none (POOL_LOCKED, UNKNOWN_POOL, IN_MAINTENANCE, ...).
 * USHER_BAD_ARGUMENT: nothing was asked; `row` likewise. USHER_UNREACHABLE, USHER_WRONG_SERVER,
 * USHER_TURNED_AWAY, USHER_LIMIT, USHER_IN_CALLBACK, USHER_FORKED, USHER_CLOSED. Unless it is
 * USHER_OK *pool is NULL, and *refusal (unless refusal is NULL) says why, and is to be freed. */
USHER_API usher_status usher_devices_register(usher_client* client, const usher_registration* wish,
                                              usher_pool** pool, usher_refusal** refusal);

/* A device that is registered. */
typedef struct usher_held_device {
    size_t size;
    usher_lease_id lease;
    const char* device;
    const char* user;
    const char* pool;
    const char* party;   /* "": for none. */
    const char* profile; /* Through which it was asked for; "": by the pool. */
    uint64_t units;
    int64_t started_us; /* Microseconds since 1970-01-01 UTC. */
    int64_t ends_us;    /* The same, of a lease for a fixed time; -1: it has no end. */
} usher_held_device;

/* Some of them. */
typedef struct usher_device_list {
    size_t size;
    const usher_held_device* const* devices; /* In the order in which they were taken. */
    size_t devices_count;                    /* At most 500; may be 0 before the end. */
    uint64_t after;                          /* To ask for what follows; 0: nothing does. */
} usher_device_list;

/* Lists the leases that no silence ends, of whoever has these credentials, also of an earlier run.
 * `party`: only those for this one, at most 256 bytes; NULL or "": all. `after`: 0 for the first
 * part, then as the part before said. What is taken or given back in between may be missing.
 *
 * USHER_OK: *list is to be freed. USHER_REFUSED, USHER_UNREACHABLE, USHER_WRONG_SERVER,
 * USHER_TURNED_AWAY, USHER_BAD_ARGUMENT, USHER_LIMIT, USHER_IN_CALLBACK, USHER_FORKED,
 * USHER_CLOSED: *list is NULL, and *refusal (unless refusal is NULL) is to be freed. */
USHER_API usher_status usher_devices_list(usher_client* client, const char* party, uint64_t after,
                                          usher_device_list** list, usher_refusal** refusal);
USHER_API void usher_device_list_free(usher_device_list* list);

/* Gives leases back, all or none: `leases_count` of them, 1 to USHER_DEVICES_MAX, each once. Also
 * while their pool is locked. After USHER_UNREACHABLE call it again, though it may be refused then,
 * because they were given back before: usher_devices_list knows. A lost answer within one call is
 * no such case.
 *
 * USHER_OK. USHER_REFUSED: none was given back; UNKNOWN_LEASE with the `row` of one that is not
 * held, or not under these credentials. USHER_UNREACHABLE, USHER_WRONG_SERVER, USHER_TURNED_AWAY,
 * USHER_BAD_ARGUMENT, USHER_LIMIT, USHER_IN_CALLBACK, USHER_FORKED, USHER_CLOSED: *refusal (unless
 * refusal is NULL) is to be freed. */
USHER_API usher_status usher_devices_checkin(usher_client* client, const usher_lease_id* leases,
                                             size_t leases_count, usher_refusal** refusal);

/* Which pool: by profile, by name, or the server's default; of several, the first. */
typedef struct usher_pool_wish {
    size_t size;
    const char* profile; /* At most 256 bytes. NULL, and no pool: the server's default. */
    const char* pool;    /* Instead of a profile. */
    const char* party;   /* NULL: that of the options. */
} usher_pool_wish;

#define USHER_POOL_WISH_DEFAULT                                                                    \
    {                                                                                              \
        sizeof(usher_pool_wish), NULL, NULL, NULL                                                  \
    }

/* Asks how a pool stands, once.
 *
 * USHER_OK: *pool is to be freed. USHER_REFUSED (UNKNOWN_PROFILE, UNKNOWN_POOL, UNKNOWN_PARTY,
 * ...), USHER_UNREACHABLE, USHER_WRONG_SERVER, USHER_TURNED_AWAY, USHER_BAD_ARGUMENT, USHER_LIMIT,
 * USHER_IN_CALLBACK, USHER_FORKED, USHER_CLOSED: *pool is NULL, and *refusal (unless refusal is
 * NULL) is to be freed. */
USHER_API usher_status usher_pool_ask(usher_client* client, const usher_pool_wish* wish,
                                      usher_pool** pool, usher_refusal** refusal);

/* Asks how a pool stands, and watches it from then on: the callback hears USHER_EVENT_POOL when it
 * is locked or no more, for another reason, by more or fewer units, or is another pool; within a
 * second of the change. That only more or fewer units are held is no event. At most 256 at once.
 *
 * The library keeps the connection for it, asks again on each new one and once a term, and tells
 * only what is otherwise then. While the server is away the last that was heard stands; see
 * `reliable`. USHER_EVENT_DISCONNECTED and those that follow it come as while seats are held.
 *
 * USHER_OK: *watch is to be ended by usher_pool_unwatch, or with the client. As usher_pool_ask
 * otherwise, and USHER_LIMIT with more than 256 too: *watch is 0, and nothing is watched. */
USHER_API usher_status usher_pool_watch(usher_client* client, const usher_pool_wish* wish,
                                        usher_watch* watch, usher_refusal** refusal);

/* How a watched pool stood when the server was last heard; asks nobody, and does not wait. *pool is
 * made by the library: free it. USHER_OK, USHER_UNKNOWN_WATCH, USHER_BAD_ARGUMENT, USHER_FORKED,
 * USHER_LIMIT: *pool is NULL. */
USHER_API usher_status usher_pool_look(usher_client* client, usher_watch watch, usher_pool** pool);

/* Ends a watch. An event of it that is under way may still come. USHER_OK, USHER_UNKNOWN_WATCH,
 * USHER_BAD_ARGUMENT, USHER_FORKED. */
USHER_API usher_status usher_pool_unwatch(usher_client* client, usher_watch watch);

#ifdef __cplusplus
}
#endif

#endif /* USHER_LIBUSHER_DEVICES_H */
