"""The codes that only products and requirements are refused with, provoked over the wire."""

from estate import Estate
from support.messages import operator, requirement
from support.scenario.vendor import License


class RequirementRefusals(Estate):
    """A test `test_CODE` a code. `V16` is per device, and no license is of it; `V19` is per user,
    and `L19` and `M19` of it may be downgraded to `V16`."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for number in ("L19", "M19"):
            cls.cover(License(number, "V19", 1, "user", downgrades_to=("V16",)))
        cls.daemon.must("product", "add", "V16")

    @classmethod
    def cover(cls, license):
        cls.daemon.must("license", "install", "-", "--scheme", "requirements",
                        input=cls.signed(license))

    @staticmethod
    def of(consumer, product="V16", kind="device"):
        return requirement.RequirementName(product=product, kind=kind, consumer=consumer)

    def needed(self, *consumers):
        rows = [requirement.RequirementAdd.Row(of=self.of(consumer)) for consumer in consumers]
        self.done(requirement_add=requirement.RequirementAdd(rows=rows))

    def changed(self, device):
        """A device whose requirement stands behind that of its user, whom L19 covers."""
        self.addCleanup(self.desk.operate, requirement_remove=requirement.RequirementRemove(
            of=self.of(device)))
        row = requirement.PartyPrincipal.Row(device=device, user="ann")
        self.done(party_principal=requirement.PartyPrincipal(rows=[row]))
        self.needed(device)
        answer = self.desk.operate(requirement_explain=requirement.RequirementExplain(
            requirement=self.of(device)))
        self.assertEqual(answer.operated.requirement_explained.requirement.trigger, "L19")

    def test_UNKNOWN_PRODUCT(self):
        answer = self.desk.operate(product_remove=requirement.ProductRemove(product="Nope"))
        self.assert_refused(answer, "UNKNOWN_PRODUCT")
        row = requirement.RequirementAdd.Row(of=self.of("D1", "Nope"))
        answer = self.desk.operate(requirement_add=requirement.RequirementAdd(rows=[row]))
        self.assert_refused(answer, "UNKNOWN_PRODUCT")
        self.assertEqual(answer.refused.row, 1)

    def test_UNKNOWN_REQUIREMENT(self):
        answer = self.desk.operate(requirement_explain=requirement.RequirementExplain(
            requirement=self.of("nothing")))
        self.assert_refused(answer, "UNKNOWN_REQUIREMENT")

    def test_IN_USE(self):
        answer = self.desk.operate(product_remove=requirement.ProductRemove(product="V19"))
        self.assert_refused(answer, "IN_USE")

    def test_CONSOLIDATION_NOT_ALLOWED(self):
        self.changed("C1")
        self.needed("C2")
        answer = self.desk.operate(requirement_consolidate=requirement.RequirementConsolidate(
            requirement=self.of("C1"), behind=self.of("C2")))
        self.assert_refused(answer, "CONSOLIDATION_NOT_ALLOWED")

    def test_ONLY_TRIGGER_LICENCE(self):
        self.changed("T1")
        answer = self.desk.operate(requirement_entitle=requirement.RequirementEntitle(
            requirement=self.of("ann", kind="user"), license="M19"))
        self.assert_refused(answer, "ONLY_TRIGGER_LICENCE")
        self.assertEqual(answer.refused.detail, "L19")

    def test_MODEL_CHANGE_NOT_ALLOWED(self):
        self.needed("nobodys")
        answer = self.desk.operate(requirement_change=requirement.RequirementChange(
            requirement=self.of("nobodys"), license="L19"))
        self.assert_refused(answer, "MODEL_CHANGE_NOT_ALLOWED")
        self.assertIn("no eligible consumer", answer.refused.text)

    def test_NEEDS_NO_LICENSE(self):
        self.changed("N1")
        answer = self.desk.operate(requirement_entitle=requirement.RequirementEntitle(
            requirement=self.of("N1"), license="M19"))
        self.assert_refused(answer, "NEEDS_NO_LICENSE")
        self.assertEqual(answer.refused.detail, "consolidated behind V16/user:ann")

    def test_COVERS_REQUIREMENTS(self):
        self.changed("R1")
        answer = self.desk.operate(license_remove=operator.LicenseRemove(license="L19"))
        self.assert_refused(answer, "COVERS_REQUIREMENTS")
        self.assertEqual((answer.refused.detail, answer.refused.held), ("1 requirement", 1))

    def test_DOWNGRADE_CYCLE(self):
        document = self.signed(License("C16", "V16", 1, "device", downgrades_to=("V19",)))
        answer = self.desk.operate(
            license_install=operator.LicenseInstall(document=document, scheme="requirements"))
        self.assert_refused(answer, "DOWNGRADE_CYCLE")
