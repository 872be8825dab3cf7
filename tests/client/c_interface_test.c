/* The C interface as an application's own tests use it: in C, linked to the fake alone. Ends with 0
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

/* Counts what is called back, by kind. */
struct ear {
    pthread_mutex_t guard;
    pthread_cond_t changed;
    int heard[16];
    char reason[32];
    char code[32];
    usher_status checkout_inside; /* What a checkout inside a callback returned. */
    usher_status close_inside;
};

static void listen_to(usher_client* client, const usher_event* event, void* context)
{
    struct ear* ear = context;
    if (event->kind == USHER_EVENT_MAINTENANCE) {
        usher_wish wish = USHER_WISH_DEFAULT;
        usher_lease lease = 0;
        ear->checkout_inside = usher_checkout(client, &wish, &lease, NULL);
        ear->close_inside = usher_close(client);
    }
    pthread_mutex_lock(&ear->guard);
    ++ear->heard[event->kind];
    if (event->kind == USHER_EVENT_LOST) {
        snprintf(ear->reason, sizeof ear->reason, "%s", event->reason);
        snprintf(ear->code, sizeof ear->code, "%s", event->refusal ? event->refusal->code : "");
    }
    pthread_cond_broadcast(&ear->changed);
    pthread_mutex_unlock(&ear->guard);
}

/* 0: not within 20 s. */
static int hears(struct ear* ear, usher_event_kind kind)
{
    struct timespec until;
    int found;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += 20;
    pthread_mutex_lock(&ear->guard);
    while (ear->heard[kind] == 0)
        if (pthread_cond_timedwait(&ear->changed, &ear->guard, &until) != 0)
            break;
    found = ear->heard[kind] > 0;
    pthread_mutex_unlock(&ear->guard);
    return found;
}

static usher_client* open_at(usher_fake* fake, struct ear* ear)
{
    usher_options options = USHER_OPTIONS_DEFAULT;
    usher_client* client = NULL;
    options.user = "daisy";
    options.callback = ear != NULL ? listen_to : NULL;
    options.context = ear;
    CLAIM(usher_fake_open(fake, &options, &client, NULL) == USHER_OK);
    return client;
}

static usher_status take(usher_client* client, usher_lease* lease, usher_refusal** no)
{
    usher_wish wish = USHER_WISH_DEFAULT;
    wish.profile = "P";
    return usher_checkout(client, &wish, lease, no);
}

static void seats_are_taken_looked_at_and_given_back(usher_fake* fake)
{
    usher_client* client = open_at(fake, NULL);
    usher_lease first = 0, second = 0;
    usher_seat* seat = NULL;
    usher_refusal* no = NULL;
    CLAIM(take(client, &first, &no) == USHER_OK);
    CLAIM(first != 0 && no == NULL);
    CLAIM(usher_look(client, first, &seat) == USHER_OK);
    CLAIM(seat->state == USHER_SEAT_HELD && strcmp(seat->product, "P") == 0);
    CLAIM(seat->units == 1 && seat->certain_ms > 20000 && seat->certain_ms <= 25000);
    usher_seat_free(seat);
    CLAIM(usher_why(client, first, &no) == USHER_OK && no == NULL);

    CLAIM(take(client, &second, &no) == USHER_REFUSED);
    CLAIM(second == 0 && no != NULL);
    CLAIM(no->status == USHER_REFUSED && strcmp(no->code, "NO_FREE_SEAT") == 0);
    CLAIM(no->held == 1 && no->stock == 1 && no->want == 1 && no->missing == 1);
    CLAIM(no->queue == -1 || no->queue == 0);
    CLAIM(no->cures_count > 0 && no->cures[0][0] != '\0');
    CLAIM(no->holders_count == 1 && strcmp(no->holders[0]->user, "daisy") == 0);
    CLAIM(strlen(no->holders[0]->lease) == 16);
    usher_refusal_free(no);

    CLAIM(usher_checkin(client, first, NULL) == USHER_OK);
    CLAIM(usher_checkin(client, first, &no) == USHER_UNKNOWN_LEASE);
    CLAIM(strcmp(no->code, "UNKNOWN_SEAT") == 0);
    usher_refusal_free(no);
    CLAIM(usher_look(client, first, &seat) == USHER_UNKNOWN_LEASE && seat == NULL);
    CLAIM(usher_close(client) == USHER_OK);
}

