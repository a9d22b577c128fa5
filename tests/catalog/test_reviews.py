"""Reviews once they are written: answered, hidden for a reason, reported, read page by page, and written at once."""

from __future__ import annotations

import csv
import io
import re
import threading
from typing import Any

import pytest
from django.core import mail as mail_sent
from django.test import Client

from accounts import roles
from accounts import services as accounts
from accounts.models import User
from catalog.models import Product, Review
from catalog.selectors import navigation
from catalog.selectors.reviews import PAGE_SIZE
from catalog.services import following, reviews
from catalog.services.reviews import Purchase, Told
from compliance import services as compliance
from compliance.models import Letter, Notice, StatementOfReasons
from compliance.selectors.transparency import figures
from compliance.services import letters
from marketplace.devtools.bench.counting import counted
from marketplace.kernel import clock
from marketplace.kernel.errors import Refused
from marketplace.roles import ROLE_RIGHTS
from tests.support.cast import Cast, fill_shelves, person
from tests.support.threads import at_once

pytestmark = pytest.mark.django_db


def bought(number: str, author: User | None = None, **changes: Any) -> Purchase:
    values = {"country": "DE", "bought": "Blue", "author": author, "email": f"{number.lower()}@example.test"}
    return Purchase(number, **(values | changes))


def told(stars: int = 4, text: str = "It holds tea.", language: str = "en", **changes: str) -> Told:
    return Told(**({"stars": stars, "title": "", "text": text, "signed": "Ana", "language": language} | changes))  # type: ignore[arg-type]


def review(product: Product, number: str = "SP-1", stars: int = 4, **changes: Any) -> Review:
    author = changes.pop("author", None)
    return reviews.keep_review(product=product, purchase=bought(number, author), told=told(stars, **changes))


def counts(product: Product) -> list[int]:
    return Product.objects.get(pk=product.pk).ratings


@pytest.fixture
def mug(shop: Cast) -> Product:
    accounts.sync_roles(ROLE_RIGHTS)
    navigation.forget()
    return shop.mug.product


def staff(role: str) -> User:
    user = person(f"{role.lower().replace(' ', '-')}@staff.example", role, is_staff=True)
    accounts.give_role(user=user, role=role)
    return User.objects.get(pk=user.pk)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def member(shop: Cast, slug: str = "paper-kite") -> User:
    return User.objects.get(email=f"{slug}@sellers.example")


def page_of(product: Product, query: str = "", language: str = "en") -> str:
    return Client().get(f"/{language}/product/{product.slug}/reviews/{query}").content.decode()


# Reading --------------------------------------------------------------------------------------------------------


def test_a_listing_with_reviews_is_not_deleted_by_its_seller_but_taken_off_sale(shop: Cast, mug: Product) -> None:
    review(mug)
    client = signed_in(member(shop))

    shown = client.get(f"/admin/catalog/product/{mug.pk}/delete/").content.decode()
    client.post(f"/admin/catalog/product/{mug.pk}/delete/", {"post": "yes"})
    client.post("/admin/catalog/product/", {"action": "delete_selected", "_selected_action": [mug.pk], "post": "yes"})

    assert "What belongs to it is kept (review), so it can only be taken off sale." in shown
    assert Review.objects.filter(product=mug).exists()


def test_a_product_without_reviews_says_nothing_of_stars(mug: Product) -> None:
    page = Client().get(f"/en/product/{mug.slug}/").content.decode()

    assert 'data-testid="rating"' not in page and "aggregateRating" not in page and "reviews.css" not in page
    assert "Nobody has reviewed this product yet." in page_of(mug)
    assert Client().get("/en/product/nothing/reviews/").status_code == 404


