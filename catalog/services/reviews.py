"""Reviews: written and changed by those who bought, answered by who sells, hidden for a reason by the staff."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction
from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from accounts.models import User
from accounts.selectors import may_act_for
from catalog.models import Product, Review
from catalog.ratings import STARS, rank_of
from catalog.selectors.reviews import written_by
from catalog.services.listings import refresh_shelves
from compliance import selectors as compliance
from compliance.models import Flag, StatementOfReasons
from compliance.services import letters, statements
from marketplace.kernel.clock import now
from marketplace.kernel.errors import Refused

LONGEST_TEXT: Final = 4000
LONGEST_ANSWER: Final = 2000
State = Review.State
# What is left of a review that was taken back, and of one whose author's account was erased: the stars.
EMPTY: Final = {"title": "", "text": "", "signed": "", "answer": "", "answered_at": None, "email": ""}
# Addresses and numbers by which somebody can be reached or goods are advertised: a person looks at these first.
_REACHES_OUT: Final = re.compile(r"https?:|www\.|[\w.+-]+@[\w-]+\.\w|(?:\+|\b00)?\d(?:[ ()/.-]*\d){8,}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Purchase:
    """Who bought: the number of the order, its country, the member (None for a guest), and where they can be told."""

    number: str
    country: str
    bought: str
    author: User | None
    email: str


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody says: 1 to 5 stars, and words in a language of the shop."""

    stars: int
    title: str
    text: str
    signed: str
    language: str


# Those who bought -------------------------------------------------------------------------------------------


def keep_review(*, product: Product, purchase: Purchase, told: Told) -> Review:
    """The one review of the product by this buyer says what was told from now on; the same again changes nothing.

    What has an address or a telephone number in it, and what was hidden or taken back before, waits until somebody has
    looked. The caller knows that the goods were delivered. Raises `Refused`: "stars_missing", "review_too_long",
    "own_goods".
    """
    if told.stars not in range(1, STARS + 1):
        raise Refused("stars_missing", _("Please choose one to five stars."), field="stars")
    if len(told.text) > LONGEST_TEXT:
        message = _("Please say it in at most %(count)s characters.") % {"count": LONGEST_TEXT}
        raise Refused("review_too_long", message, field="text")
    with transaction.atomic():
        product = _locked(product)
        _refuse_seller(product, purchase)
        review = written_by(product.pk, purchase.number, purchase.author).first()
        is_new = review is None
        review = review or Review(product=product, purchase=purchase.number, author=purchase.author)
        values: dict[str, Any] = {name: getattr(told, name) for name in Told.__slots__}
        is_same = all(getattr(review, name, None) == value for name, value in values.items())
        if is_same and review.state != State.WITHDRAWN and not is_new:
            return review
        for name, value in values.items():
            setattr(review, name, value)
        has_to_be_seen = review.state != State.PUBLISHED or _REACHES_OUT.search(
            f"{told.title}\n{told.text}\n{told.signed}"
        )
        review.state = State.WAITING if has_to_be_seen else State.PUBLISHED
        review.country, review.bought, review.email = purchase.country, purchase.bought[:300], purchase.email
        review.changed_at = None if is_new else now()
        review.save()
        _recount(product)
        if review.state == State.PUBLISHED and is_new:
            _tell_seller(review)
        return review


def withdraw_review(*, product: Product, purchase: Purchase) -> None:
    """Nobody reads the review of this buyer any more, if there was one, and its words are gone.

    The row stays with what was decided on it, so that it is no way around a decision to write it again.
    """
    with transaction.atomic():
        product = _locked(product)
        written_by(product.pk, purchase.number, purchase.author).update(state=State.WITHDRAWN, **EMPTY)
        _recount(product)


def _refuse_seller(product: Product, purchase: Purchase) -> None:
    members = compliance.members_of(product.seller)
    theirs = {address.casefold() for address in (product.seller.email, *(one.email for one in members)) if address}
    if purchase.author in members or purchase.email.casefold() in theirs:
        raise Refused("own_goods", _("Sellers don't review their own goods."))


# Who sells --------------------------------------------------------------------------------------------------


def answer_review(*, review: Review, actor: User, text: str) -> Review:
    """Below the review stands what its seller says to it; an empty text takes that away.

    Raises `Refused`: "not_allowed", "not_published", "answer_too_long".
    """
    text = text.strip()
    if len(text) > LONGEST_ANSWER:
        message = _("Please say it in at most %(count)s characters.") % {"count": LONGEST_ANSWER}
        raise Refused("answer_too_long", message, field="answer")
    with transaction.atomic():
        review = _review(review)
        if not may_act_for(actor, review.product.seller):
            raise Refused("not_allowed", _("Only a member of the seller may do this."))
        if review.state != State.PUBLISHED:
            raise Refused("not_published", _("This review is not shown at the moment."))
        if text != review.answer:
            review.answer, review.answered_at = text, now() if text else None
            review.save(update_fields=["answer", "answered_at"])
        return review


# The staff --------------------------------------------------------------------------------------------------


def publish_review(*, review: Review, actor: User) -> Review:
    """The review is shown and counts. Raises `Refused`: "not_allowed", "withdrawn", "notice_stands"."""
    return _decide(review, actor, State.PUBLISHED, "", "")


