"""What the workers do for the compliance desk. Every task may come twice, late or never: the rows decide."""

from __future__ import annotations

from celery import shared_task

from compliance.services import (
    buyer_numbers,
    documents,
    letters,
    overdue,
    papers,
    registrations,
    reminders,
    report_messages,
    sanctions,
    statements,
    vat_checks,
    waivers,
)
from marketplace.kernel import clock
from marketplace.kernel.background import hand_out


@shared_task
def send_letters() -> None:
    """Sends the letters that are due."""
    letters.send_letters(clock.now())


@shared_task
def state_restrictions() -> None:
    """Tells sellers why screening holds their listings."""
    statements.state_new_restrictions()


@shared_task
def end_waivers() -> None:
    """Opens the flags again whose waiver has run out."""
    waivers.end_waivers(clock.today())


@shared_task
def note_overdue() -> None:
    """Notes what nobody decided in time, and writes to the officers once a day."""
    overdue.note_overdue(clock.now())


@shared_task
def screen_sellers() -> None:
    """Looks everybody who sells up in the lists of sanctions again, with their papers of today."""
    sanctions.screen_sellers()


@shared_task
def delete_old_papers() -> None:
    """Deletes what was kept of sellers for as long as the law asks, and files that belong to nothing."""
    report_messages.erase_expired(clock.today())
    papers.erase_expired(clock.today())
    documents.delete_expired(clock.today())
    documents.delete_strays()
    buyer_numbers.forget_unused()


@shared_task
def check_vat_numbers() -> None:
    """Puts the VAT numbers that are due to VIES: those of buyers, who wait before the screen, first."""
    buyer_numbers.check_due()
    vat_checks.check_due()


def check_vat_numbers_soon() -> None:
    """Hands the numbers that are due to a worker; when the broker is away their turn comes seconds later."""
    hand_out(check_vat_numbers)


@shared_task
def remind_of_registrations() -> None:
    """Lets numbers begin whose day has come, and reminds sellers of those that end; listings are looked at again."""
    registrations.begin_registrations(clock.today())
    reminders.remind(clock.today())