def test_the_product_page_shows_the_readers_language_first_and_five_of_all(mug: Product) -> None:
    for number in range(6):
        review(mug, f"SP-{number}", text=f"English {number}.")
    review(mug, "SP-9", 2, text="كوب جميل", language="ar")

    page = Client().get(f"/ar/product/{mug.slug}/").content.decode()
    texts = re.findall(r'class="review-text"><p>([^<]+)</p>', page)
    assert texts == ["كوب جميل", "English 5.", "English 4.", "English 3.", "English 2."]
    assert 'lang="ar" dir="auto" class="review-text"' in page and 'lang="en" dir="auto" class="review-text"' in page
    assert counts(mug) == [0, 1, 0, 6, 0]


def test_reviews_cost_a_page_one_query_and_none_where_there_are_none(mug: Product) -> None:
    client = Client()
    client.get(f"/en/product/{mug.slug}/")
    with counted() as without:
        client.get(f"/en/product/{mug.slug}/")
    for number in range(8):
        review(mug, f"SP-{number}")
    client.get(f"/en/product/{mug.slug}/")
    with counted() as with_some:
        client.get(f"/en/product/{mug.slug}/")
    assert with_some.queries == without.queries + 1


def test_all_reviews_are_read_page_by_page_each_once(mug: Product) -> None:
    for number in range(PAGE_SIZE + 3):
        review(mug, f"SP-{number}", 1 + number % 5, text=f"Number {number}.")
    Review.objects.update(written_at=clock.now())  # all at the same moment

    seen: list[str] = []
    query = ""
    for _page in range(3):
        page = page_of(mug, query)
        seen += re.findall(r"Number (\d+)\.", page)
        more = re.search(r'class="button is-quiet" href="[^"]*/reviews/(\?before=\d+)"', page)
        if not more:
            break
        query = more[1]
    assert sorted(map(int, seen)) == list(range(PAGE_SIZE + 3))


@pytest.mark.parametrize(
    "query",
    ["?stars=9", "?stars=x", "?before=zzz", "?before=99999999999999999999", "?language=xx", "?before=²"],
)
def test_a_damaged_address_shows_everything(mug: Product, query: str) -> None:
    review(mug)
    assert "It holds tea." in page_of(mug, query)


def test_reviews_of_what_is_held_are_not_read_there(mug: Product) -> None:
    review(mug)
    Product.objects.filter(pk=mug.pk).update(held_in=["FR"])
    client = Client()
    client.cookies["region"] = "FR.EUR"
    assert client.get(f"/en/product/{mug.slug}/reviews/").status_code == 404


def test_shares_lead_to_the_reviews_with_so_many_stars(mug: Product) -> None:
    review(mug, "SP-1", 5, text="Five.")
    review(mug, "SP-2", 1, text="One.")

    page = page_of(mug, "?stars=1")
    assert "One." in page and "Five." not in page
    assert re.findall(r'<meter min="0" max="100" value="(\d+)"', page) == ["50", "0", "0", "0", "50"]
    assert 'href="/en/product/kite-mug/reviews/?stars=1" rel="nofollow" aria-current="true"' in page


# Looked at first ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ({"text": "See https://example.test"}, "waiting"),
        ({"text": "www.shop.test is cheaper"}, "waiting"),
        ({"title": "Write to a.b@c.de"}, "waiting"),
        ({"text": "Call me: +49 221 123456"}, "waiting"),
        ({"text": "0049-221-1234567"}, "waiting"),
        ({"signed": "www.cheap.example"}, "waiting"),
        ({"text": "Größe 38, 100 % Baumwolle"}, "published"),
        ({"text": "3 pieces for 12.50 instead of 15.00"}, "published"),
        ({"text": "It came after 14 to 16 days."}, "published"),
    ],
)
def test_what_says_how_to_reach_somebody_waits_and_plain_numbers_do_not(
    mug: Product, said: dict[str, str], state: str
) -> None:
    assert review(mug, **said).state == state


# Who sells ------------------------------------------------------------------------------------------------------


