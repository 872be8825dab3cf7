"""A table of many requests is there as a whole, or not at all, however it ends."""

import tempfile
import unittest
from pathlib import Path

from support.daemon import PATIENCE, Daemon, until
from support.messages import requirement
from support.vendor import Vendor
from support.wire import Connection, HungUp

ROWS_MAX = 10_000     # Of one request.
TABLE_MAX = 300_000   # Of all that is kept.


def needs(first, count, product="V16"):
    return [requirement.RequirementAdd.Row(
        of=requirement.RequirementName(product=product, kind="device", consumer=f"D{number}"))
        for number in range(first, first + count)]


class WholeTables(unittest.TestCase):
    """A server that knows the product V16."""

    movable = False

    def setUp(self):
        self.vendor = Vendor()
        self.addCleanup(self.vendor.close)
        self.daemon = self.enterContext(
            Daemon({"vendor_keys": [self.vendor.key]}, movable=self.movable))
        self.daemon.must("product", "add", "V16", "--vendor", "acme")
        self.scratch = Path(self.enterContext(tempfile.TemporaryDirectory()))

    def connection(self):
        connection = self.enterContext(Connection.local(self.daemon.socket))
        connection.hello()
        return connection

    def keep(self, connection, rows, **more):
        return connection.operate(
            requirement_add=requirement.RequirementAdd(rows=rows, more=True, **more))

    def put(self, connection, rows=(), **more):
        return connection.operate(requirement_add=requirement.RequirementAdd(rows=rows, **more))

    def count(self):
        return sum(row["requirements"] for row in
                   self.daemon.json("report", "compliance")["products"])

    def table(self, rows):
        file = self.scratch / "table.csv"
        with open(file, "w", encoding="utf-8") as out:
            out.write("product,device\n")
            out.writelines(f"{product},{device}\n" for product, device in rows)
        return file

    def import_words(self, file):
        return ("requirement", "import", file, "--product-column", "product", "--device-column",
                "device")


class Ends(WholeTables):

    def test_a_server_that_is_killed_between_the_parts_has_none_of_them(self):
        connection = self.connection()
        for part in range(3):
            answer = self.keep(connection, needs(part * 1000, 1000))
            self.assertTrue(answer.operated.HasField("done"))
        self.assertEqual(self.count(), 0)
        self.daemon.restart(kill=True)
        self.assertEqual(self.count(), 0)
        with self.assertRaises(HungUp):
            self.put(connection)

    def test_a_connection_that_ends_leaves_nothing_and_its_room(self):
        """By what is kept for all: where the room is full, another one's row is refused."""
        first = self.connection()
        for part in range(TABLE_MAX // ROWS_MAX):
            answer = self.keep(first, needs(part * ROWS_MAX, ROWS_MAX))
            self.assertTrue(answer.operated.HasField("done"), answer)
        other = self.connection()
        refused = self.keep(other, needs(0, 1)).refused
        self.assertEqual(refused.code, "LIMIT_REACHED")
        self.assertIn("300001, and may be 300000", refused.text)
        first.close()
        until(lambda: self.keep(other, needs(0, 1)).operated.HasField("done"), "room for one")
        self.assertEqual(self.count(), 0)
        self.assertTrue(self.put(other).operated.HasField("done"))
        self.assertEqual(self.count(), 1)

    def test_the_last_part_puts_all_of_them_in_one_turn(self):
        connection = self.connection()
        self.keep(connection, needs(0, 1000))
        self.put(connection, needs(1000, 1000))
        self.assertEqual(self.count(), 2000)
        self.assertEqual(self.put(connection).refused.code, "BAD_REQUEST")
        self.daemon.restart(kill=True)
        self.assertEqual(self.count(), 2000)
        self.daemon.stop()
        turns = self.daemon.must("journal", "tail", "--turns", "1000",
                                 self.daemon.directory / "state" / "journal.db").split("\nturn ")
        of_rows = [turn for turn in turns if "device=D" in turn]
        self.assertEqual(len(of_rows), 1)
        self.assertEqual(of_rows[0].count("device=D"), 2000)

    def test_one_bad_row_leaves_nothing_and_what_was_kept(self):
        connection = self.connection()
        self.keep(connection, needs(0, 10))
        refused = self.keep(connection, needs(10, 3) + needs(13, 1, "V99")).refused
        self.assertEqual((refused.code, refused.row), ("UNKNOWN_PRODUCT", 4))
        refused = self.put(connection, needs(13, 1, "V99")).refused
        self.assertEqual((refused.code, refused.row), ("UNKNOWN_PRODUCT", 11))
        self.assertEqual(self.count(), 0)
        self.assertTrue(self.put(connection, needs(13, 1), dry_run=True).operated.HasField("done"))
        self.assertEqual(self.put(connection).refused.code, "BAD_REQUEST")  # That was its end.
        self.assertEqual(self.count(), 0)

    def test_a_product_that_goes_meanwhile_refuses_the_whole_table(self):
        connection = self.connection()
        self.keep(connection, needs(0, 10))
        self.daemon.must("product", "remove", "V16")
        self.daemon.must("product", "add", "V15", "--vendor", "acme")
        refused = self.put(connection, needs(0, 1, "V15")).refused
        self.assertEqual((refused.code, refused.row), ("UNKNOWN_PRODUCT", 1))

    def test_devices_come_in_parts_as_well(self):
        connection = self.connection()
        row = requirement.PartyPrincipal.Row
        answer = connection.operate(party_principal=requirement.PartyPrincipal(
            rows=[row(device="D1", user="ann")], more=True))
        self.assertTrue(answer.operated.HasField("done"))
        self.assertEqual(self.keep(connection, needs(0, 1)).refused.code, "BAD_REQUEST")
        answer = connection.operate(party_principal=requirement.PartyPrincipal(
            rows=[row(device="D2", user="ann")]))
        self.assertEqual(list(answer.operated.done.changes), ["2 principal users set"])

    def test_a_table_over_the_bound_is_refused_before_anything_was_sent(self):
        file = self.table(("V16", f"D{number}") for number in range(TABLE_MAX + 1))
        before = self.daemon.log_text()
        done = self.daemon.usher(*self.import_words(file))
        self.assertEqual(done.returncode, 1)
        self.assertIn("the table has more than 300000 rows", done.stderr)
        self.assertEqual(self.daemon.log_text(), before)  # It was not even asked.


class Killed(WholeTables):
    movable = True

    def test_a_server_that_dies_around_the_commit_of_a_table_has_nothing_of_it_or_all(self):
        file = self.table(("V16", f"D{number}") for number in range(25_000))
        for die, rows in (("before:1", 0), ("after:1", 25_000)):
            self.daemon.stop()
            self.daemon.die = die
            self.daemon.start()
            done = self.daemon.usher(*self.import_words(file))
            self.assertEqual(done.returncode, 1, done)
            self.assertIn("all of the table is imported, or nothing", done.stderr)
            self.daemon.process.wait(PATIENCE)
            self.daemon.die = None
            self.daemon.start()
            self.assertEqual(self.count(), rows)


if __name__ == "__main__":
    unittest.main()