def hide_review(*, review: Review, actor: User, reason: str, note: str = "") -> Review:
    """Nobody reads the review any more, it counts no longer, and its author is told why.

    `reason` is one of `Review.Reason`, `note` more words to the author. Raises `Refused`: "not_allowed",
    "reason_missing".
    """
    if reason not in Review.Reason.values:
        raise Refused("reason_missing", _("Choose a reason: the author reads it."), field="reason")
    return _decide(review, actor, State.HIDDEN, reason, note.strip()[:500])


def _decide(review: Review, actor: User, *decision: str) -> Review:
    if not actor.has_perm("catalog.decide_reviews") or actor.seller_ids:
        raise Refused("not_allowed", _("Only the staff of the house may do this."))
    with transaction.atomic():
        review = _review(review)
        if review.state == State.WITHDRAWN:
            raise Refused("withdrawn", _("Its author has taken this review back."))
        if State.PUBLISHED in decision and compliance.is_blocked(review):
            message = _("A notice was upheld on this review. It has to be let go at the desk first.")
            raise Refused("notice_stands", message)
        if (review.state, review.reason, review.note) != decision:
            _settle(review, actor, *decision)
        return review


def _settle(
    review: Review, actor: User | None, state: str, reason: str, note: str, *, flag: Flag | None = None
) -> None:
    """Writes the decision; the author is told, and the seller of what is shown. The product is locked.

    `actor` is None where a notice was decided, `flag` is what it led to. That a review is hidden is stated with reasons.
    """
    review.state, review.reason, review.note, review.by_notice = state, reason, note, actor is None and reason != ""
    review.decided_by, review.decided_at = actor, now()
    review.save(update_fields=["state", "reason", "note", "by_notice", "decided_by", "decided_at"])
    _recount(review.product)
    _tell_author(review, _stated(review, flag) if state == State.HIDDEN else None)
    if state == State.PUBLISHED:
        _tell_seller(review)


def follow_flags(keys: Collection[int]) -> None:
    """Reviews that an upheld notice holds are hidden as unlawful, and shown again when it was let go.

    The author reads what was found and the law. Call inside the transaction that takes the decisions up.
    """
    if not keys:
        return
    flags = compliance.holding_flags(model=Review).filter(object_id__in=[str(key) for key in keys]).order_by("pk")
    found = {int(flag.object_id): flag for flag in flags}
    for review in Review.objects.filter(pk__in=keys).order_by("product_id", "pk"):
        held = _review(review)
        flag = found.get(held.pk)
        if flag is not None and held.state not in (State.HIDDEN, State.WITHDRAWN):
            note = f"{flag.params.get('facts', '')} ({flag.legal_reference})".strip()
            _settle(held, None, State.HIDDEN, Review.Reason.UNLAWFUL, note[:500], flag=flag)
        elif flag is None and held.by_notice and held.state == State.HIDDEN:
            _settle(held, None, State.PUBLISHED, "", "")


# What follows -----------------------------------------------------------------------------------------------


def _locked(product: Product) -> Product:
    """The product, locked, so that the reviews of one product are written one after the other."""
    return Product.objects.select_for_update(of=("self",), no_key=True).select_related("seller").get(pk=product.pk)


def _review(review: Review) -> Review:
    product = _locked(Product(pk=review.product_id))
    held = Review.objects.get(pk=review.pk)
    held.product = product
    return held


def _recount(product: Product) -> None:
    shown = Review.objects.filter(product=product, state=State.PUBLISHED)
    counted = dict(shown.order_by().values_list("stars").annotate(Count("pk")))
    counts = [counted.get(stars, 0) for stars in range(1, STARS + 1)] if counted else []
    Product.objects.filter(pk=product.pk).update(ratings=counts, rating_rank=rank_of(counts))
    refresh_shelves(product_ids=[product.pk])


def _tell_seller(review: Review) -> None:
    """A letter to each member, once for a review."""
    page = reverse("admin:catalog_review_change", args=[review.pk])
    for member in compliance.members_of(review.product.seller):
        letters.post(
            key=f"review.{review.pk}.{member.pk}", kind="review_written", to=member.email, language=member.language,
            params={"product": _name(review.product), "stars": review.stars, "page": page},
        )  # fmt: skip


def _stated(review: Review, flag: Flag | None) -> StatementOfReasons:
    """The statement of reasons, in the author's language; it names the product and the review, and not who wrote it."""
    with override(review.language):
        label = str(_("Review of %(product)s")) % {"product": _name(review.product)}
        facts = " ".join(filter(None, (str(review.get_reason_display()), review.note)))
    return statements.state_apart(
        subject=review, label=label, facts=facts, ground=flag.legal_reference if flag else "", language=review.language,
        notice=flag.notices.first() if flag else None,
    )  # fmt: skip


def _tell_author(review: Review, stated: StatementOfReasons | None) -> None:
    with override(review.language):
        reason = str(review.get_reason_display()) if review.reason else ""
    letters.post(
        key=f"review.{review.pk}.{now():%Y%m%d%H%M%S%f}", kind=f"review_{review.state}", to=review.email,
        language=review.language,
        params={"product": _name(review.product), "reason": reason, "note": review.note, "statement": stated and stated.pk,
                "page": reverse("product", args=[review.product.slug])},
    )  # fmt: skip


def _name(product: Product) -> str:
    return product.name_en or product.name or product.handle
