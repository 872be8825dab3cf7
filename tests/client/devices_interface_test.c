/* usher_devices.h as an application's own tests use it: in C, linked to the fake alone. Ends with 0
 * where every claim holds. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <usher_fake.h>

static int failures = 0;

#define CLAIM(holds)                                                                               \
    do {                                                                                           \
        if (!(holds)) {                                                                            \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #holds);                    \
            ++failures;                                                                            \
        }                                                                                          \
    } while (0)

static const usher_lease_id none;

/* What was called back of pools. */
struct ear {
    pthread_mutex_t guard;
    pthread_cond_t changed;
    int heard;
    usher_watch watch;
    int locked;
    int64_t missing;
    char code[32];
    usher_status ask_inside; /* What calls inside the callback returned. */
    usher_status look_inside;
};

static void listen_to(usher_client* client, const usher_event* event, void* context)
{
    struct ear* ear = context;
    usher_pool_wish wish = USHER_POOL_WISH_DEFAULT;
    usher_pool* pool = NULL;
    if (event->kind != USHER_EVENT_POOL) {
        CLAIM(event->watch == 0 && event->pool == NULL);
        return;
    }
    pthread_mutex_lock(&ear->guard);
    ear->ask_inside = usher_pool_ask(client, &wish, &pool, NULL);
    ear->look_inside = usher_pool_look(client, event->watch, &pool);
    usher_pool_free(pool);
    ++ear->heard;
    ear->watch = event->watch;
    ear->locked = event->pool->locked;
    ear->missing = event->pool->missing;
    snprintf(ear->code, sizeof ear->code, "%s",
             event->pool->refusal != NULL ? event->pool->refusal->code : "");
    pthread_cond_broadcast(&ear->changed);
    pthread_mutex_unlock(&ear->guard);
}

/* 0: so many did not come within 20 s. */
static int hears(struct ear* ear, int count)
{
    struct timespec until;
    int found;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += 20;
    pthread_mutex_lock(&ear->guard);
    while (ear->heard < count)
        if (pthread_cond_timedwait(&ear->changed, &ear->guard, &until) != 0)
            break;
    found = ear->heard >= count;
    pthread_mutex_unlock(&ear->guard);
    return found;
}

static usher_client* open_at(usher_fake* fake, struct ear* ear)
{
    usher_options options = USHER_OPTIONS_DEFAULT;
    usher_client* client = NULL;
    options.user = "daisy";
    options.answer_timeout_ms = 2000;
    options.callback = ear != NULL ? listen_to : NULL;
    options.context = ear;
    CLAIM(usher_fake_open(fake, &options, &client, NULL) == USHER_OK);
    return client;
}

/* Two devices, and a wish for them in D. */
static usher_registration two(usher_device devices[2])
{
    const usher_device fresh = USHER_DEVICE_DEFAULT;
    usher_registration wish = USHER_REGISTRATION_DEFAULT;
    devices[0] = devices[1] = fresh;
    devices[0].device = "switch-1";
    devices[1].device = "switch-2";
    devices[1].user = "donald";
    devices[1].units = 3;
    wish.profile = "D";
    wish.devices = devices;
    wish.devices_count = 2;
    return wish;
}

static void devices_are_registered_listed_and_given_back(usher_fake* fake)
{
    usher_client* client = open_at(fake, NULL);
    usher_device devices[2];
    usher_registration wish = two(devices);
    usher_device_list* list = NULL;
    usher_pool* pool = NULL;
    usher_refusal* no = NULL;
    usher_lease_id leases[2];
    CLAIM(usher_devices_register(client, &wish, &pool, &no) == USHER_OK && no == NULL);
    CLAIM(memcmp(&devices[0].lease, &none, sizeof none) != 0);
    CLAIM(memcmp(&devices[0].lease, &devices[1].lease, sizeof none) != 0);
    CLAIM(pool->stock == 10 && pool->held == 4 && !pool->locked && pool->refusal == NULL);
    CLAIM(pool->reliable && pool->valid_ms > 71 * 3600 * 1000 && pool->missing == 0);
    usher_pool_free(pool);
    /* The same devices again are the same registration. */
    CLAIM(usher_devices_register(client, &wish, &pool, NULL) == USHER_OK && pool->held == 4);
    usher_pool_free(pool);
    CLAIM(usher_close(client) == USHER_OK); /* Gives none of them back. */

    client = open_at(fake, NULL);
    CLAIM(usher_devices_list(client, NULL, 0, &list, NULL) == USHER_OK);
    CLAIM(list->devices_count == 2 && list->after == 0);
    CLAIM(strcmp(list->devices[0]->device, "switch-1") == 0);
    CLAIM(strcmp(list->devices[0]->user, "daisy") == 0 && list->devices[0]->units == 1);
    CLAIM(strcmp(list->devices[1]->user, "donald") == 0 && list->devices[1]->units == 3);
    CLAIM(strcmp(list->devices[1]->profile, "D") == 0 && list->devices[1]->party[0] == '\0');
    CLAIM(list->devices[0]->started_us > 0 && list->devices[0]->ends_us == -1);
    leases[0] = list->devices[0]->lease;
    leases[1] = list->devices[1]->lease;
    CLAIM(memcmp(&leases[0], &devices[0].lease, sizeof none) == 0);
    usher_device_list_free(list);
    CLAIM(usher_devices_checkin(client, leases, 2, NULL) == USHER_OK);
    CLAIM(usher_devices_checkin(client, leases, 2, &no) == USHER_REFUSED);
    CLAIM(strcmp(no->code, "UNKNOWN_LEASE") == 0 && no->row == 1);
    usher_refusal_free(no);
    CLAIM(usher_devices_list(client, NULL, 0, &list, NULL) == USHER_OK);
    CLAIM(list->devices_count == 0);
    usher_device_list_free(list);
    CLAIM(usher_close(client) == USHER_OK);
}

