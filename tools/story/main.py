#!/usr/bin/python3
"""The story that tools/quickstart plays: commands as people type them, and what they really print.

Each step says what should come of it and checks that it does. The first that does not ends the
story with an error. Every process that is started here is ended here, by its own id.
"""

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from stage import BUILD, SOURCE, Broken, Relay, Story, claim, free_port, until

SIGN = """usher-issuer sign --number {number} --product {product} --quantity {quantity} \\
      --metric {metric}{requires} --node node.txt --output {file}.lic"""


def sell(story):
    story.tell("1. A vendor makes a key, once. The public half is what others need of it.")
    key = story.show("usher-issuer init --vendor acme 2>/dev/null | tee vendor.pub").strip()
    claim(key.startswith("usher-vendor:acme:"), "the vendor has a key")

    story.tell("   usherd is told whom to trust, and starts; the first start makes its CA, its "
               "certificate\n   and its state. Licenses are bound to this very host: `usher node` "
               "says what it is.")
    port = free_port()
    story.show(f"""cat >usherd.toml <<end
state = "{story.directory}/state"
socket = "{story.directory}/usherd.sock"
listen = ["127.0.0.1:{port}"]
name = "localhost"
anonymous = true
node.tpm = "none"
vendor_keys = ["$(cat vendor.pub)"]
end""")
    story.show("usherd --config usherd.toml --check")
    story.start_daemon()
    story.show("usher node >node.txt; cut -c 1-60 node.txt")

    story.tell("   The vendor signs three licenses for it.")
    above = " --requires PROServer"
    for license in (
            {"number": "015.120.064.022", "product": "PROServer", "quantity": 100, "file": "server",
             "metric": "lease", "requires": ""},
            {"number": "015.120.065.016", "product": "PROSession", "quantity": 8, "file": "session",
             "metric": "lease", "requires": above},
            {"number": "015.120.055.014", "product": "Client", "quantity": 10, "file": "client",
             "metric": "user_device", "requires": above}):
        story.show(SIGN.format(**license))
    return key


def install(story):
    story.tell("2. The operator installs them, and gives them the names that applications ask for.")
    story.show("usher license install server.lic --profile Server")
    story.show("usher license install session.lic --profile ProLicense")
    story.show("usher license install client.lic --profile Client")
    story.show("usher license list")
    licenses = json.loads(story.run("usher license list --json").stdout)["licenses"]
    claim([license["counts"] for license in licenses] == [True] * 3, "all three count on this host")
    story.show("usher doctor")


def compile_application(story, key):
    story.tell("3. An application links libusher, with the vendor's key compiled in, and finds the "
               "server by\n   one string.")
    shutil.copy(SOURCE / "client" / "example.c", story.directory / "app.c")
    library = BUILD / "client"
    story.show(f"""cc -D_POSIX_C_SOURCE=200809L -DUSHER_EXAMPLE_VENDOR_KEY='"{key}"' \\
    -I{SOURCE}/client/include -o app app.c -L{library} -lusher -Wl,-rpath,{library}""")
    server = story.show("usher address").strip()
    print("$ export USHER_SERVER=$(usher address)")
    story.environment["USHER_SERVER"] = server
    return server


def fill(story):
    story.tell("   A server, eight solver sessions and ten clients take their seats.")
    story.begin("./app Server --user pro").await_saying("holding")
    sessions = [story.begin(f"./app ProLicense --user solver-{n} --device rack-{n}")
                for n in range(1, 9)]
    clients = [story.begin(f"./app Client --user user-{n} --device desk-{n}") for n in range(1, 11)]
    for application in sessions + clients:
        application.await_saying("holding")
    held = (story.held("PROSession"), story.held("Client"))
    claim(held == (8, 10), "8 of 8 and 10 of 10 are held")

    story.tell("   The ninth session and the eleventh client are refused, and told why.")
    refused = story.show("./app ProLicense --user solver-9 --device rack-9", expected=1)
    claim(all(text in refused for text in ("NO_FREE_SEAT", "held by solver-1 on rack-1", "hint")),
          "it is told who holds the seats, and what would help")
    story.show("./app Client --user user-11 --device desk-11", expected=1)
    story.show("usher why --user user-11")

    story.tell("   The same user's second window on the same device takes no second seat.")
    window = story.begin("./app Client --user user-1 --device desk-1")
    window.await_saying("shared with another window")
    claim(story.held("Client") == 10, "still 10 of 10")

    story.tell("   Two wait; when a seat is given back, the first of them has it.")
    waiting = [story.begin(f"./app ProLicense --user {user} --device rack-9 --wait 600")
               for user in ("gus",)]
    until(lambda: len(story.status()["queue"]) == 1, "gus waits")
    waiting.append(story.begin("./app ProLicense --user gladstone --device rack-9 --wait 600"))
    until(lambda: len(story.status()["queue"]) == 2, "gladstone waits")
    story.show("usher status")
    print(f"$ kill {sessions[0].process.pid}   # solver-1 is done")
    sessions[0].end()
    waiting[0].await_saying("holding")
    claim(story.lease_of("gus") and not story.lease_of("gladstone"),
          "gus has it, gladstone waits on")
    claim(story.held("PROSession") == 8, "8 of 8, not one more")
    return sessions, clients, waiting


