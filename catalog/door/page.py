"""The page of the price at any door: the forms, and the answer in the words of its reader."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from moneyed import Money

from catalog.door import answers, words
from catalog.door.answers import Answer
from catalog.door.choices import places
from catalog.door.forms import MOST_ARTICLES, ArticleForm
from catalog.door.reading import Asked, read
from catalog.selectors import product as products
from catalog.selectors.goods_codes import proposals
from catalog.selectors.prices import Prices
from catalog.selectors.product import Listed, Piece
from compliance.words.classification import Suggestion, suggestion
from marketplace.kernel.errors import Refused
from marketplace.kernel.fx import MissingRate
from marketplace.kernel.region import Region


@dataclass(slots=True)
class DoorPage:
    """One request: what was asked, and the answer where there is one."""

    asked: Asked
    region: Region
    today: date
    is_bare: bool
    product: Listed | None = None
    piece: Piece | None = None
    answer: Answer | None = None
    prices: Prices | None = None
    notice: str = ""
    codes: list[Suggestion] = field(default_factory=list)

    @property
    def status(self) -> int:
        """422 where something typed has to be mended."""
        return 422 if self.asked.is_asked and self.answer is None else 200

    def work_out(self) -> None:
        """Answers the question, or says in the forms why it can't be answered."""
        asked = self.asked
        if asked.is_product and not self._find_product():
            return
        if not asked.is_valid():
            return
        data = asked.way.cleaned_data
        try:
            self.prices = Prices.of_day(data["on"])
            self.answer = self._answered(data, self.prices)
        except Refused as refusal:
            asked.way.add_error(refusal.field or None, str(refusal.message))
        except MissingRate as missing:
            asked.way.add_error("currency", words.no_rate(missing))

    def _find_product(self) -> bool:
        data = self.asked.way
        data.is_valid()
        slug, variant = data.cleaned_data.get("product"), data.cleaned_data.get("variant")
        found = products.live_product(slug, self.region.language) if slug else None
        self.product = None if found is None or found.is_held_in(self.region.country) else found
        self.piece = products.piece_of(self.product, variant) if self.product else None
        if self.piece is None:
            self.notice = _("This product is not on sale at the moment.")
        return self.piece is not None

    def _answered(self, data: dict[str, Any], prices: Prices) -> Answer:
        language, currency = self.region.language, data["currency"]
        if self.piece is None:
            lines = answers.lines_of(self.asked.whole_articles, currency)
            return answers.work_out(lines, data["ship_from"], data, prices, language)
        line = prices.line(self.piece.goods, data["quantity"], currency, data["country"])
        ship_from = prices.node(self.piece.goods.ship_from, data["country"])
        return answers.work_out((line,), ship_from, data, prices, language)

    def context(self) -> dict[str, Any]:
        """The variables of catalog/landed_cost.html."""
        asked = self.asked
        shown = None
        if self.answer is not None and self.prices is not None:
            shown = words.answer(self.answer, self.prices, self.region, self.today)
        return {
            "way": asked.way,
            "articles": asked.articles,
            "can_add": len(asked.articles) < MOST_ARTICLES,
            "find": asked.find,
            "codes": self.codes,
            "product": self.product if self.piece else None,
            "piece": self.piece,
            "by_hand_url": self._by_hand(),
            "answer": shown,
            "notice": self.notice,
            "has_errors": self.status == 422 and not self.notice,
            "is_bare": self.is_bare,
        }

    def _by_hand(self) -> str:
        """The same question with the product described by hand."""
        if self.piece is None or self.answer is None:
            return reverse("landed_cost")
        consignment, goods = self.answer.consignment, self.piece.goods
        line = consignment.lines[0]
        query: dict[str, Any] = {
            "ship_from": consignment.ship_from, "country": consignment.ship_to.country, "currency": consignment.currency,
            "1-description": goods.description, "1-hs_code": goods.hs_code, "1-origin": goods.origin,
            "1-kind": goods.tax_category, "1-price": _typed(line.unit_price), "1-quantity": line.quantity,
            "1-weight": goods.weight_grams, "1-lithium": "on" if goods.lithium else "",
        }  # fmt: skip
        return f"{reverse('landed_cost')}?{urlencode({key: value for key, value in query.items() if value})}"


def make(query: Mapping[str, str], region: Region) -> DoorPage:
    """The page for the query of an address. At most three queries where the process knows the day."""
    today = Prices.today()
    asked = read(query, region, places(today.rule_book, region.language), today.on)
    page = DoorPage(asked, region, today.on, is_bare=not query)
    if asked.find:
        page.codes = proposed(asked.articles[asked.find - 1], region.language)
    if asked.is_asked:
        page.work_out()
    return page


def proposed(article: ArticleForm, language: str) -> list[Suggestion]:
    """Codes for what was typed as the code, or as the description, each with the reason."""
    typed = [str(article[name].value() or "")[:200] for name in ("hs_code", "description")]
    found = next((found for text in typed if text and (found := proposals(text, language))), [])
    return [suggestion(proposal) for proposal in found]


def _typed(money: Money) -> str:
    """An amount as one would type it."""
    return f"{money.amount.normalize():f}"