static void a_refusal_names_the_device_that_stands_in_the_way(usher_fake* fake)
{
    usher_client* client = open_at(fake, NULL);
    usher_device devices[2];
    usher_registration wish = two(devices);
    usher_pool* pool = NULL;
    usher_refusal* no = NULL;
    devices[1].units = 100;
    CLAIM(usher_devices_register(client, &wish, &pool, &no) == USHER_REFUSED && pool == NULL);
    CLAIM(strcmp(no->code, "NO_FREE_SEAT") == 0 && no->row == 2 && no->want == 101);
    usher_refusal_free(no);
    wish.profile = "nobody's";
    CLAIM(usher_devices_register(client, &wish, NULL, &no) == USHER_REFUSED);
    CLAIM(strcmp(no->code, "UNKNOWN_PROFILE") == 0 && no->row == -1);
    usher_refusal_free(no);
    CLAIM(usher_close(client) == USHER_OK);
}

/* The text of the no that a registration meets before it is asked; `row` has to be named. */
static int objects(usher_client* client, const usher_registration* wish, const char* words,
                   int64_t row)
{
    usher_refusal* no = NULL;
    const usher_status status = usher_devices_register(client, wish, NULL, &no);
    const int is_so = status == USHER_BAD_ARGUMENT && no != NULL &&
                      strstr(no->text, words) != NULL && no->row == row;
    if (!is_so && no != NULL)
        fprintf(stderr, "%s (row %d)\n", no->text, (int)no->row);
    usher_refusal_free(no);
    return is_so;
}

static void registrations_are_judged_before_they_are_sent(usher_fake* fake)
{
    usher_client* client = open_at(fake, NULL);
    usher_device devices[2];
    const usher_registration good = two(devices);
    usher_registration bad;
    char longest[258];
    memset(longest, 'n', 257);
    longest[257] = '\0';
    bad = good, bad.pool = "D";
    CLAIM(objects(client, &bad, "name one of them", -1));
    bad = good, bad.profile = longest;
    CLAIM(objects(client, &bad, "profile: a name has", -1));
    bad = good, bad.party = longest;
    CLAIM(objects(client, &bad, "party: a name has", -1));
    bad = good, bad.user = "";
    CLAIM(objects(client, &bad, "user: a name has", -1));
    bad = good, bad.devices = NULL;
    CLAIM(objects(client, &bad, "devices: none is given", -1));
    bad = good, bad.devices_count = 0;
    CLAIM(objects(client, &bad, "devices: none is given", -1));
    bad = good, bad.devices_count = USHER_DEVICES_MAX + 1;
    CLAIM(objects(client, &bad, "devices: more than 10000", -1));
    bad = good, bad.size = 0;
    CLAIM(objects(client, &bad, "wish: NULL", -1));
    CLAIM(objects(client, NULL, "wish: NULL", -1));
    devices[1].device = NULL;
    CLAIM(objects(client, &good, "devices: device: a name", 2));
    devices[1].device = longest;
    CLAIM(objects(client, &good, "devices: device: a name", 2));
    devices[1].device = "switch-2", devices[0].user = "";
    CLAIM(objects(client, &good, "devices: user: a name", 1));
    devices[0].user = NULL, devices[1].units = 1000000001u;
    CLAIM(objects(client, &good, "devices: units: more", 2));
    devices[1].units = 1, devices[1].size = 8;
    CLAIM(objects(client, &good, "devices: of another size", 2));
    CLAIM(memcmp(&devices[0].lease, &none, sizeof none) == 0); /* None of it was begun. */
    CLAIM(usher_devices_register(NULL, &good, NULL, NULL) == USHER_BAD_ARGUMENT);
    CLAIM(usher_close(client) == USHER_OK);
}

