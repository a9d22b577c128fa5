"""What the letters of the compliance desk say, in the active language. Read when they are sent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from compliance import selectors
from compliance.models import Appeal, Flag, FlagMessage, Letter, Notice, StatementOfReasons
from compliance.services.letter_shape import Words
from compliance.services.onboarding_letters import KINDS as ONBOARDING_LETTERS
from compliance.services.registration_letters import KINDS as REGISTRATION_LETTERS
from compliance.services.review_letters import KINDS as REVIEW_LETTERS
from compliance.services.stock_letters import KINDS as STOCK_LETTERS
from compliance.services.trader_letters import KINDS as TRADER_LETTERS
from compliance.words.explain import finding_sentence
from compliance.words.places import places_text
from compliance.words.statements import statement_text
from marketplace.kernel import clock

MOST_NAMED = 20


def words_of(letter: Letter) -> Words | None:
    """The letter in the active language; None when there is nothing left to tell. Raises KeyError for no kind."""
    return _KINDS[letter.kind](letter)


# To officers ------------------------------------------------------------------------------------------------


def _flag_escalated(letter: Letter) -> Words | None:
    flag = _flag(letter)
    title = _("Escalated: %(subject)s") % {"subject": flag.subject_label}
    text = _("%(officer)s asks for a decision on this flag.") % {"officer": letter.params["by"]}
    return Words(title, (text, _finding(flag)), _page(flag), _("Open the flag"), (letter.params["reason"],))


def _flag_proposed(letter: Letter) -> Words | None:
    flag = _flag(letter)
    title = _("A second officer is needed: %(subject)s") % {"subject": flag.subject_label}
    text = _("%(officer)s wants to let this flag go. Another officer has to agree.") % {"officer": letter.params["by"]}
    return Words(title, (text, _finding(flag)), _page(flag), _("Open the flag"), (letter.params["reason"],))


def _flag_answered(letter: Letter) -> Words | None:
    flag = _flag(letter)
    message = FlagMessage.objects.get(pk=letter.params["message"])
    title = _("The seller answered: %(subject)s") % {"subject": flag.subject_label}
    return Words(title, (_finding(flag),), _page(flag), _("Open the flag"), (message.body,))


def _appeal_lodged(letter: Letter) -> Words | None:
    appeal = Appeal.objects.select_related("flag").get(pk=letter.params["appeal"])
    if appeal.state != Appeal.State.OPEN:
        return None
    title = _("The seller appealed: %(subject)s") % {"subject": appeal.flag.subject_label}
    text = _("An officer who did not take the decision has to decide the appeal.")
    return Words(title, (text, _finding(appeal.flag)), _page(appeal.flag), _("Open the flag"), (appeal.text,))


def _flags_overdue(letter: Letter) -> Words | None:
    reader = User.objects.get(email=letter.to)
    flags = selectors.overdue_flags(reader, clock.now())
    named = [f"{flag.subject_label}: {_finding(flag)}" for flag in flags[:MOST_NAMED]]
    if not named:
        return None
    count = flags.count()
    title = ngettext("%(count)d flag is overdue", "%(count)d flags are overdue", count) % {"count": count}
    ending = (_("These are the first %(count)s of them.") % {"count": MOST_NAMED},) if count > MOST_NAMED else ()
    address = reverse("admin:compliance_flag_changelist") + "?late=1"
    return Words(
        title, (_("They should have been decided by now:"),), address, _("Open the queue"), tuple(named), ending
    )


def _order_received(letter: Letter) -> Words | None:
    notice = Notice.objects.select_related("flagger").get(pk=letter.params["notice"])
    title = _("Notice %(number)s from %(name)s") % {"number": notice.number, "name": notice.flagger or ""}
    due = date_format(notice.due_at, "DATE_FORMAT")
    text = _("It concerns %(subject)s and has to be decided by %(day)s.") % {
        "subject": notice.subject_label,
        "day": due,
    }
    address = reverse("admin:compliance_notice_change", args=[notice.pk])
    return Words(title, (text,), address, _("Open the notice"), (notice.explanation,))


# To sellers -------------------------------------------------------------------------------------------------


def _flag_asked(letter: Letter) -> Words | None:
    message = FlagMessage.objects.select_related("flag").get(pk=letter.params["message"])
    flag = message.flag
    title = _("A question about %(subject)s") % {"subject": flag.subject_label}
    texts = (
        _finding(flag),
        _("It concerns these countries: %(countries)s.") % {"countries": places_text(flag.countries)},
    )
    return Words(title, texts, _page(flag), _("Answer"), (message.body,))


def _statements(letter: Letter) -> Words | None:
    made = StatementOfReasons.objects.filter(pk__in=letter.params["statements"]).select_related("flag").order_by("pk")
    statements = list(made)
    count = len(statements)
    if count == 1:
        title = _("Why %(subject)s is restricted") % {"subject": statements[0].label}
    else:
        title = ngettext("Why %(count)d listing is restricted", "Why %(count)d listings are restricted", count)
        title %= {"count": count}
    flag = statements[0].flag if count == 1 else None
    address = _page(flag) if flag is not None else reverse("admin:compliance_flag_changelist")
    quotes = tuple(statement_text(each) for each in statements[:MOST_NAMED])
    more = (_("You find the others on the page below."),) if count > MOST_NAMED else ()
    redress = _(
        "Mend what is named, and the check is made again by itself. If you think that the decision is wrong, appeal on"
        " the page below: an officer who did not take it will decide, free of charge. You may also turn to a certified"
        " body for out-of-court settlement or to a court."
    )
    return Words(
        title, (_("This is the statement of reasons."),), address, _("See what to do"), quotes, (*more, redress)
    )


def _appeal_decided(letter: Letter) -> Words | None:
    appeal = Appeal.objects.select_related("flag").get(pk=letter.params["appeal"])
    title = _("Your appeal on %(subject)s") % {"subject": appeal.flag.subject_label}
    if appeal.state == Appeal.State.REVERSED:
        text = _("You were right: the decision is reversed, and the restriction ends.")
    else:
        text = _("The decision stands. You may turn to a certified body for out-of-court settlement or to a court.")
    return Words(title, (text,), _page(appeal.flag), _("Open the flag"), (appeal.answer,))


def _flag_decided(letter: Letter) -> Words | None:
    """What an officer made of a flag that its seller knew of; see `services.outcomes`."""
    flag, told = _flag(letter), letter.params
    what = {"subject": flag.subject_label}
    if told["outcome"] == Flag.Status.RELEASED:
        title = _("Released: %(subject)s") % what
        text = _("A person has looked at this and lets it go. Whatever it restricted is free of it.")
    elif told["outcome"] == Flag.Status.WAIVED:
        title = _("Let pass for a time: %(subject)s") % what
        day = date_format(date.fromisoformat(told["until"]), "DATE_FORMAT")
        text = _("A person has looked at this: it is right, and is let pass until %(day)s. Mend it by then.") % {
            "day": day
        }
    else:
        title = _("Confirmed: %(subject)s") % what
        text = _(
            "A person has looked at this: it is right, and holds until it is mended. On the page below you can appeal."
        )
    return Words(title, (text, _finding(flag)), _page(flag), _("See what to do"), (told["reason"],))


def _waiver_ended(letter: Letter) -> Words | None:
    flag = _flag(letter)
    if not flag.is_live:
        return None
    title = _("A waiver has ended: %(subject)s") % {"subject": flag.subject_label}
    return Words(
        title, (_("We look at it again, and it may be restricted."), _finding(flag)), _page(flag), _("See what to do")
    )


# To those who reported a listing -----------------------------------------------------------------------------


def _notice_received(letter: Letter) -> Words | None:
    notice = Notice.objects.get(pk=letter.params["notice"])
    title = _("We have received your notice %(number)s") % {"number": notice.number}
    due = date_format(notice.due_at, "DATE_FORMAT")
    texts = (
        _("You reported %(subject)s. Thank you.") % {"subject": notice.subject_label},
        _("A person looks at it and decides by %(day)s. We then write to you again.") % {"day": due},
    )
    return Words(title, texts, notice_page(notice), _("See how it stands"))


def _notice_decided(letter: Letter) -> Words | None:
    notice = Notice.objects.get(pk=letter.params["notice"])
    title = _("Our decision on your notice %(number)s") % {"number": notice.number}
    redress = _(
        "It was decided by a person. If you disagree, answer this mail within six months: another officer will look at"
        " it again, free of charge. You may also turn to a certified body for out-of-court settlement or to a court."
    )
    return Words(
        title,
        (notice.get_state_display() + ".",),
        notice_page(notice),
        _("See the notice"),
        (notice.answer,),
        (redress,),
    )


def notice_page(notice: Notice) -> str:
    """The address of the page that says how a notice stands, without the host; it is known to its reporter alone."""
    return reverse("notice_status", args=[notice.token])


# Parts ------------------------------------------------------------------------------------------------------


def _flag(letter: Letter) -> Flag:
    return Flag.objects.get(pk=letter.params["flag"])


def _finding(flag: Flag) -> str:
    return finding_sentence(flag.rule, flag.params)


def _page(flag: Flag) -> str:
    return reverse("admin:compliance_flag_change", args=[flag.pk])


_KINDS: dict[str, Callable[[Letter], Words | None]] = {
    "flag_escalated": _flag_escalated,
    "flag_proposed": _flag_proposed,
    "flag_answered": _flag_answered,
    "flags_overdue": _flags_overdue,
    "appeal_lodged": _appeal_lodged,
    "order_received": _order_received,
    "flag_asked": _flag_asked,
    "statements": _statements,
    "appeal_decided": _appeal_decided,
    "flag_decided": _flag_decided,
    "waiver_ended": _waiver_ended,
    "notice_received": _notice_received,
    "notice_decided": _notice_decided,
    **TRADER_LETTERS,
    **REGISTRATION_LETTERS,
    **ONBOARDING_LETTERS,
    **STOCK_LETTERS,
    **REVIEW_LETTERS,
}
