#ifndef USHER_LIBUSHER_H
#define USHER_LIBUSHER_H

/* libusher: hold a seat at a license server while your application works.
 *
 *     usher_options options = USHER_OPTIONS_DEFAULT;
 *     usher_client *client = NULL;
 *     usher_lease seat = 0;
 *     usher_refusal *no = NULL;
 *
 *     options.vendor_keys = keys;         what your vendor's tool printed: "usher-vendor:NAME:KEY"
 *     options.vendor_keys_count = 1;
 *     if (usher_open(&options, &client, &no) == USHER_OK) {
 *         usher_wish wish = USHER_WISH_DEFAULT;
 *         wish.profile = "ProLicense";
 *         if (usher_checkout(client, &wish, &seat, &no) == USHER_OK) {
 *             ...work...
 *             usher_checkin(client, seat, NULL);
 *         }
 *     }
 *     if (no)
 *         fprintf(stderr, "%s: %s\n", no->code, no->text);
 *     usher_refusal_free(no);
 *     usher_close(client);
 *
 * Applications that manage devices include usher_devices.h beside: leases that no silence ends.
 *
 * Behind the first checkout one thread begins. It renews all seats of its client in one message, a
 * third of the server's term after the last time, and comes back by itself when the connection
 * breaks: a server that is restarted costs a pause and no seat. It never ends the application,
 * never raises a signal, and never runs one of its signal handlers.
 *
 * THREADS. Every function may be called from any thread at any time, but that nobody may use a
 * client once usher_close was called on it. The callback comes on the library's own thread, one
 * event after the other; what it may call is said there.
 *
 * FORK. In the child of a fork a client of the parent is inert: its functions return USHER_FORKED
 * and touch nothing of the parent's, usher_close returns at once (what memory was the parent's
 * stays as it is, for the thread that it belonged to does not exist here), and the child's copy of
 * the connection was closed by the fork itself. The parent notices nothing. A child that needs a
 * seat opens its own. exec passes nothing on.
 *
 * TEXT is UTF-8 and ends with a zero byte. Strings that you give are copied. Strings in a structure
 * that you get live as long as the structure.
 *
 * GROWTH. Structures begin with their size, so that later versions can add members at the end.
 * Begin yours with the *_DEFAULT of your header. A newer library takes what an older header made;
 * an older library refuses (USHER_BAD_ARGUMENT) what it does not know, unless that is zero.
 */
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define USHER_API __attribute__((visibility("default")))
#else
#define USHER_API
#endif

/* What holds seats at one server. */
typedef struct usher_client usher_client;

/* Names a seat within one client: from 1, never used twice; 0 is none. */
typedef uint64_t usher_lease;

/* Names a pool that is watched, in the same way; see usher_devices.h. */
typedef uint64_t usher_watch;

/* How a call ended. New values may be added; treat those that you do not know as a failure. */
typedef enum usher_status {
    USHER_OK = 0,
    /* No seat yet, but a place in the queue: the callback tells how it goes on. */
    USHER_WAITING = 1,
    /* The server says no; the refusal has its code (NO_FREE_SEAT, UNKNOWN_PROFILE, EXPIRED, ...),
     * the numbers behind it, who holds the seats and what would cure it. */
    USHER_REFUSED = 2,
    /* The server could not be asked, or did not answer, in time. Trying again later may help. */
    USHER_UNREACHABLE = 3,
    /* What answers at the address is not the vendor's customer's server: another certificate
     * authority, no usherd, or no proof under the vendor's key. */
    USHER_WRONG_SERVER = 4,
    /* The server does not want this application: key or certificate unknown, revoked, or unusable.
     */
    USHER_TURNED_AWAY = 5,
    /* An argument is missing or out of its range; the refusal's text says which. */
    USHER_BAD_ARGUMENT = 6,
    /* There is no such seat in this client, or it was given back. */
    USHER_UNKNOWN_LEASE = 7,
    /* More than 4096 seats or 256 watched pools in one client, or the system gives no memory,
     * descriptor or thread. */
    USHER_LIMIT = 8,
    /* Called by the callback, and would have to wait for the thread that it is called on. */
    USHER_IN_CALLBACK = 9,
    /* This process is a child of the one that opened the client. */
    USHER_FORKED = 10,
    /* The client is being closed by another thread. */
    USHER_CLOSED = 11,
    /* There is no such watch in this client, or it was ended. */
    USHER_UNKNOWN_WATCH = 12,
    USHER_STATUS_MAX = 0x7fffffff /* None: room for those that are added. */
} usher_status;