static void the_other_calls_judge_what_they_are_given(usher_fake* fake)
{
    usher_client* client = open_at(fake, NULL);
    usher_pool_wish wish = USHER_POOL_WISH_DEFAULT;
    usher_lease_id lease = {{1}};
    usher_device_list* list = NULL;
    usher_pool* pool = NULL;
    usher_watch watch = 7;
    usher_refusal* no = NULL;
    CLAIM(usher_devices_checkin(client, NULL, 1, NULL) == USHER_BAD_ARGUMENT);
    CLAIM(usher_devices_checkin(client, &lease, 0, NULL) == USHER_BAD_ARGUMENT);
    CLAIM(usher_devices_checkin(client, &lease, USHER_DEVICES_MAX + 1, NULL) == USHER_BAD_ARGUMENT);
    CLAIM(usher_devices_checkin(NULL, &lease, 1, NULL) == USHER_BAD_ARGUMENT);
    CLAIM(usher_devices_checkin(client, &none, 1, &no) == USHER_BAD_ARGUMENT && no->row == 1);
    usher_refusal_free(no);
    CLAIM(usher_devices_list(client, NULL, 0, NULL, NULL) == USHER_BAD_ARGUMENT);
    CLAIM(usher_devices_list(NULL, NULL, 0, &list, NULL) == USHER_BAD_ARGUMENT);
    CLAIM(usher_pool_ask(client, NULL, &pool, NULL) == USHER_BAD_ARGUMENT);
    CLAIM(usher_pool_ask(client, &wish, NULL, NULL) == USHER_BAD_ARGUMENT);
    CLAIM(usher_pool_watch(client, NULL, &watch, NULL) == USHER_BAD_ARGUMENT && watch == 0);
    CLAIM(usher_pool_watch(client, &wish, NULL, NULL) == USHER_BAD_ARGUMENT);
    wish.profile = wish.pool = "D";
    CLAIM(usher_pool_ask(client, &wish, &pool, NULL) == USHER_BAD_ARGUMENT && pool == NULL);
    CLAIM(usher_pool_look(client, 1, &pool) == USHER_UNKNOWN_WATCH && pool == NULL);
    CLAIM(usher_pool_look(client, 1, NULL) == USHER_BAD_ARGUMENT);
    CLAIM(usher_pool_unwatch(client, 1) == USHER_UNKNOWN_WATCH);
    CLAIM(usher_pool_unwatch(NULL, 1) == USHER_BAD_ARGUMENT);
    CLAIM(strcmp(usher_status_word(USHER_UNKNOWN_WATCH), "USHER_UNKNOWN_WATCH") == 0);
    CLAIM(usher_close(client) == USHER_OK);
}

static void a_watched_pool_tells_that_it_is_locked_and_why(usher_fake* fake)
{
    struct ear ear = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0, 0, 0, 0, "", USHER_OK,
                      USHER_IN_CALLBACK};
    usher_client* client = open_at(fake, &ear);
    usher_device devices[2];
    usher_registration devices_wish = two(devices);
    usher_pool_wish wish = USHER_POOL_WISH_DEFAULT;
    usher_watch watch = 0;
    usher_pool* pool = NULL;
    wish.profile = "D";
    CLAIM(usher_devices_register(client, &devices_wish, NULL, NULL) == USHER_OK);
    CLAIM(usher_pool_watch(client, &wish, &watch, NULL) == USHER_OK && watch != 0);
    CLAIM(usher_fake_resize(fake, "D", 1));
    CLAIM(hears(&ear, 1));
    CLAIM(ear.watch == watch && ear.locked && ear.missing == 3);
    CLAIM(strcmp(ear.code, "POOL_LOCKED") == 0);
    CLAIM(ear.ask_inside == USHER_IN_CALLBACK && ear.look_inside == USHER_OK);
    CLAIM(usher_pool_look(client, watch, &pool) == USHER_OK);
    CLAIM(pool->locked && pool->reliable && pool->stock == 1 && pool->held == 4);
    CLAIM(pool->refusal != NULL && pool->refusal->cures_count > 0 && !pool->refused);
    usher_pool_free(pool);
    CLAIM(usher_fake_resize(fake, "D", 10));
    CLAIM(hears(&ear, 2) && !ear.locked && ear.missing == 0 && ear.code[0] == '\0');
    CLAIM(usher_pool_unwatch(client, watch) == USHER_OK);
    CLAIM(usher_devices_checkin(client, &devices[0].lease, 1, NULL) == USHER_OK);
    CLAIM(usher_devices_checkin(client, &devices[1].lease, 1, NULL) == USHER_OK);
    CLAIM(usher_close(client) == USHER_OK);
}