def test_a_seller_answers_reviews_of_own_products_alone(shop: Cast, mug: Product) -> None:
    mine, theirs = review(mug), review(shop.notebook.product, "SP-2")
    client = signed_in(member(shop))
    address = f"/admin/catalog/review/{mine.pk}/change/"

    form = client.get(address).content.decode()
    assert 'name="answer"' in form and 'name="decision"' not in form
    assert "It holds tea." in form and "Published" in form and "(&#x27;published" not in form
    assert mine.email not in form and mine.purchase not in form
    assert client.post(address, {"answer": "Thank you!", "decision": "hide", "why": "insult"}).status_code == 302
    mine.refresh_from_db()
    assert (mine.answer, mine.state) == ("Thank you!", "published")
    assert "Thank you!" in page_of(mug)
    assert client.get(f"/admin/catalog/review/{theirs.pk}/change/").status_code == 302
    assert "SP-2" not in client.get("/admin/catalog/review/").content.decode()
    with pytest.raises(Refused, match="member"):
        reviews.answer_review(review=theirs, actor=member(shop), text="I am not theirs.")

    client.post(address, {"answer": ""})
    assert "Thank you!" not in page_of(mug)


def test_what_is_hidden_is_not_answered(shop: Cast, mug: Product) -> None:
    mine = review(mug)
    reviews.hide_review(review=mine, actor=staff(roles.SUPPORT), reason="insult")

    client, address = signed_in(member(shop)), f"/admin/catalog/review/{mine.pk}/change/"
    assert 'name="answer"' not in client.get(address).content.decode()
    client.post(address, {"answer": "But why?"})
    mine.refresh_from_db()
    assert mine.answer == ""
    with pytest.raises(Refused) as refusal:
        reviews.answer_review(review=mine, actor=member(shop), text="But why?")
    assert refusal.value.code == "not_published"


# The staff ------------------------------------------------------------------------------------------------------


def test_the_staff_hide_a_review_for_a_reason_that_its_author_reads(mug: Product) -> None:
    hidden = review(mug, text="Er ist ein Dieb.", language="de")
    review(mug, "SP-2", 5)
    client = signed_in(staff(roles.SUPPORT))
    address = f"/admin/catalog/review/{hidden.pk}/change/"

    refused = client.post(address, {"decision": "hide"})
    assert refused.status_code == 200 and "Choose a reason" in refused.content.decode()
    assert "Please look at the fields marked below." in refused.content.decode()  # not a count of them, which was none
    assert client.post(address, {"decision": "hide", "why": "insult", "words": "Please stay fair."}).status_code == 302

    hidden.refresh_from_db()
    assert (hidden.state, hidden.reason, hidden.note) == ("hidden", "insult", "Please stay fair.")
    assert "Er ist ein Dieb." not in page_of(mug) and counts(mug) == [0, 0, 0, 0, 1]
    letter = Letter.objects.get(kind="review_hidden")
    assert (letter.to, letter.language) == ("sp-1@example.test", "de")
    assert "beleidigt" in letter.params["reason"]
    assert letters.send_letters(clock.now()) >= 1
    stated = StatementOfReasons.objects.get()
    assert (stated.flag, stated.restriction, stated.is_automated, stated.is_decided_by_person, stated.language) == (
        None, "removed", False, True, "de",
    )  # fmt: skip
    assert "beleidigt" in stated.facts and "Please stay fair." in stated.facts
    assert (stated.object_id, stated.content_type.model if stated.content_type else "") == (str(hidden.pk), "review")
    assert "sp-1@example.test" not in str(vars(stated)) and "Ana" not in str(vars(stated))
    (sent,) = [mail for mail in mail_sent.outbox if "sp-1@example.test" in mail.to]
    assert stated.facts in sent.body

    client.post(address, {"decision": "show"})
    assert "Er ist ein Dieb." in page_of(mug) and counts(mug) == [0, 0, 0, 1, 1]
    assert Letter.objects.filter(kind="review_published").count() == 1