def run_a_command(story, sessions):
    story.tell("4. Any program can hold a seat while it runs: `usher run`.")
    print(f"$ kill {sessions[1].process.pid} {sessions[2].process.pid}   # two more are done")
    for session in sessions[1:3]:
        session.end()
    until(lambda: story.held("PROSession") == 7, "a seat is free")
    said = story.show(
        "usher run ProLicense --user me -- sh -c 'usher leases | grep me; exit 7'; echo $?")
    claim(said.endswith("7\n") and " me " in said,
          "it held a seat, and its exit code came through")
    until(lambda: story.held("PROSession") == 7, "its seat is given back")
    story.show("usher status --json | cut -c 1-240")


def crash_the_daemon(story, applications):
    story.tell("5. kill -9 of the daemon, while others come and go.")
    before = story.leases()
    loads = [story.begin("sh -c 'while usher run Server -- true; do :; done'") for _ in range(2)]
    until(lambda: story.held("PROServer") > 1, "others come and go")
    print(f"$ kill -9 {story.daemon.pid}")
    story.daemon.kill()
    story.daemon.wait()
    story.start_daemon()
    for application in applications:
        application.await_saying("connected again")
    after = story.leases()
    claim(all(after.get(id, {}).get("user") == lease["user"] for id, lease in before.items()),
          f"all {len(before)} holders still hold what they held")
    claim(all(application.is_running() for application in applications + loads),
          "no application noticed more than a pause")
    claim(max(story.held("PROSession") - 8, story.held("Client") - 10) <= 0,
          "and nothing was lent twice")
    for load in loads:
        load.end(signal.SIGKILL)
    until(lambda: story.held("PROServer") == 1, "what they ran has ended, too")
    print(applications[-1].said().rstrip())


def crash_applications(story, clients, server):
    story.tell("6. kill -9 of an application: its seat is free after the grace of 2 s.")
    print(f"$ kill -9 {clients[1].process.pid}   # user-2")
    begun = time.monotonic()
    clients[1].end(signal.SIGKILL)
    until(lambda: not story.lease_of("user-2"), "the seat of user-2 is free")
    took = time.monotonic() - begun
    claim(1 < took < 10, f"it was free after {took:.1f} s")

    story.tell("   One that falls silent without an end, here because it is stopped, has its "
               "term of 25 s.")
    print(f"$ kill -STOP {clients[2].process.pid}   # user-3")
    stopped = time.monotonic()
    clients[2].process.send_signal(signal.SIGSTOP)

    story.tell("   Meanwhile: an application whose connection merely breaks is back within the "
               "grace.")
    relay = Relay(int(server.split("/?")[0].rsplit(":", 1)[1]))
    host, _, rest = server.partition("/?")
    through = f"{host.rsplit(':', 1)[0]}:{relay.port}/?{rest}"
    traveler = story.begin("./app Client --user traveler --device notebook", through)
    traveler.await_saying("holding")
    lease = story.lease_of("traveler")["id"]
    relay.cut()
    traveler.await_saying("connected again")
    time.sleep(2.5)  # The grace is over: had it not come back, the seat would be gone.
    claim(story.lease_of("traveler") and story.lease_of("traveler")["id"] == lease,
          "it kept its seat, the very same lease")

    until(lambda: not story.lease_of("user-3"), "the seat of user-3 is free")
    took = time.monotonic() - stopped
    claim(15 < took < 40, f"the stopped one's seat was free after {took:.0f} s")


def play(story):
    key = sell(story)
    install(story)
    server = compile_application(story, key)
    sessions, clients, waiting = fill(story)
    run_a_command(story, sessions)
    crash_the_daemon(story, sessions[3:] + clients + waiting)
    crash_applications(story, clients, server)


def directory_of(asked):
    if asked is None:
        return Path(tempfile.mkdtemp(prefix="usher-quickstart-"))
    directory = Path(asked).resolve()
    directory.mkdir(parents=True)  # It must not exist: nothing of anybody's is touched.
    return directory


def main():
    parser = argparse.ArgumentParser(prog="tools/quickstart")
    parser.add_argument("--keep", action="store_true", help="leave the daemon running")
    parser.add_argument("--directory", help="play it there; must not exist")
    options = parser.parse_args()
    try:
        directory = directory_of(options.directory)
    except OSError as error:
        sys.exit(f"tools/quickstart: error: cannot make {error.filename}: {error.strerror}")
    story = Story(directory)
    keeps = False
    try:
        play(story)
        keeps = options.keep
    except (Broken, subprocess.TimeoutExpired) as error:
        print(f"\ntools/quickstart: error: {error}", file=sys.stderr)
        print(f"tools/quickstart: hint: all of it is in {directory}", file=sys.stderr)
        sys.exit(1)
    finally:
        story.close(keeps)
    if keeps:
        say_how_to_go_on(story)
    else:
        story.tell("All of it holds. The processes are ended.")
        shutil.rmtree(directory)


def say_how_to_go_on(story):
    story.tell(f"""All of it holds. usherd still runs as process {story.daemon.pid}; to go on:

export PATH={BUILD / 'bin'}:$PATH
export USHER_SOCKET={story.environment['USHER_SOCKET']}
export USHER_SERVER='{story.environment['USHER_SERVER']}'
usher status
usher run ProLicense -- sleep 60
kill {story.daemon.pid}; tail --pid={story.daemon.pid} -f /dev/null; rm -r {story.directory}""")


if __name__ == "__main__":
    main()