static void an_outage_leaves_what_was_heard_until_its_time_is_over(usher_fake* fake)
{
    usher_client* client = open_at(fake, NULL);
    usher_pool_wish wish = USHER_POOL_WISH_DEFAULT;
    usher_watch watch = 0;
    usher_pool* pool = NULL;
    usher_refusal* no = NULL;
    struct timespec now;
    wish.pool = "D";
    CLAIM(usher_pool_watch(client, &wish, &watch, NULL) == USHER_OK);
    CLAIM(usher_fake_cut(fake, 1));
    CLAIM(usher_pool_ask(client, &wish, &pool, &no) == USHER_UNREACHABLE && pool == NULL);
    CLAIM(no != NULL && no->row == -1);
    usher_refusal_free(no);
    CLAIM(usher_pool_look(client, watch, &pool) == USHER_OK && pool->reliable);
    clock_gettime(CLOCK_MONOTONIC, &now);
    CLAIM(pool->valid_until_ms > (int64_t)now.tv_sec * 1000 + 71 * 3600 * 1000);
    usher_pool_free(pool);
    CLAIM(usher_pool_unwatch(client, watch) == USHER_OK);

    CLAIM(usher_fake_cut(fake, 0));
    CLAIM(usher_fake_set_validity(fake, 0));
    CLAIM(usher_pool_ask(client, &wish, &pool, NULL) == USHER_OK);
    CLAIM(!pool->reliable && pool->valid_ms == 0 && !pool->locked);
    usher_pool_free(pool);
    CLAIM(usher_fake_set_validity(fake, 259200000));
    CLAIM(usher_close(client) == USHER_OK);
}

static void a_forked_child_is_told_so(usher_fake* fake)
{
    usher_client* client = open_at(fake, NULL);
    usher_pool_wish wish = USHER_POOL_WISH_DEFAULT;
    usher_watch watch = 0;
    int status = -1;
    pid_t child;
    wish.profile = "D";
    CLAIM(usher_pool_watch(client, &wish, &watch, NULL) == USHER_OK);
    child = fork();
    if (child == 0) {
        usher_device devices[2];
        usher_registration registration = two(devices);
        usher_device_list* list = NULL;
        usher_pool* pool = NULL;
        usher_lease_id lease = {{1}};
        const int is_inert =
            usher_devices_register(client, &registration, NULL, NULL) == USHER_FORKED &&
            usher_devices_list(client, NULL, 0, &list, NULL) == USHER_FORKED &&
            usher_devices_checkin(client, &lease, 1, NULL) == USHER_FORKED &&
            usher_pool_ask(client, &wish, &pool, NULL) == USHER_FORKED &&
            usher_pool_watch(client, &wish, &watch, NULL) == USHER_FORKED &&
            usher_pool_look(client, 1, &pool) == USHER_FORKED &&
            usher_pool_unwatch(client, 1) == USHER_FORKED;
        _exit(is_inert ? 0 : 1);
    }
    CLAIM(waitpid(child, &status, 0) == child && status == 0);
    CLAIM(usher_pool_unwatch(client, watch) == USHER_OK);
    CLAIM(usher_close(client) == USHER_OK);
}

static void the_fake_says_what_it_cannot_do(usher_fake* fake)
{
    CLAIM(!usher_fake_add_devices(fake, "D", 1));
    CLAIM(!usher_fake_add_devices(fake, NULL, 1));
    CLAIM(!usher_fake_add_devices(fake, "E", UINT64_MAX));
    CLAIM(!usher_fake_resize(fake, "nobody's", 1));
    CLAIM(!usher_fake_resize(NULL, "D", 1));
    CLAIM(usher_fake_add(fake, "P", 2, "lease"));
    CLAIM(!usher_fake_resize(fake, "P", 1)); /* In maintenance only. */
    CLAIM(usher_fake_resize(fake, "P", 3));
    CLAIM(!usher_fake_set_validity(NULL, 1));
}

int main(void)
{
    usher_fake* fake = usher_fake_new();
    CLAIM(usher_fake_add_devices(fake, "D", 10));
    devices_are_registered_listed_and_given_back(fake);
    a_refusal_names_the_device_that_stands_in_the_way(fake);
    registrations_are_judged_before_they_are_sent(fake);
    the_other_calls_judge_what_they_are_given(fake);
    a_watched_pool_tells_that_it_is_locked_and_why(fake);
    an_outage_leaves_what_was_heard_until_its_time_is_over(fake);
    a_forked_child_is_told_so(fake);
    the_fake_says_what_it_cannot_do(fake);
    usher_fake_free(fake);
    usher_device_list_free(NULL);
    usher_pool_free(NULL);
    return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