def test_a_hidden_review_is_counted_and_stands_in_the_export_for_an_authority(mug: Product) -> None:
    officer = staff(roles.COMPLIANCE)
    reviews.hide_review(review=review(mug), actor=officer, reason="advert")
    since = until = StatementOfReasons.objects.get().at.date()

    found = figures(since, until)
    _row, table = compliance.export_for_authority(
        subject="statements", since=since, until=until, authority="BNetzA", reference="7", actor=officer
    )

    assert (found.removed, found.decided_by_person, found.found_by_check) == (1, 1, 0)
    (row,) = csv.DictReader(io.StringIO(table))
    assert (row["listing"], row["seller"], row["kind"]) == ("Review of Kite mug", "", "review")


def test_what_was_hidden_waits_when_its_author_changes_it(mug: Product) -> None:
    reviews.hide_review(review=review(mug), actor=staff(roles.COMPLIANCE), reason="advert")

    changed = review(mug, text="It holds tea and no more.")
    assert changed.state == "waiting" and counts(mug) == []
    reviews.publish_review(review=changed, actor=User.objects.get(email__startswith="compliance"))
    assert counts(mug) == [0, 0, 0, 1, 0]


@pytest.mark.parametrize("who", [roles.FINANCE, roles.TRANSLATOR, roles.OPERATIONS, "a seller with a role"])
def test_others_decide_nothing(shop: Cast, mug: Product, who: str) -> None:
    written = review(mug)
    if who == "a seller with a role":
        accounts.give_role(user=member(shop), role=roles.SUPPORT)
        user = member(shop)
    else:
        user = staff(who)

    signed_in(user).post(f"/admin/catalog/review/{written.pk}/change/", {"decision": "hide", "why": "insult"})
    written.refresh_from_db()
    assert written.state == "published"
    with pytest.raises(Refused):
        reviews.hide_review(review=written, actor=user, reason="insult")


def test_nobody_writes_or_deletes_a_review_in_the_admin(mug: Product) -> None:
    written = review(mug)
    root = User.objects.create_superuser("root@staff.example", "x")
    client = signed_in(root)

    assert client.get("/admin/catalog/review/add/").status_code == 403
    assert client.post(f"/admin/catalog/review/{written.pk}/delete/", {"post": "yes"}).status_code == 403
    client.post(f"/admin/catalog/review/{written.pk}/change/", {"text": "I say so.", "stars": "5"})
    written.refresh_from_db()
    assert (written.text, written.stars) == ("It holds tea.", 4)


def test_what_an_answered_review_waits_for_can_be_decided(shop: Cast, mug: Product) -> None:
    """The seller's answer is no field of the staff's form, so it can't stand in its way."""
    written = review(mug)
    reviews.answer_review(review=written, actor=member(shop), text="Thank you!")
    assert review(mug, text="Write to me: a@b.example").state == "waiting"

    answer = signed_in(staff(roles.SUPPORT)).post(f"/admin/catalog/review/{written.pk}/change/", {"decision": "show"})
    assert answer.status_code == 302
    written.refresh_from_db()
    assert (written.state, written.answer) == ("published", "Thank you!")


@pytest.mark.parametrize(
    "query", ["email__startswith=sp", "purchase=SP-1", "decided_by__isnull=True", "author__email=x"]
)
def test_a_seller_finds_nobody_out_by_the_list(shop: Cast, mug: Product, query: str) -> None:
    review(mug)
    client = signed_in(member(shop))

    assert client.get(f"/admin/catalog/review/?{query}").status_code in (302, 400)
    page = client.get("/admin/catalog/review/?q=SP-1").content.decode()
    assert "It holds tea." not in page and "It holds tea." in client.get("/admin/catalog/review/").content.decode()


