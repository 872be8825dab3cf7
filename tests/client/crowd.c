/* Many applications in one process: usher-crowd PROFILE CLIENTS SEATS WORKERS
 *
 * Opens CLIENTS clients of libusher, each of which takes SEATS seats and keeps them; beside them
 * WORKERS more take a seat and give it back, again and again. Says `ready` when all seats are held.
 * For each line that it reads it prints one of JSON: what all of them have seen so far. At the end
 * of its input it gives everything back.
 *
 * The server is named by USHER_SERVER, the vendor by USHER_VENDOR_KEY.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <usher.h>

enum { SEATS_MAX = 4096 };

/* Longest first seen, in microseconds. */
typedef _Atomic int64_t peak;

struct holder {
    usher_client* client;
    usher_lease* seats;
    _Atomic int64_t away_since; /* 0: it is connected. */
};

static const char* profile;
static long holders_count;
static long seats_count;
static struct holder* holders;
static atomic_int is_ending;
static peak longest_pause;   /* Of who holds: from the last word to the confirmation. */
static peak longest_call;    /* Of who comes and goes: a checkout or a checkin. */
static atomic_long calls;    /* That were answered with yes. */
static atomic_long refusals; /* Any other end of a call. */
static atomic_long lost;
static atomic_long moved;

static int64_t now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void note(peak* longest, int64_t us)
{
    int64_t known = atomic_load(longest);
    while (us > known && !atomic_compare_exchange_weak(longest, &known, us)) {
    }
}

static void hear(usher_client* client, const usher_event* event, void* context)
{
    struct holder* me = context;
    int64_t none = 0;
    (void)client;
    switch (event->kind) {
    case USHER_EVENT_DISCONNECTED:
        atomic_compare_exchange_strong(&me->away_since, &none, now_us());
        break;
    case USHER_EVENT_RECONNECTED: {
        const int64_t since = atomic_exchange(&me->away_since, 0);
        if (since != 0)
            note(&longest_pause, now_us() - since);
        break;
    }
    case USHER_EVENT_MOVED: atomic_fetch_add(&moved, 1); break;
    case USHER_EVENT_LOST: atomic_fetch_add(&lost, 1); break;
    default: break;
    }
}

static void fail(const char* what, usher_refusal* no)
{
    fprintf(stderr, "usher-crowd: %s: %s: %s\n", what, no ? no->code : "", no ? no->text : "");
    exit(1);
}

static usher_client* open_client(void* context)
{
    const char* vendor = getenv("USHER_VENDOR_KEY");
    usher_options options = USHER_OPTIONS_DEFAULT;
    usher_client* client = NULL;
    usher_refusal* no = NULL;
    options.vendor_keys = &vendor;
    options.vendor_keys_count = vendor != NULL;
    options.callback = context ? hear : NULL;
    options.context = context;
    options.answer_timeout_ms = 60000;
    if (usher_open(&options, &client, &no) != USHER_OK)
        fail("cannot open", no);
    return client;
}

static void* hold(void* context)
{
    struct holder* me = context;
    const long number = me - holders;
    long i;
    me->client = open_client(me);
    for (i = 0; i < seats_count; ++i) {
        usher_wish wish = USHER_WISH_DEFAULT;
        usher_refusal* no = NULL;
        char user[64];
        snprintf(user, sizeof user, "user-%ld-%ld", number, i);
        wish.profile = profile;
        wish.user = user;
        if (usher_checkout(me->client, &wish, &me->seats[i], &no) != USHER_OK)
            fail("no seat", no);
    }
    return NULL;
}

static void* come_and_go(void* context)
{
    usher_client* client = open_client(NULL);
    (void)context;
    while (!atomic_load(&is_ending)) {
        usher_wish wish = USHER_WISH_DEFAULT;
        usher_lease seat = 0;
        const int64_t from = now_us();
        int64_t until;
        wish.profile = profile;
        if (usher_checkout(client, &wish, &seat, NULL) != USHER_OK) {
            atomic_fetch_add(&refusals, 1);
            continue;
        }
        until = now_us();
        note(&longest_call, until - from);
        if (usher_checkin(client, seat, NULL) != USHER_OK)
            atomic_fetch_add(&refusals, 1);
        note(&longest_call, now_us() - until);
        atomic_fetch_add(&calls, 2);
    }
    usher_close(client);
    return NULL;
}

static long held(void)
{
    long count = 0;
    long i;
    long j;
    for (i = 0; i < holders_count; ++i)
        for (j = 0; j < seats_count; ++j) {
            usher_seat* seat = NULL;
            if (usher_look(holders[i].client, holders[i].seats[j], &seat) == USHER_OK)
                count += seat->state == USHER_SEAT_HELD;
            usher_seat_free(seat);
        }
    return count;
}

static long away(void)
{
    long count = 0;
    long i;
    for (i = 0; i < holders_count; ++i)
        count += atomic_load(&holders[i].away_since) != 0;
    return count;
}

static void report(void)
{
    printf("{\"held\": %ld, \"lost\": %ld, \"away\": %ld, \"moved\": %ld, \"calls\": %ld, "
           "\"refusals\": %ld, \"longest_pause_ms\": %.1f, \"longest_call_ms\": %.1f}\n",
           held(), atomic_load(&lost), away(), atomic_load(&moved), atomic_load(&calls),
           atomic_load(&refusals), (double)atomic_load(&longest_pause) / 1000,
           (double)atomic_load(&longest_call) / 1000);
    fflush(stdout);
}

static pthread_t begin(void* (*work)(void*), void* context)
{
    pthread_t thread;
    if (pthread_create(&thread, NULL, work, context) != 0)
        fail("no thread", NULL);
    return thread;
}

int main(int count, char** words)
{
    pthread_t* threads;
    long workers_count;
    long i;
    char line[16];
    if (count != 5) {
        fputs("usage: usher-crowd PROFILE CLIENTS SEATS WORKERS\n", stderr);
        return 2;
    }
    profile = words[1];
    holders_count = strtol(words[2], NULL, 10);
    seats_count = strtol(words[3], NULL, 10);
    workers_count = strtol(words[4], NULL, 10);
    if (holders_count < 0 || holders_count > SEATS_MAX || seats_count < 0 ||
        seats_count > SEATS_MAX || workers_count < 0 || workers_count > SEATS_MAX)
        return 2;
    holders = calloc((size_t)holders_count + 1, sizeof *holders);
    threads = calloc((size_t)(holders_count + workers_count) + 1, sizeof *threads);
    for (i = 0; i < holders_count; ++i) {
        holders[i].seats = calloc((size_t)seats_count + 1, sizeof(usher_lease));
        threads[i] = begin(hold, &holders[i]);
    }
    for (i = 0; i < holders_count; ++i)
        pthread_join(threads[i], NULL);
    for (i = 0; i < workers_count; ++i)
        threads[i] = begin(come_and_go, NULL);
    puts("ready");
    fflush(stdout);
    while (fgets(line, sizeof line, stdin) != NULL)
        report();
    atomic_store(&is_ending, 1);
    for (i = 0; i < workers_count; ++i)
        pthread_join(threads[i], NULL);
    for (i = 0; i < holders_count; ++i) {
        usher_close(holders[i].client);
        free(holders[i].seats);
    }
    free(holders);
    free(threads);
    return 0;
}