static void a_lost_seat_says_why(usher_fake* fake)
{
    struct ear ear = {
        PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, {0}, "", "", USHER_OK, USHER_OK};
    usher_client* client = open_at(fake, &ear);
    usher_lease lease = 0;
    usher_seat* seat = NULL;
    usher_refusal* no = NULL;
    CLAIM(take(client, &lease, NULL) == USHER_OK);
    CLAIM(usher_fake_revoke(fake, "daisy", "lunch"));
    CLAIM(hears(&ear, USHER_EVENT_LOST));
    CLAIM(strcmp(ear.reason, "revoked") == 0 && strcmp(ear.code, "UNKNOWN_LEASE") == 0);
    CLAIM(usher_look(client, lease, &seat) == USHER_OK && seat->state == USHER_SEAT_LOST);
    CLAIM(seat->certain_ms == 0);
    usher_seat_free(seat);
    CLAIM(usher_why(client, lease, &no) == USHER_OK && strstr(no->text, "lunch") != NULL);
    usher_refusal_free(no);
    CLAIM(usher_checkin(client, lease, NULL) == USHER_OK);
    CLAIM(!usher_fake_revoke(fake, "daisy", "again"));
    CLAIM(usher_close(client) == USHER_OK);
}

static void a_place_in_the_queue_becomes_a_seat(usher_fake* fake)
{
    struct ear ear = {
        PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, {0}, "", "", USHER_OK, USHER_OK};
    usher_client* holder = open_at(fake, NULL);
    usher_client* waiter = open_at(fake, &ear);
    usher_lease held = 0, queued = 0;
    usher_wish wish = USHER_WISH_DEFAULT;
    usher_seat* seat = NULL;
    CLAIM(take(holder, &held, NULL) == USHER_OK);
    wish.profile = "P";
    wish.wait_ms = 20000;
    wish.flags = USHER_STAY_IN_QUEUE;
    CLAIM(usher_checkout(waiter, &wish, &queued, NULL) == USHER_WAITING && queued != 0);
    CLAIM(usher_look(waiter, queued, &seat) == USHER_OK && seat->state == USHER_SEAT_WAITING);
    CLAIM(seat->position == 1 && seat->pool[0] == '\0');
    usher_seat_free(seat);
    CLAIM(usher_close(holder) == USHER_OK); /* Gives the seat back. */
    CLAIM(hears(&ear, USHER_EVENT_GRANTED));
    CLAIM(usher_close(waiter) == USHER_OK);
}

static void a_callback_cannot_wait_for_itself(usher_fake* fake)
{
    struct ear ear = {
        PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, {0}, "", "", USHER_OK, USHER_OK};
    usher_client* client = open_at(fake, &ear);
    usher_lease lease = 0;
    CLAIM(take(client, &lease, NULL) == USHER_OK);
    CLAIM(usher_fake_maintenance(fake, 1));
    CLAIM(hears(&ear, USHER_EVENT_MAINTENANCE));
    CLAIM(ear.checkout_inside == USHER_IN_CALLBACK);
    CLAIM(ear.close_inside == USHER_IN_CALLBACK);
    CLAIM(usher_fake_maintenance(fake, 0));
    CLAIM(hears(&ear, USHER_EVENT_LOST) && strcmp(ear.reason, "server_restarted") == 0);
    CLAIM(usher_close(client) == USHER_OK);
}

static void a_forked_child_is_told_so(usher_fake* fake)
{
    usher_client* client = open_at(fake, NULL);
    usher_lease lease = 0;
    int status = -1;
    pid_t child;
    CLAIM(take(client, &lease, NULL) == USHER_OK);
    child = fork();
    if (child == 0) {
        usher_lease other = 0;
        usher_seat* seat = NULL;
        usher_refusal* no = NULL;
        const int is_inert =
            take(client, &other, &no) == USHER_FORKED && strcmp(no->code, "FORKED") == 0 &&
            usher_checkin(client, lease, NULL) == USHER_FORKED &&
            usher_look(client, lease, &seat) == USHER_FORKED && usher_close(client) == USHER_FORKED;
        _exit(is_inert ? 0 : 1);
    }
    CLAIM(waitpid(child, &status, 0) == child && status == 0);
    CLAIM(usher_checkin(client, lease, NULL) == USHER_OK);
    CLAIM(usher_close(client) == USHER_OK);
}