def test_what_was_taken_back_is_nobodys_to_show(mug: Product) -> None:
    written = review(mug)
    reviews.withdraw_review(product=mug, purchase=bought("SP-1"))

    with pytest.raises(Refused, match="taken this review back"):
        reviews.publish_review(review=written, actor=staff(roles.SUPPORT))
    assert counts(mug) == []


# Reported -------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("valkey_flush")
def test_a_reported_review_goes_when_the_officer_acts_and_comes_back_when_it_is_let_go(
    shop: Cast, mug: Product
) -> None:
    written = review(mug, text="He sells stolen cups.")
    address = f"/en/report/{mug.slug}/review/{written.pk}/"
    client = Client()
    assert "He sells stolen cups." in client.get(address).content.decode()
    told_of_it = {"ground": "other", "explanation": "A lie.", "is_in_good_faith": "on", "email": "me@example.test"}
    assert client.post(address, told_of_it).status_code == 302

    notice = Notice.objects.get()
    assert (notice.subject, notice.seller) == (written, None)
    actor = staff(roles.COMPLIANCE)
    compliance.act_on_notice(
        notice=notice, actor=actor, words="", countries=["DE"], facts="It is a lie.", law="§ 186 StGB"
    )
    following.follow_changes()

    written.refresh_from_db()
    assert (written.state, written.reason, counts(mug)) == ("hidden", "unlawful", [])
    assert written.note == "It is a lie. (§ 186 StGB)"
    assert Letter.objects.get(kind="review_hidden", to=written.email).params["note"] == written.note
    stated = StatementOfReasons.objects.get()
    assert (stated.notice, stated.ground, stated.is_decided_by_person) == (notice, "§ 186 StGB", True)
    assert "anywhere" in Notice.objects.get().answer  # a review is hidden everywhere, whatever country was named
    desk = signed_in(actor).post(f"/admin/catalog/review/{written.pk}/change/", {"decision": "show"}, follow=True)
    said = desk.content.decode()
    assert "A notice was upheld on this review." in said and "was changed successfully" not in said
    with pytest.raises(Refused, match="notice was upheld"):
        reviews.publish_review(review=written, actor=actor)
    assert client.get(address).status_code == 404
    flag = Notice.objects.get().flag
    assert flag is not None
    compliance.release_flag(flag=flag, actor=actor, reason="It was true.")
    following.follow_changes()
    written.refresh_from_db()
    assert (written.state, counts(mug)) == ("published", [0, 0, 0, 1, 0])


def test_a_review_of_another_product_is_not_reported_here(shop: Cast, mug: Product) -> None:
    other = review(shop.notebook.product)
    assert Client().get(f"/en/report/{mug.slug}/review/{other.pk}/").status_code == 404


# At once --------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.race
def test_reviews_written_at_the_same_moment_are_all_counted_and_one_buyer_has_one(shop: Cast) -> None:
    fill_shelves()
    mug = shop.mug.product
    written = at_once(*[lambda n=n: review(mug, f"SP-{n % 4}", 1 + n % 5).pk for n in range(8)])

    assert len(set(written)) == 4
    stars = sorted(Review.objects.values_list("stars", flat=True))
    assert len(stars) == 4
    assert counts(mug) == [stars.count(n) for n in range(1, 6)]


@pytest.mark.django_db(transaction=True)
@pytest.mark.race
def test_without_the_lock_a_review_is_lost_from_the_count(shop: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """The harm that the lock prevents: both have counted before the first one is committed."""
    both_have_counted = threading.Barrier(2)
    recount = reviews._recount

    def slow(product: Product) -> None:
        both_have_counted.wait(timeout=20)
        recount(product)

    monkeypatch.setattr(reviews, "_locked", lambda product: Product.objects.select_related("seller").get(pk=product.pk))
    monkeypatch.setattr(reviews, "_recount", slow)
    at_once(lambda: review(shop.mug.product, "SP-1"), lambda: review(shop.mug.product, "SP-2"))

    assert sum(counts(shop.mug.product)) == 1
