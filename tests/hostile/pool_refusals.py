"""The codes that only pools and parties are refused with, provoked over the wire."""

from estate import Estate
from support import wire
from support.messages import operator, pool
from support.scenario.vendor import License


class PoolRefusals(Estate):
    """A test `test_CODE` a code."""

    def test_UNKNOWN_PARTY(self):
        answer = self.desk.operate(party_rebind=pool.PartyRebind(party="nobody", target="none"))
        self.assert_refused(answer, "UNKNOWN_PARTY")

    def test_UNKNOWN_SCHEME(self):
        document = self.signed(License("7.0.0.9", "Other", 1, "lease"))
        answer = self.desk.operate(
            license_install=operator.LicenseInstall(document=document, scheme="nothing"))
        self.assert_refused(answer, "UNKNOWN_SCHEME")

    def test_WRONG_KIND(self):
        self.added("kind", "company")
        answer = self.desk.operate(party_rebind=pool.PartyRebind(party="kind", target="kind"))
        self.assert_refused(answer, "WRONG_KIND")

    def test_NOT_IN_SCHEME(self):
        answer = self.desk.operate(pool_open=pool.PoolOpen(pool="new", root="1.0.0.1"))
        self.assert_refused(answer, "NOT_IN_SCHEME")

    def test_OTHER_ROOT(self):
        self.assert_refused(self.allocated("Keys", "Work", 1), "OTHER_ROOT")

    def test_ROOT_POOL(self):
        answer = self.desk.operate(pool_close=pool.PoolClose(pool="Keys"))
        self.assert_refused(answer, "ROOT_POOL")

    def test_NOT_HOME_POOL(self):
        self.opened("home")
        self.opened("abroad")
        self.added("web", "instance", pool="home")
        answer = self.register([self.row("d")], pool="abroad", party="web")
        self.assert_refused(answer, "NOT_HOME_POOL")

    def test_NOT_LEASABLE(self):
        answer = self.client.ask(checkout=wire.checkout("", pool="Keys"))
        self.assert_refused(answer, "NOT_LEASABLE")

    def test_POOL_CLOSED(self):
        self.opened("shut")
        self.done(pool_close=pool.PoolClose(pool="shut"))
        answer = self.client.ask(checkout=wire.checkout("", pool="shut"))
        self.assert_refused(answer, "POOL_CLOSED")

    def test_INSUFFICIENT_UNITS(self):
        self.opened("poor")
        answer = self.allocated("poor", "Keys", 1)
        self.assert_refused(answer, "INSUFFICIENT_UNITS")
        self.assertEqual((answer.refused.stock, answer.refused.want), (0, 1))

    def test_WOULD_OVERCOMMIT(self):
        self.opened("full", units=3)
        self.registered(3, pool="full")
        answer = self.allocated("full", "Keys", 1)
        self.assert_refused(answer, "WOULD_OVERCOMMIT")
        self.assertEqual((answer.refused.stock, answer.refused.held, answer.refused.short),
                         (3, 3, 1))

    def test_WOULD_DROP(self):
        self.opened("one", units=2)
        self.opened("two")
        self.added("mover", "instance", pool="one")
        self.registered(2, party="mover")
        answer = self.desk.operate(party_rebind=pool.PartyRebind(party="mover", target="two"))
        self.assert_refused(answer, "WOULD_DROP")
        self.assertEqual(answer.refused.held, 2)
        self.assertEqual(self.pools()["one"].held, 2)
