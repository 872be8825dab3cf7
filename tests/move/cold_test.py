"""The move by deactivation and activation, interrupted at every step of everybody."""

import concurrent.futures
import unittest

from support.deaths import Company, deaths

NUMBER = "015.120.055.014"


class Cold(unittest.TestCase):
    """`a` has the license; the operator wants it at `b`."""

    def setUp(self):
        self.company = self.enterContext(Company())
        self.code = self.company.issuer.sell(NUMBER, "Client", 10)
        self.activate("a")
        self.assertEqual(self.company.alive(NUMBER), ["a"])
        self.company.keep()

    def activate(self, name, **surroundings):
        return self.company[name].usher("activate", self.code, "--host", name, "--issuer",
                                        self.company.issuer.uri, "--profile", "Client",
                                        **surroundings)

    def steps(self):
        """What is left to do, as an operator sees it who knows of no interruption but by what the
        programs show him."""
        source, target = self.company["a"], self.company["b"]
        license = self.company.license("a", NUMBER)
        activation = license["activation"]
        if source.status()["mode"] == "serving" and license["counts"]:
            yield source.usher, ("maintenance", "on")
        elif license["counts"]:
            yield source.usher, ("deactivate", NUMBER)
        elif not activation["delivered"]:
            yield source.usher, ("receipt", NUMBER, "--deliver")
        elif source.status()["mode"] == "maintenance":
            yield source.usher, ("maintenance", "off")
        elif self.company.alive(NUMBER) != ["b"]:
            yield self.activate, ("b",)

    def check(self):
        """At no moment is it alive twice, and where it is alive the issuer knows."""
        alive = self.company.alive(NUMBER)
        self.assertLessEqual(len(alive), 1)
        for name in alive:
            number = self.company.license(name, NUMBER)["activation"]["number"]
            self.assertEqual(self.company.recorded(NUMBER), (name, number))

    def move(self):
        """Does what is left to do until nothing is."""
        for _ in range(20):
            step = next(self.steps(), None)
            if step is None:
                return
            verb, arguments = step
            verb(*arguments, cwd=self.company.directory)  # Where a receipt may be left.
            self.company.revive()
            self.check()
        self.fail("it never ends")

    def test_whoever_dies_at_whichever_step_it_is_never_alive_twice_and_moves_in_the_end(self):
        for death in deaths():
            with self.subTest(death=str(death)):
                self.company.restore(death)
                self.check()
                self.move()
                self.assertEqual(self.company.alive(NUMBER), ["b"])
                death.has_come = self.company.has_died


class Race(unittest.TestCase):
    def test_of_two_operators_with_one_code_one_has_it_and_the_other_is_told_where(self):
        company = self.enterContext(Company())
        code = company.issuer.sell(NUMBER, "Client", 10)

        def activate(name):
            return company[name].usher("activate", code, "--host", name, "--issuer",
                                       company.issuer.uri)
        with concurrent.futures.ThreadPoolExecutor(2) as both:
            done = dict(zip("ab", both.map(activate, "ab")))
        winner, = company.alive(NUMBER)
        loser, = set("ab") - {winner}
        self.assertEqual(done[winner].returncode, 0, done[winner].stderr)
        self.assertIn(f"ALREADY_ACTIVE: license {NUMBER} is active on {winner}",
                      done[loser].stderr)


if __name__ == "__main__":
    unittest.main()