/* The word for a status, as it stands above: "USHER_OK". Never NULL. */
USHER_API const char* usher_status_word(usher_status status);

/* Somebody who holds a seat that you wanted. */
typedef struct usher_holder {
    size_t size;
    const char* user;
    const char* device;
    const char* lease; /* A short digest that the operator knows the seat by; never its id. */
    int64_t units;
    int64_t since_us; /* Microseconds since 1970-01-01 UTC. */
} usher_holder;

/* A no, with its reason. */
typedef struct usher_refusal {
    size_t size;
    usher_status status;
    /* For programs to compare, stable: the server's word (see its documentation), or one of the
     * library: BAD_ADDRESS, BAD_CREDENTIALS, BAD_ARGUMENT, HOST_UNKNOWN, UNREACHABLE, TLS_FAILED,
     * WRONG_SERVER, OTHER_PROTOCOL, NOT_GREETED, NOT_GENUINE, CONNECTION_BROKEN, LIMIT_REACHED,
     * UNKNOWN_SEAT, UNKNOWN_WATCH, IN_CALLBACK, FORKED, CLOSED. */
    const char* code;
    const char* text;         /* A sentence for people, without a full stop. */
    const char* const* cures; /* What would help, the nearest first. */
    size_t cures_count;
    const char* subject; /* The pool, profile, product or name that it is about; may be "". */
    int64_t stock;       /* Units that there are; this and the next four: -1 where not said. */
    int64_t held;        /* Units that are held. */
    int64_t want;        /* Units that were asked for. */
    int64_t missing;     /* Units that would have to become free first. */
    int64_t queue;       /* How many wait before you. */
    const usher_holder* const* holders; /* At most 8, the longest-holding first. */
    size_t holders_count;
    const char* detail;  /* More, where no number says it: which field, which limit; or "". */
    const char* because; /* Of a locked pool: the code why what feeds it counts nothing; or "". */
    int64_t row;         /* Of a call with many rows: the one that is meant, from 1; -1: none. */
} usher_refusal;

/* Frees a refusal that a call returned through its last argument; NULL is fine. Those in an event
 * are not yours to free. */
USHER_API void usher_refusal_free(usher_refusal* refusal);

typedef enum usher_event_kind {
    /* The seat that was waited for is yours. */
    USHER_EVENT_GRANTED = 1,
    /* The seat, or the place in the queue, is gone for good; `refusal` and `reason` say why. The
     * lease is of no use any more but for usher_why; give it to usher_checkin to forget it. */
    USHER_EVENT_LOST = 2,
    /* The license behind the seat does not count any more (ended, another host): the seat is still
     * yours, and the vendor decides what may be done with it; `refusal` says why. */
    USHER_EVENT_LOCKED = 3,
    USHER_EVENT_UNLOCKED = 4,
    /* The server was not heard of for a whole term: by now the seat may be somebody else's. The
     * library goes on trying; USHER_EVENT_CERTAIN or USHER_EVENT_LOST follows. */
    USHER_EVENT_UNCERTAIN = 5,
    USHER_EVENT_CERTAIN = 6,
    /* The connection is gone; `refusal` says why. All seats are yours for the rest of the term. */
    USHER_EVENT_DISCONNECTED = 7,
    /* It is back, and the server confirmed all seats but those that it is about to report. */
    USHER_EVENT_RECONNECTED = 8,
    /* The server gives no new seats for now, and may end all of them when it serves again. */
    USHER_EVENT_MAINTENANCE = 9,
    USHER_EVENT_SERVING = 10,
    /* While seats are held: what now answers at the address is not the server, as with
     * USHER_WRONG_SERVER, and was told nothing; `refusal` says why. Seats become uncertain unless
     * the right one is back. */
    USHER_EVENT_SERVER_REFUSED = 11,
    /* While seats are held: as with USHER_TURNED_AWAY; `refusal` says why. */
    USHER_EVENT_TURNED_AWAY = 12,
    /* The server has moved, and the library goes after it: the other one proves who it is like the
     * first. `reason` says where it is now ("licenses.example:4750"). Seats and places in the queue
     * are kept; USHER_EVENT_RECONNECTED follows. */
    USHER_EVENT_MOVED = 13,
    /* A pool that is watched stands otherwise than it was told last: `watch` and `pool` say which
     * one, and how; see usher_devices.h. */
    USHER_EVENT_POOL = 14,
    USHER_EVENT_MAX = 0x7fffffff /* None: room for those that are added. */
} usher_event_kind;

