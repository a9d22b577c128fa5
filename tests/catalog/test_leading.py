"""Which listing gives way to which: worked examples of the rule, and that something is always shown."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from catalog.leading import GivesWay, Listing, best, ways
from catalog.ranking import Candidate

A, B, C = 1, 2, 3  # listings and their sellers
SHORT, LONG = "09526140004445", "09526140004810"


def offer(key: int, landed: str | None, *, available: bool = True) -> Candidate:
    """An offer of a seller with a full score that arrives today, so that its weight is its price at the door."""
    amount = None if landed is None else Decimal(landed)
    return Candidate(key, amount or Decimal("1.00"), amount, 0, 100, available)


def listed(**articles: str) -> list[Listing]:
    return [
        Listing({"A": A, "B": B, "C": C}[name], ord(name), frozenset(text.split())) for name, text in articles.items()
    ]


def test_the_listing_with_the_better_offer_of_all_articles_together_leads() -> None:
    listings = listed(A=f"{SHORT} {LONG}", B=f"{SHORT} {LONG}", C=SHORT)
    offers = {
        A: {SHORT: offer(1, "12.00"), LONG: offer(2, "15.00")},
        B: {SHORT: offer(3, "11.00"), LONG: offer(4, "15.50")},
        C: {SHORT: offer(5, "10.00")},
    }

    assert list(ways(listings, offers)) == [GivesWay(A, B, True)]


def test_one_with_fewer_articles_gives_way_to_one_that_has_more() -> None:
    listings = listed(A=f"{SHORT} {LONG}", C=SHORT)
    offers = {A: {SHORT: offer(1, "9.00"), LONG: offer(2, "15.00")}, C: {SHORT: offer(5, "10.00")}}

    assert list(ways(listings, offers)) == [GivesWay(C, A, True)]


def test_what_is_sold_out_stands_for_nothing_that_can_be_bought() -> None:
    listings = listed(A=f"{SHORT} {LONG}", B=f"{SHORT} {LONG}")
    offers = {
        A: {SHORT: offer(1, "12.00"), LONG: offer(2, "15.00", available=False)},
        B: {SHORT: offer(3, "11.00", available=False), LONG: offer(4, "15.50")},
    }

    assert list(ways(listings, offers)) == []
    offers[A][LONG] = offer(2, "15.00")
    assert list(ways(listings, offers)) == [GivesWay(B, A, True)]


def test_what_is_not_sent_here_gives_way_and_one_without_a_number_never_does() -> None:
    offers = {A: {SHORT: offer(1, "12.00")}, B: {}}

    assert list(ways(listed(A=SHORT, B=SHORT), offers)) == [GivesWay(B, A, False)]
    assert list(ways(listed(A=SHORT, B=""), offers)) == []
    assert list(ways(listed(A=SHORT, B=SHORT), {A: {}, B: {}})) == []


def test_what_has_no_full_price_comes_after_what_has_one() -> None:
    offers = {A: {SHORT: offer(1, "99.00")}, B: {SHORT: offer(2, None)}}

    assert list(ways(listed(A=SHORT, B=SHORT), offers)) == [GivesWay(B, A, True)]


def test_of_two_variants_with_one_number_the_better_one_counts() -> None:
    found = best({A: [(SHORT, offer(1, "12.00")), (SHORT, offer(2, "11.00")), (LONG, offer(3, "15.00"))]})

    assert {article: each.key for article, each in found[A].items()} == {SHORT: 2, LONG: 3}


_offers = st.dictionaries(
    st.sampled_from("abc"), st.tuples(st.integers(1, 4), st.booleans(), st.booleans()), min_size=0, max_size=3
)


@given(st.lists(st.tuples(st.integers(1, 3), st.frozensets(st.sampled_from("abc")), _offers), max_size=6))
def test_of_each_listing_that_gives_way_one_is_shown_that_has_what_it_has(
    drawn: list[tuple[int, frozenset[str], dict[str, tuple[int, bool, bool]]]],
) -> None:
    listings, offers = [], {}
    for number, (seller, articles, own) in enumerate(drawn):
        listings.append(Listing(number, seller, articles))
        offers[number] = {
            article: offer(10 * number + ord(article), f"{price}.00" if is_full else None, available=is_available)
            for article, (price, is_full, is_available) in own.items() if article in articles
        }  # fmt: skip

    pairs = list(ways(listings, offers))

    shown = {each.id for each in listings} - {pair.led for pair in pairs}
    for pair in pairs:
        found, waiting = set(), [pair.led]
        while waiting:
            led = waiting.pop()
            above = {other.leader for other in pairs if other.led == led} - found
            found |= above
            waiting += above
        assert pair.led not in found
        assert any(listings[pair.led].articles <= offers[key].keys() for key in found & shown)