/* The text of the refusal that `options` meet at usher_open; "" for none. */
static const char* objection(const usher_options* options)
{
    static char text[256];
    usher_client* client = (usher_client*)&text;
    usher_refusal* no = NULL;
    const usher_status status = usher_open(options, &client, &no);
    text[0] = '\0';
    if (status == USHER_OK) {
        usher_close(client);
        return text;
    }
    CLAIM(client == NULL && no != NULL && no->status == status);
    if (no != NULL)
        snprintf(text, sizeof text, "%s", no->text);
    usher_refusal_free(no);
    return text;
}

#define OBJECTS(options, words) CLAIM(strstr(objection(&(options)), (words)) != NULL)

static const char address[] = "usher://127.0.0.1:1/?ca=sha256:"
                              "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

static void options_are_judged_one_by_one(void)
{
    const char* key = "usher-vendor:acme:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    const char* wrong = "acme";
    usher_options good = USHER_OPTIONS_DEFAULT;
    usher_options bad;
    char longest[258];
    memset(longest, 'n', 257);
    longest[257] = '\0';
    good.server = address;
    good.vendor_keys = &key;
    good.vendor_keys_count = 1;
    CLAIM(strcmp(objection(&good), "") == 0);
    CLAIM(usher_open(&good, NULL, NULL) == USHER_BAD_ARGUMENT);

    bad = good, bad.vendor_keys_count = 0;
    OBJECTS(bad, "vendor_keys: none is given");
    bad.flags = USHER_ANY_VENDOR;
    CLAIM(strcmp(objection(&bad), "") == 0);
    bad.server = "unix:/run/usher/usherd.sock";
    CLAIM(strcmp(objection(&bad), "") == 0);
    bad = good, bad.server = "unix:/run/usher/usherd.sock";
    OBJECTS(bad, "over a local socket");
    bad = good, bad.flags = USHER_ANY_VENDOR;
    OBJECTS(bad, "contradicts vendor_keys");
    bad = good, bad.flags = 1u << 31;
    OBJECTS(bad, "flags: has bits");
    bad = good, bad.vendor_keys = &wrong;
    OBJECTS(bad, "vendor_keys: number 1");
    bad = good, bad.vendor_keys_count = 17;
    OBJECTS(bad, "at most 16");
    bad = good, bad.vendor_keys = NULL;
    OBJECTS(bad, "vendor_keys: is NULL");
    bad = good, bad.server = "https://example.com";
    OBJECTS(bad, "server: the server's address is not valid");
    bad = good, bad.server = NULL;
    unsetenv("USHER_SERVER");
    OBJECTS(bad, "USHER_SERVER is not set");
    setenv("USHER_SERVER", address, 1);
    CLAIM(strcmp(objection(&bad), "") == 0);
    unsetenv("USHER_SERVER");
    bad = good, bad.user = "";
    OBJECTS(bad, "user: a name has 1 to 256 bytes");
    bad = good, bad.device = longest;
    OBJECTS(bad, "device: a name has");
    bad = good, bad.application = longest;
    OBJECTS(bad, "application: has more");
    bad = good, bad.key = longest;
    OBJECTS(bad, "key: is longer");
    bad = good, bad.connect_timeout_ms = 99;
    OBJECTS(bad, "connect_timeout_ms: is not");
    bad = good, bad.answer_timeout_ms = 600001;
    OBJECTS(bad, "answer_timeout_ms: is not");
    bad = good, bad.certificate = "/nonexistent.pem";
    OBJECTS(bad, "needs its key");
    bad = good, bad.size = sizeof(bad) - 1;
    OBJECTS(bad, "options: ");
    bad = good, bad.size = 0;
    OBJECTS(bad, "options: ");
}