typedef struct usher_event {
    size_t size;
    usher_event_kind kind;        /* Leave out those that you do not know. */
    usher_lease lease;            /* 0: it concerns all. */
    const usher_refusal* refusal; /* NULL where there is nothing to explain. */
    /* Of USHER_EVENT_LOST, in a word: "revoked", "silent", "connection_lost", "server_restarted",
     * "fixed_end", "patience_ended", "no_longer_possible"; "" where it is not known. Of
     * USHER_EVENT_MOVED: host and port. */
    const char* reason;
    usher_watch watch;             /* Of USHER_EVENT_POOL; else 0. */
    const struct usher_pool* pool; /* The same; else NULL. */
} usher_event;

/* Called on the library's own thread, which renews nothing meanwhile: return within a second, and
 * keep it off big arrays (the stack has 256 KiB). The event lives until you return. It may call
 * usher_look, usher_why and usher_checkin (which then does not wait); usher_checkout and
 * usher_close would wait for this very thread and return USHER_IN_CALLBACK. It must not throw or
 * longjmp. */
typedef void (*usher_callback)(usher_client* client, const usher_event* event, void* context);

/* In usher_options.flags. */

/* Accept a server without any vendor's proof. Whoever writes his own server then gives seats away:
 * only for tools that sell nothing. Without it, vendor_keys must not be empty. */
#define USHER_ANY_VENDOR 1u

typedef struct usher_options {
    size_t size;
    /* "usher://HOST:PORT/?ca=sha256:HEX" as the operator was shown it, or, only with
     * USHER_ANY_VENDOR, "unix:/PATH". NULL: the environment's USHER_SERVER. */
    const char* server;
    /* The key of a pool, "usher-key-...". NULL: the environment's USHER_KEY; "" or unset: none. */
    const char* key;
    /* Files in PEM form: a client certificate with what leads to its authority, and its private key
     * without a password. Both or neither (NULL). Read by usher_open alone. */
    const char* certificate;
    const char* certificate_key;
    /* The keys of the vendors whose customer the server must be, 1 to 16. Compile them into your
     * application: from a file or the environment, anybody could replace them. */
    const char* const* vendor_keys;
    size_t vendor_keys_count;
    unsigned flags;
    /* Name and version of your application, for the server's log. NULL: "libusher VERSION". At most
     * 256 bytes. */
    const char* application;
    /* Who sits there, where a wish does not say it: 1 to 256 bytes. NULL: the login name of the
     * effective user ("uid 1000" where it has none); the host's name; none. */
    const char* user;
    const char* device;
    const char* party;
    /* One attempt to connect, shake hands and be greeted; milliseconds, 100 to 600000, 0: 10000.
     * The system's resolver of host names has a limit of its own. */
    uint32_t connect_timeout_ms;
    /* How long a call waits for the server's answer, while the library connects as often as it
     * takes; milliseconds, 100 to 600000, 0: 10000. A wait in the queue comes on top. */
    uint32_t answer_timeout_ms;
    usher_callback callback; /* NULL: none. */
    void* context;           /* Passed on to the callback. */
} usher_options;

#define USHER_OPTIONS_DEFAULT                                                                      \
    {                                                                                              \
        sizeof(usher_options), NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, NULL, NULL, NULL, 0, 0,   \
            NULL, NULL                                                                             \
    }

/* Prepares to hold seats at a server. Does not connect yet, and begins no thread.
 *
 * USHER_OK: *client is to be closed. USHER_BAD_ARGUMENT: an option is missing or wrong.
 * USHER_TURNED_AWAY: certificate or key cannot be read or do not fit. USHER_LIMIT.
 * On failure *client is NULL, and *refusal (unless refusal is NULL) is to be freed. */
USHER_API usher_status usher_open(const usher_options* options, usher_client** client,
                                  usher_refusal** refusal);

/* Gives all seats back, waits up to 2 s for the server to hear of it, ends the thread, and frees
 * `client`. Calls that still wait in other threads end with USHER_CLOSED first; no callback comes
 * after it has returned. A callback that is running, and a host name that is being resolved, are
 * waited for. NULL is fine. USHER_OK, USHER_IN_CALLBACK (then nothing happened), USHER_FORKED. */
