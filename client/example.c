/* An application that needs a seat: usher-example PROFILE [--hold SECONDS] [--wait SECONDS]
 *
 * It takes a seat of PROFILE, says what it got, holds it until the time is over or somebody ends it
 * (Ctrl-C), and gives it back. Where it gets none it tells its user why, who holds the seats, and
 * what would help. The server is named by USHER_SERVER, a pool's key by USHER_KEY.
 *
 * The vendor's key is part of the program, so that only a server with that vendor's licenses is
 * believed: cc -DUSHER_EXAMPLE_VENDOR_KEY='"usher-vendor:acme:..."' example.c -lusher
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <usher.h>

enum { EXIT_NO_SEAT = 1, EXIT_USAGE = 2 };

/* What the command line asks for. */
struct task {
    const char* profile;
    const char* user;
    const char* device;
    long hold_seconds; /* -1: until a signal comes. */
    long wait_seconds;
};

static int usage(void)
{
    fputs("usage: usher-example PROFILE [--hold SECONDS] [--wait SECONDS] [--user NAME] "
          "[--device NAME]\n",
          stderr);
    return EXIT_USAGE;
}

static int read_seconds(const char* text, long* seconds)
{
    char* end = NULL;
    errno = 0;
    *seconds = strtol(text, &end, 10);
    return errno == 0 && end != text && *end == '\0' && *seconds >= 0 && *seconds <= 86400;
}

static int read_task(int count, char** words, struct task* task)
{
    int at;
    task->hold_seconds = -1;
    if (count < 2 || words[1][0] == '-')
        return 0;
    task->profile = words[1];
    for (at = 2; at + 1 < count; at += 2) {
        const char* value = words[at + 1];
        if (strcmp(words[at], "--hold") == 0 && read_seconds(value, &task->hold_seconds))
            continue;
        if (strcmp(words[at], "--wait") == 0 && read_seconds(value, &task->wait_seconds))
            continue;
        if (strcmp(words[at], "--user") == 0)
            task->user = value;
        else if (strcmp(words[at], "--device") == 0)
            task->device = value;
        else
            return 0;
    }
    return at == count;
}

static void print_refusal(const usher_refusal* no)
{
    size_t i;
    fprintf(stderr, "usher-example: error: %s: %s\n", no->code, no->text);
    for (i = 0; i < no->holders_count; ++i) {
        const usher_holder* holder = no->holders[i];
        const time_t since = (time_t)(holder->since_us / 1000000);
        char clock[32] = "";
        strftime(clock, sizeof clock, "%H:%M:%S", localtime(&since));
        fprintf(stderr, "usher-example: held by %s on %s since %s (lease %s)\n", holder->user,
                holder->device, clock, holder->lease);
    }
    for (i = 0; i < no->cures_count; ++i)
        fprintf(stderr, "usher-example: hint: %s\n", no->cures[i]);
}

/* What a user should see while he works. A real application would save his work when the seat is
 * lost, and decide for itself how long it goes on while the seat is uncertain. */
static void on_event(usher_client* client, const usher_event* event, void* context)
{
    (void)client;
    (void)context;
    switch (event->kind) {
    case USHER_EVENT_LOST: fprintf(stderr, "usher-example: the seat is lost\n"); break;
    case USHER_EVENT_LOCKED: fprintf(stderr, "usher-example: the seat is locked\n"); break;
    case USHER_EVENT_UNLOCKED: fprintf(stderr, "usher-example: the seat counts again\n"); break;
    case USHER_EVENT_UNCERTAIN:
        fprintf(stderr, "usher-example: the server is silent; the seat may be somebody else's\n");
        break;
    case USHER_EVENT_CERTAIN: fprintf(stderr, "usher-example: the seat is ours after all\n"); break;
    case USHER_EVENT_DISCONNECTED: fprintf(stderr, "usher-example: connection lost\n"); break;
    case USHER_EVENT_RECONNECTED: fprintf(stderr, "usher-example: connected again\n"); break;
    case USHER_EVENT_MOVED:
        fprintf(stderr, "usher-example: the server is at %s now\n", event->reason);
        break;
    default: break;
    }
    if (event->refusal != NULL)
        print_refusal(event->refusal);
    if (event->kind == USHER_EVENT_LOST)
        kill(getpid(), SIGTERM); /* Ends this program as its user would. */
}

/* Signals are taken one by one with sigtimedwait, so that no handler has to be careful. */
static sigset_t endings(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGHUP);
    return set;
}

/* Seconds of a clock that nobody sets. */
static time_t steady_seconds(void)
{
    struct timespec now = {0, 0};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec;
}

/* Until the time is over or a signal comes; being stopped and continued is neither. */
static void hold(long seconds)
{
    const sigset_t set = endings();
    const time_t end = seconds < 0 ? 0 : steady_seconds() + seconds;
    for (;;) {
        struct timespec left = {3600, 0};
        if (seconds >= 0)
            left.tv_sec = end - steady_seconds();
        if (left.tv_sec < 0 || sigtimedwait(&set, NULL, &left) > 0)
            return;
        if (errno == EAGAIN && seconds >= 0)
            return;
    }
}

static int work(usher_client* client, const struct task* task)
{
    usher_wish wish = USHER_WISH_DEFAULT;
    usher_refusal* no = NULL;
    usher_lease lease = 0;
    usher_seat* seat = NULL;

    wish.profile = task->profile;
    wish.wait_ms = (uint32_t)task->wait_seconds * 1000u;
    if (usher_checkout(client, &wish, &lease, &no) != USHER_OK) {
        if (no != NULL)
            print_refusal(no);
        usher_refusal_free(no);
        return EXIT_NO_SEAT;
    }
    if (usher_look(client, lease, &seat) == USHER_OK)
        printf("holding a seat of %s (%s)%s\n", task->profile, seat->product,
               seat->shares_seat ? ", shared with another window of yours" : "");
    usher_seat_free(seat);
    fflush(stdout);

    hold(task->hold_seconds);

    usher_checkin(client, lease, NULL);
    puts("gave the seat back");
    return EXIT_SUCCESS;
}

int main(int count, char** words)
{
    struct task task = {NULL, NULL, NULL, 0, 0};
    usher_options options = USHER_OPTIONS_DEFAULT;
    usher_client* client = NULL;
    usher_refusal* no = NULL;
    const sigset_t set = endings();
    int code;
#ifdef USHER_EXAMPLE_VENDOR_KEY
    static const char* const vendor_keys[] = {USHER_EXAMPLE_VENDOR_KEY};
    options.vendor_keys = vendor_keys;
    options.vendor_keys_count = 1;
#else
    options.flags = USHER_ANY_VENDOR; /* Only an example may say that. */
#endif

    if (!read_task(count, words, &task))
        return usage();
    options.application = "usher-example";
    options.user = task.user;
    options.device = task.device;
    options.callback = on_event;

    /* Before any thread begins, so that no thread is ended by them. */
    sigprocmask(SIG_BLOCK, &set, NULL);

    if (usher_open(&options, &client, &no) != USHER_OK) {
        if (no != NULL)
            print_refusal(no);
        usher_refusal_free(no);
        return EXIT_USAGE;
    }
    code = work(client, &task);
    usher_close(client);
    return code;
}
