"""What became of every rule row: who changed it, when, why, and what it said before and after.

The database writes these rows itself, so that no way of changing a rule passes them by: the admin, a load of the rule
files, `QuerySet.update`, plain SQL. Who acts and why is what `compliance.rules.history.signed` says for the transaction.
"""

from __future__ import annotations

from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

# The facts about a row itself, beside what it says.
UPKEEP = ("id", "last_reviewed", "reviewer", "note", "is_edited", "reviewed_on", "reviewed_by")

_KEEP = """
    IF TG_OP = 'UPDATE' AND OLD IS NOT DISTINCT FROM NEW THEN
        RETURN NULL;
    END IF;
    INSERT INTO compliance_rulechange (rule_table, row_id, code, at, actor_id, actor_label, reason, before, after)
    VALUES (
        TG_TABLE_NAME, COALESCE(NEW.id, OLD.id), COALESCE(NEW.code, OLD.code), clock_timestamp(),
        NULLIF(current_setting('compliance.actor_id', true), '')::bigint,
        COALESCE(current_setting('compliance.actor', true), ''),
        COALESCE(current_setting('compliance.reason', true), ''),
        CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) END,
        CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) END
    );
    RETURN NULL;
"""
_END_REVIEW = f"""
    IF NEW.reviewed_on IS NOT DISTINCT FROM OLD.reviewed_on
        AND to_jsonb(NEW) - '{{{",".join(UPKEEP)}}}'::text[] <> to_jsonb(OLD) - '{{{",".join(UPKEEP)}}}'::text[]
    THEN
        NEW.reviewed_on := NULL;
        NEW.reviewed_by := '';
    END IF;
    RETURN NEW;
"""

RULE_TRIGGERS = [
    pgtrigger.Trigger(
        name="keep_change",
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        when=pgtrigger.After,
        func=_KEEP,
    ),
    # A review holds for what the row said when it was read, not for what a load puts in its place.
    pgtrigger.Trigger(
        name="end_review",
        operation=pgtrigger.Update,
        when=pgtrigger.Before,
        condition=pgtrigger.Q(old__reviewed_on__isnull=False),
        func=_END_REVIEW,
    ),
]


class RuleChange(models.Model):
    """One change of one rule row. Rows are added by a trigger and never changed: the database refuses it.

    `before` and `after` are all columns of the row; `before` is empty for a row that was added, `after` for one that
    was removed. Without `actor` it was a load ("rule files"), or somebody past the services when the label is empty.
    """

    rule_table = models.CharField(_("table"), max_length=63)
    row_id = models.BigIntegerField(_("row"))
    code = models.CharField(_("code"), max_length=80)
    at = models.DateTimeField(_("at"))
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    actor_label = models.CharField(_("by"), max_length=150, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    before: Any = models.JSONField(_("before"), null=True)
    after: Any = models.JSONField(_("after"), null=True)

    class Meta:
        verbose_name = _("change of a rule")
        verbose_name_plural = _("changes of rules")
        ordering = ("-at", "-pk")
        indexes = [models.Index(fields=["rule_table", "row_id", "-at"], name="changes_of_a_rule")]
        constraints = [
            models.CheckConstraint(
                condition=Q(before__isnull=False) | Q(after__isnull=False), name="change_says_what_it_was"
            )
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.code} · {self.actor_label}"
