/* An application that holds one seat: bench-seat
 *
 * Prints a line before it has anything to do with libusher, and does nothing until it reads one;
 * then it takes a seat of the profile Bench, prints another line, and holds it until the end of its
 * input. So what libusher costs is seen from outside. The server is named by USHER_SERVER, a pool's
 * key by USHER_KEY, and the vendor by USHER_VENDOR_KEY.
 */
#include <stdio.h>
#include <stdlib.h>
#include <usher.h>

static void fail(const char* what, const usher_refusal* no)
{
    fprintf(stderr, "bench-seat: %s: %s\n", what, no ? no->text : "");
    exit(1);
}

static void say(const char* word)
{
    puts(word);
    fflush(stdout);
}

int main(void)
{
    const char* vendor = getenv("USHER_VENDOR_KEY");
    usher_options options = USHER_OPTIONS_DEFAULT;
    usher_wish wish = USHER_WISH_DEFAULT;
    usher_client* client = NULL;
    usher_lease seat = 0;
    usher_refusal* no = NULL;
    say("begun");
    if (getchar() == EOF)
        return 0;
    options.vendor_keys = &vendor;
    options.vendor_keys_count = vendor != NULL;
    wish.profile = "Bench";
    if (usher_open(&options, &client, &no) != USHER_OK)
        fail("cannot open", no);
    if (usher_checkout(client, &wish, &seat, &no) != USHER_OK)
        fail("no seat", no);
    say("held");
    while (getchar() != EOF) {
    }
    usher_close(client);
    return 0;
}
