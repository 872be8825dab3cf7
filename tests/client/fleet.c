/* An application that manages devices: usher-fleet POOL
 *
 * Does what each line of its input says, and answers with one line of JSON:
 *     register FIRST COUNT [ROW]   takes leases for device-FIRST and those after it; of them ROW
 * has a name that no server takes again                        the same registration once more list
 * how many it has, in how many pages return                       gives all of them back, 10000 at
 * once watch                        watches the pool: an event is a line of its own look how the
 * watched pool stands, as far as is known The server is named by USHER_SERVER, the vendor by
 * USHER_VENDOR_KEY, and USHER_KEY is who it is.
 */
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <usher_devices.h>

static pthread_mutex_t printing = PTHREAD_MUTEX_INITIALIZER;
static usher_device devices[USHER_DEVICES_MAX];
static char names[USHER_DEVICES_MAX][32];
static size_t devices_count;
static usher_lease_id leases[USHER_DEVICES_MAX];
static const char* pool_name;
static usher_watch watch;

static void answer(usher_status status, const usher_refusal* no, const char* more)
{
    pthread_mutex_lock(&printing);
    printf("{\"status\": \"%s\", \"code\": \"%s\", \"row\": %" PRId64 "%s}\n",
           usher_status_word(status), no != NULL ? no->code : "", no != NULL ? no->row : 0, more);
    fflush(stdout);
    pthread_mutex_unlock(&printing);
}

static void describe(char* text, size_t size, const usher_pool* pool)
{
    snprintf(text, size,
             ", \"stock\": %" PRId64 ", \"held\": %" PRId64
             ", \"locked\": %d, \"missing\": %" PRId64 ", \"reliable\": %d, \"valid_ms\": %" PRId64
             ", \"until_ms\": %" PRId64 ", \"why\": \"%s\", \"cures\": %d",
             pool->stock, pool->held, pool->locked, pool->missing, pool->reliable, pool->valid_ms,
             pool->valid_until_ms, pool->refusal != NULL ? pool->refusal->code : "",
             pool->refusal != NULL ? (int)pool->refusal->cures_count : 0);
}

static void hear(usher_client* client, const usher_event* event, void* context)
{
    char more[512] = "";
    (void)client;
    (void)context;
    if (event->kind == USHER_EVENT_POOL)
        describe(more, sizeof more, event->pool);
    pthread_mutex_lock(&printing);
    printf("{\"event\": %d%s}\n", (int)event->kind, more);
    fflush(stdout);
    pthread_mutex_unlock(&printing);
}

static usher_client* open_client(void)
{
    const char* vendor = getenv("USHER_VENDOR_KEY");
    usher_options options = USHER_OPTIONS_DEFAULT;
    usher_client* client = NULL;
    usher_refusal* no = NULL;
    options.vendor_keys = &vendor;
    options.vendor_keys_count = vendor != NULL;
    options.callback = hear;
    options.answer_timeout_ms = 30000;
    if (usher_open(&options, &client, &no) != USHER_OK) {
        fprintf(stderr, "usher-fleet: %s: %s\n", no ? no->code : "", no ? no->text : "");
        exit(1);
    }
    return client;
}

static void choose_devices(size_t first, size_t count, size_t bad_row)
{
    const usher_device fresh = USHER_DEVICE_DEFAULT;
    size_t i;
    devices_count = count;
    for (i = 0; i < count; ++i) {
        snprintf(names[i], sizeof names[i], i + 1 == bad_row ? "device\n%zu" : "device-%zu",
                 first + i);
        devices[i] = fresh;
        devices[i].device = names[i];
    }
}

static void register_all(usher_client* client)
{
    usher_registration wish = USHER_REGISTRATION_DEFAULT;
    usher_pool* pool = NULL;
    usher_refusal* no = NULL;
    char more[512] = "";
    usher_status status;
    wish.pool = pool_name;
    wish.devices = devices;
    wish.devices_count = devices_count;
    status = usher_devices_register(client, &wish, &pool, &no);
    if (pool != NULL)
        describe(more, sizeof more, pool);
    answer(status, no, more);
    usher_pool_free(pool);
    usher_refusal_free(no);
}

/* Up to 10000 of those that are held, into `leases`. */
static usher_status collect(usher_client* client, size_t* count, size_t* pages, usher_refusal** no)
{
    uint64_t after = 0;
    *count = *pages = 0;
    do {
        usher_device_list* list = NULL;
        const usher_status status = usher_devices_list(client, NULL, after, &list, no);
        size_t i;
        if (status != USHER_OK)
            return status;
        for (i = 0; i < list->devices_count && *count < USHER_DEVICES_MAX; ++i)
            leases[(*count)++] = list->devices[i]->lease;
        after = list->after;
        ++*pages;
        usher_device_list_free(list);
    } while (after != 0);
    return USHER_OK;
}

static void list_all(usher_client* client, int gives_back)
{
    usher_refusal* no = NULL;
    size_t count;
    size_t pages;
    char more[128];
    usher_status status = collect(client, &count, &pages, &no);
    if (status == USHER_OK && gives_back)
        status = usher_devices_checkin(client, leases, count, &no);
    snprintf(more, sizeof more, ", \"count\": %zu, \"pages\": %zu", count, pages);
    answer(status, no, more);
    usher_refusal_free(no);
}

static void look(usher_client* client)
{
    usher_pool* pool = NULL;
    char more[512] = "";
    const usher_status status = usher_pool_look(client, watch, &pool);
    if (pool != NULL)
        describe(more, sizeof more, pool);
    answer(status, NULL, more);
    usher_pool_free(pool);
}

static void begin_watch(usher_client* client)
{
    usher_pool_wish wish = USHER_POOL_WISH_DEFAULT;
    usher_refusal* no = NULL;
    wish.pool = pool_name;
    answer(usher_pool_watch(client, &wish, &watch, &no), no, "");
    usher_refusal_free(no);
}

int main(int count, char** words)
{
    usher_client* client;
    char line[128];
    if (count != 2) {
        fputs("usage: usher-fleet POOL\n", stderr);
        return 2;
    }
    pool_name = words[1];
    client = open_client();
    while (fgets(line, sizeof line, stdin) != NULL) {
        size_t first = 0;
        size_t many = 0;
        size_t bad_row = 0;
        if (sscanf(line, "register %zu %zu %zu", &first, &many, &bad_row) >= 2 &&
            many <= USHER_DEVICES_MAX) {
            choose_devices(first, many, bad_row);
            register_all(client);
        } else if (strcmp(line, "again\n") == 0) {
            register_all(client);
        } else if (strcmp(line, "list\n") == 0 || strcmp(line, "return\n") == 0) {
            list_all(client, line[0] == 'r');
        } else if (strcmp(line, "watch\n") == 0) {
            begin_watch(client);
        } else if (strcmp(line, "look\n") == 0) {
            look(client);
        } else {
            answer(USHER_BAD_ARGUMENT, NULL, "");
        }
    }
    usher_close(client);
    return 0;
}