/* An application of a later header: what it did not fill in is zero, and what it did is refused. */
static void a_later_header_is_understood_as_far_as_it_can_be(void)
{
    struct {
        usher_options known;
        void* unknown;
    } later;
    const usher_options fresh = USHER_OPTIONS_DEFAULT;
    memset(&later, 0, sizeof later);
    later.known = fresh;
    later.known.size = sizeof later;
    later.known.server = address;
    later.known.flags = USHER_ANY_VENDOR;
    CLAIM(strcmp(objection(&later.known), "") == 0);
    later.unknown = &later;
    OBJECTS(later.known, "of a later version");
}

static void wishes_are_judged_before_they_are_sent(usher_fake* fake)
{
    usher_client* client = open_at(fake, NULL);
    usher_wish good = USHER_WISH_DEFAULT;
    usher_wish bad;
    usher_lease lease = 1;
    usher_refusal* no = NULL;
    good.profile = "P";
    bad = good, bad.units = 1000000001u;
    CLAIM(usher_checkout(client, &bad, &lease, &no) == USHER_BAD_ARGUMENT && lease == 0);
    CLAIM(no != NULL && strcmp(no->text, "units: more than 1000000000") == 0);
    usher_refusal_free(no);
    bad = good, bad.wait_ms = 24u * 3600u * 1000u + 1u;
    CLAIM(usher_checkout(client, &bad, &lease, NULL) == USHER_BAD_ARGUMENT);
    bad = good, bad.user = "";
    CLAIM(usher_checkout(client, &bad, &lease, NULL) == USHER_BAD_ARGUMENT);
    bad = good, bad.flags = 2u;
    CLAIM(usher_checkout(client, &bad, &lease, NULL) == USHER_BAD_ARGUMENT);
    CLAIM(usher_checkout(client, NULL, &lease, NULL) == USHER_BAD_ARGUMENT);
    CLAIM(usher_checkout(client, &good, NULL, NULL) == USHER_BAD_ARGUMENT);
    CLAIM(usher_checkout(NULL, &good, &lease, NULL) == USHER_BAD_ARGUMENT);
    CLAIM(usher_checkin(NULL, 1, NULL) == USHER_BAD_ARGUMENT);
    CLAIM(usher_look(client, 1, NULL) == USHER_BAD_ARGUMENT);
    CLAIM(usher_why(NULL, 1, &no) == USHER_BAD_ARGUMENT);
    CLAIM(usher_close(client) == USHER_OK);
    CLAIM(usher_close(NULL) == USHER_OK);
}

static void the_fake_says_what_it_cannot_do(usher_fake* fake)
{
    CLAIM(!usher_fake_add(fake, "P", 1, "lease"));
    CLAIM(!usher_fake_add(fake, "", 1, "lease"));
    CLAIM(!usher_fake_add(fake, "Q", 1, "month"));
    CLAIM(!usher_fake_add(NULL, "Q", 1, "lease"));
    CLAIM(!usher_fake_lock(fake, "Q", 1));
    CLAIM(usher_fake_add(fake, "Q", 0, "user"));
    CLAIM(!usher_fake_set_terms(fake, 0, 0));
}

int main(void)
{
    usher_fake* fake = usher_fake_new();
    CLAIM(usher_fake_add(fake, "P", 1, "lease"));
    CLAIM(strcmp(usher_status_word(USHER_REFUSED), "USHER_REFUSED") == 0);
    CLAIM(strcmp(usher_status_word(USHER_CLOSED), "USHER_CLOSED") == 0);
    CLAIM(strcmp(usher_status_word((usher_status)99), "an unknown status") == 0);
    CLAIM(strchr(usher_version(), '.') != NULL);
    seats_are_taken_looked_at_and_given_back(fake);
    a_lost_seat_says_why(fake);
    a_place_in_the_queue_becomes_a_seat(fake);
    a_callback_cannot_wait_for_itself(fake);
    a_forked_child_is_told_so(fake);
    options_are_judged_one_by_one();
    a_later_header_is_understood_as_far_as_it_can_be();
    wishes_are_judged_before_they_are_sent(fake);
    the_fake_says_what_it_cannot_do(fake);
    usher_fake_free(fake);
    usher_fake_free(NULL);
    usher_refusal_free(NULL);
    usher_seat_free(NULL);
    return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
