"""The live move with a thousand held seats, while others come and go."""

import json
import subprocess
import unittest

from movers import Movers
from support.daemon import BIN, PATIENCE, until

NUMBER = "5.0.0.1"
CLIENTS, SEATS, WORKERS = 50, 20, 4
HELD = CLIENTS * SEATS


class Crowd:
    """Real applications by the thousand; see client/crowd.c."""

    def __init__(self, company, host):
        self.process = subprocess.Popen(
            [BIN / "usher-crowd", "Many", str(CLIENTS), str(SEATS), str(WORKERS)],
            env=host.environment(USHER_SERVER=host.server, USHER_VENDOR_KEY=company.issuer.key),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def hear(self):
        return self.process.stdout.readline()

    def report(self):
        self.process.stdin.write("report\n")
        self.process.stdin.flush()
        return json.loads(self.hear())

    def close(self):
        self.process.stdin.close()
        self.process.wait(PATIENCE)
        self.process.stdout.close()


class Load(Movers):
    def test_a_thousand_seats_move_while_others_come_and_go(self):
        self.activate("a", NUMBER, HELD + WORKERS, profile="Many")
        crowd = Crowd(self.company, self.company["a"])
        self.addCleanup(crowd.close)
        self.assertEqual(crowd.hear(), "ready\n")
        before = self.holders("a")
        self.assertEqual(len(before), HELD)
        calls = crowd.report()["calls"]
        until(lambda: crowd.report()["calls"] > calls + 1000, "the load begins")

        said = self.moved("a", "b")

        until(lambda: (seen := crowd.report())["away"] == 0 and seen["moved"] == CLIENTS,
              "everybody is there")
        calls = crowd.report()["calls"]
        until(lambda: crowd.report()["calls"] > calls + 1000, "the load goes on there")
        seen = crowd.report()
        print(f"\n{HELD} held seats, {said['facts']} facts: nobody could be served for "
              f"{said['pause_ms']} ms; holders saw a pause of {seen['longest_pause_ms']} ms at the "
              f"longest, a call took {seen['longest_call_ms']} ms")
        self.assertEqual((seen["held"], seen["lost"]), (HELD, 0))
        self.assertEqual(self.holders("b"), before)
        pool = next(pool for pool in self.company["b"].status()["pools"] if pool["id"] == NUMBER)
        self.assertEqual(pool["stock"], HELD + WORKERS)
        self.assertGreaterEqual(pool["available"], 0)

    def holders(self, name):
        """Of those who keep their seats."""
        return {lease["user"]: lease["id"] for lease in self.leases(name)
                if lease["user"].startswith("user-")}


if __name__ == "__main__":
    unittest.main()