USHER_API usher_status usher_close(usher_client* client);

/* In usher_wish.flags. */

/* With a wait: return USHER_WAITING as soon as there is a place in the queue, instead of waiting
 * for the seat. USHER_EVENT_GRANTED or USHER_EVENT_LOST follows. */
#define USHER_STAY_IN_QUEUE 1u

typedef struct usher_wish {
    size_t size;
    const char* profile; /* What the operator calls it, at most 256 bytes. NULL: its default. */
    uint64_t units;      /* 1 to 1000000000; 0: 1. */
    uint32_t
        wait_ms; /* Where no seat is free: wait in the queue so long, at most 24 h; 0: do not. */
    unsigned flags;
    const char* user; /* NULL: those of the options. */
    const char* device;
    const char* party;
} usher_wish;

#define USHER_WISH_DEFAULT                                                                         \
    {                                                                                              \
        sizeof(usher_wish), NULL, 0, 0, 0, NULL, NULL, NULL                                        \
    }

/* Takes a seat, and waits for the answer: at most answer_timeout_ms, and the wish's wait_ms on top.
 *
 * The request may be sent many times, over many connections, and still is one seat: it carries a
 * random number that the server knows it by. Where the call fails, no seat is kept: one that the
 * server may have given in the meantime is given back as soon as it can be reached.
 *
 * USHER_OK: *lease is a seat. USHER_WAITING (with USHER_STAY_IN_QUEUE): *lease is a place in the
 * queue. USHER_REFUSED, USHER_UNREACHABLE, USHER_WRONG_SERVER, USHER_TURNED_AWAY,
 * USHER_BAD_ARGUMENT, USHER_LIMIT, USHER_IN_CALLBACK, USHER_FORKED, USHER_CLOSED: *lease is 0, and
 * *refusal (unless refusal is NULL) says why, and is to be freed. */
USHER_API usher_status usher_checkout(usher_client* client, const usher_wish* wish,
                                      usher_lease* lease, usher_refusal** refusal);

/* Gives a seat or a place in the queue back, and waits up to answer_timeout_ms for the server to
 * hear of it, where it is connected. The lease is gone in any case.
 *
 * USHER_OK. USHER_UNREACHABLE: the server does not know yet; it is told as soon as it can be, or
 * ends the seat by itself after its term. USHER_UNKNOWN_LEASE, USHER_FORKED, USHER_CLOSED. */
USHER_API usher_status usher_checkin(usher_client* client, usher_lease lease,
                                     usher_refusal** refusal);

typedef enum usher_seat_state {
    USHER_SEAT_WAITING = 1,
    USHER_SEAT_HELD = 2,
    USHER_SEAT_LOCKED = 3,
    /* Held or locked when the server was last heard of, which is more than its term ago. */
    USHER_SEAT_UNCERTAIN = 4,
    USHER_SEAT_LOST = 5,
    USHER_SEAT_MAX = 0x7fffffff /* None: room for those that are added. */
} usher_seat_state;

/* A seat as it stands. */
typedef struct usher_seat {
    size_t size;
    usher_seat_state state;
    const char* pool;    /* Where it came from; "" while it is waited for. */
    const char* product; /* The same. */
    uint64_t units;
    int shares_seat;    /* Not 0: with another seat of the same user; it took none of its own. */
    uint32_t position;  /* In the queue, from 1; 0: in none. */
    int64_t certain_ms; /* Nobody else has it for so long, whatever happens; -1: for good. */
} usher_seat;

/* Looks at a seat; asks nobody, and does not wait. `seat` is made by the library: free it.
 * USHER_OK, USHER_UNKNOWN_LEASE, USHER_FORKED, USHER_LIMIT: *seat is NULL. */
USHER_API usher_status usher_look(usher_client* client, usher_lease lease, usher_seat** seat);
USHER_API void usher_seat_free(usher_seat* seat);

/* Why a seat is locked, lost, or still waited for; *refusal is NULL where there is nothing to
 * explain, else to be freed. USHER_OK, USHER_UNKNOWN_LEASE, USHER_FORKED, USHER_LIMIT. */
USHER_API usher_status usher_why(usher_client* client, usher_lease lease, usher_refusal** refusal);

/* The version of the library: "0.1.0". */
USHER_API const char* usher_version(void);

#ifdef __cplusplus
}
#endif

#endif /* USHER_LIBUSHER_H */
