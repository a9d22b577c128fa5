"""Every change of a rule row is kept: who, when, why, what it said before and after; whichever way it came."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import ProgrammingError, connection, transaction
from django.test import Client
from django.utils.html import strip_tags

from accounts import roles
from accounts import services as accounts
from accounts.models import User
from compliance import services
from compliance.admin.rule_changes import shown_changes
from compliance.models import Fee, RuleChange, TaxRate
from compliance.rules.history import RULE_FILES, RowChange, changes_of, signed
from marketplace.kernel import clock
from marketplace.roles import ROLE_RIGHTS
from tests.compliance.test_loading_rules import append, edit, folder  # noqa: F401 - a fixture
from tests.support.opened_pages import OpenedPage

GERMAN = "DE-TAX-STANDARD-2021"


def load(folder: Path, **options: object) -> str:  # noqa: F811
    out = StringIO()
    call_command("load_rules", folder=folder, stdout=out, stderr=out, **options)
    return out.getvalue()


def latest(code: str, model: type[TaxRate] | type[Fee] = TaxRate) -> RowChange:
    return changes_of(model.objects.get(code=code))[0]


@pytest.fixture
def as_role(db: None) -> Callable[[str], Client]:
    """Signs somebody in who has a role."""
    accounts.sync_roles(ROLE_RIGHTS)

    def sign_in(role: str) -> Client:
        user = User.objects.create_user(f"{role.split(' ')[0]}@example.com", full_name="Vera Lindqvist")
        accounts.give_role(user=user, role=role)
        client = Client()
        client.force_login(user)
        return client

    return sign_in


def test_a_change_by_hand_is_kept_with_its_reason(loaded: None, officer: User) -> None:
    rule = TaxRate.objects.get(code=GERMAN)
    rule.pct = Decimal("21")

    services.save_rule(rule=rule, actor=officer, reason="Annual tax act")

    change = latest(GERMAN)
    assert (change.kind, change.by, change.reason) == ("changed", "Vera Lindqvist", "Annual tax act")
    assert change.values["pct"] == (Decimal("19.0000"), Decimal("21.0000"))
    assert change.values["is_edited"] == (False, True)
    assert RuleChange.objects.get(code=GERMAN, actor=officer).at.date() == clock.now().date()


def test_a_refused_change_leaves_no_trace(loaded: None, officer: User) -> None:
    rule, before = TaxRate.objects.get(code=GERMAN), RuleChange.objects.count()
    rule.pct = Decimal("120")

    with pytest.raises(Exception, match="tax_rate_is_a_percentage"):
        services.save_rule(rule=rule, actor=officer, reason="A slip")

    assert RuleChange.objects.count() == before
    TaxRate.objects.filter(code=GERMAN).update(pct=20)
    assert (latest(GERMAN).by, latest(GERMAN).reason) == ("", "")  # nobody's name stays behind


def test_a_status_that_there_is_not_is_refused(loaded: None, as_role: Callable[[str], Client]) -> None:
    address = f"/admin/compliance/taxrate/{TaxRate.objects.get(code=GERMAN).pk}/change/"

    answer = OpenedPage(as_role(roles.COMPLIANCE), address, "taxrate_form").send(status="²", change_reason="Tax act")

    assert list(answer.context["adminform"].form.errors) == ["status"]
    assert TaxRate.objects.get(code=GERMAN).status == "in_force"


def test_a_load_is_kept_as_that_of_the_rule_files(db: None, folder: Path) -> None:  # noqa: F811
    load(folder)
    added = RuleChange.objects.filter(actor_label=RULE_FILES).count()
    edit(folder, "tax_rates", GERMAN, effective_to="2026-12-31", status="ended")
    append(folder, "tax_rates", GERMAN, code="DE-TAX-STANDARD-2027", pct="21", effective_from="2027-01-01",
           effective_to="", status="scheduled")  # fmt: skip
    edit(folder, "fees", "US-MPF-INFORMAL", amount="2.99")

    load(folder)

    assert added > 700
    assert RuleChange.objects.count() == added + 3
    assert latest(GERMAN).values == {"effective_to": (None, "2026-12-31"), "status": ("in_force", "ended")}
    assert (latest("DE-TAX-STANDARD-2027").kind, latest("DE-TAX-STANDARD-2027").by) == ("added", RULE_FILES)
    assert latest("US-MPF-INFORMAL", Fee).values["amount"][1] == Decimal("2.9900")


def test_a_load_that_changes_nothing_or_is_dry_keeps_nothing(loaded: None, folder: Path) -> None:  # noqa: F811
    before = RuleChange.objects.count()

    load(folder)
    edit(folder, "fees", "US-MPF-INFORMAL", amount="2.99")
    load(folder, dry_run=True)

    assert RuleChange.objects.count() == before


def test_no_way_of_changing_a_row_passes_the_history_by(loaded: None) -> None:
    rule = TaxRate.objects.get(code=GERMAN)
    rows = RuleChange.objects.filter(code=GERMAN)
    before = rows.count()

    TaxRate.objects.filter(code=GERMAN).update(pct=20)
    rule.pct = Decimal("21")
    TaxRate.objects.bulk_update([rule], ["pct"])
    with connection.cursor() as cursor:
        cursor.execute("UPDATE compliance_taxrate SET pct = 22 WHERE code = %s", [GERMAN])
    TaxRate.objects.filter(code=GERMAN).update(pct=22)  # which it is already
    key = rule.pk
    rule.delete()

    assert rows.count() == before + 4
    last = rows.first()
    assert last is not None
    assert (last.row_id, last.after, last.before["pct"]) == (key, None, 22.0)


def test_the_history_itself_can_not_be_changed(loaded: None) -> None:
    for harm in (lambda rows: rows.update(actor_label="Nobody"), lambda rows: rows.delete()):
        with pytest.raises(ProgrammingError, match="Cannot update or delete"), transaction.atomic():
            harm(RuleChange.objects.filter(code=GERMAN))


def test_a_signature_ends_with_its_block(loaded: None, officer: User) -> None:
    with signed("First"):
        TaxRate.objects.filter(code=GERMAN).update(pct=20)
        with pytest.raises(ZeroDivisionError), signed("Second", actor=officer):
            TaxRate.objects.filter(code=GERMAN).update(pct=21)
            raise ZeroDivisionError
        TaxRate.objects.filter(code=GERMAN).update(pct=22)
    TaxRate.objects.filter(code=GERMAN).update(pct=23)

    assert [change.by for change in changes_of(TaxRate.objects.get(code=GERMAN))][:3] == ["", "First", "First"]


def test_what_differs_stands_in_the_order_of_the_form_without_facts_about_the_row(loaded: None, officer: User) -> None:
    rule = TaxRate.objects.get(code=GERMAN)
    rule.pct, rule.category, rule.warning = Decimal("0"), "maps", "region_missing"
    services.save_rule(rule=rule, actor=officer, reason="Zero rate for maps")

    changed, added = shown_changes(rule)

    assert [str(label) for label, _before, _after in changed["values"]] == ["Category", "Percent", "Standing warning"]
    assert [strip_tags(after) for _label, _before, after in changed["values"]] == ["maps", "0", "region_missing"]
    assert ("Region" in {label for label, _before, _after in added["values"]}) is False  # it was empty
    with signed("Vera"):
        TaxRate.objects.filter(pk=rule.pk).update(reviewed_on=date(2026, 11, 27))
    assert (str(shown_changes(rule)[0]["kind"]), shown_changes(rule)[0]["values"]) == ("Reviewed, nothing changed", [])


def test_officers_read_the_history_on_the_page_of_a_row(loaded: None, as_role: Callable[[str], Client]) -> None:
    rule = TaxRate.objects.get(code=GERMAN)
    rule.pct, rule.effective_to = Decimal("20.5"), date(2027, 12, 31)
    vera = as_role(roles.COMPLIANCE)
    services.save_rule(rule=rule, actor=User.objects.get(email="compliance@example.com"), reason="<b>Gazette</b> 12")
    page = f"/admin/compliance/taxrate/{rule.pk}/history/"

    text = vera.get(page).content.decode()

    assert "Vera Lindqvist" in text
    assert "&lt;b&gt;Gazette&lt;/b&gt; 12" in text
    assert '<bdi dir="ltr">19</bdi></td><td><bdi dir="ltr">20.5</bdi>' in text
    assert "<td>—</td><td>Dec. 31, 2027</td>" in text
    assert f'href="{page}"' in vera.get(f"/admin/compliance/taxrate/{rule.pk}/change/").content.decode()
    for role in (roles.OPERATIONS, roles.FINANCE, roles.SUPPORT, roles.TRANSLATOR):
        assert as_role(role).get(page).status_code in (302, 403), role  # back to the first page: there is no such row
