"""What is measured: pages that rotate over many addresses, and purchases from the product to the paid order."""

from __future__ import annotations

import itertools
import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote, urlsplit

from marketplace.devtools.bench.client import Answer, Client, Unexpected, expect

LANGUAGE = "de"
WORDS = ("Eiche Lampe", "blau Becher", "Leinen Hemd", "rund Stuhl", "Messing Ring", "hoch Vase", "klein Tasche",
         "leise Lautsprecher", "klappbar Korb", "schlicht Notizbuch")  # fmt: skip
HTMX = {"HX_Request": "true", "HX_Target": "toast"}
_PRODUCT = re.compile(rf'href="(/{LANGUAGE}/product/[\w-]+/)"')
_CATEGORY = re.compile(rf'href="(/{LANGUAGE}/category/synthetic-\d+/)"')
_APPROVE = re.compile(r'action="(/psp/pay/\w+/approve)"')
ADDRESS = {"address-name": "Erika Muster", "address-street_address": "Lindenweg 5", "address-city": "Kassel",
           "address-postal_code": "34117", "address-country_code": "DE"}  # fmt: skip


@dataclass(slots=True)
class Subject:
    """Something to measure: `step` does it once and gives its answers, the last of them the page that counts."""

    name: str
    step: Callable[[Client], Sequence[Answer]]
    repeat: int = 20
    settle: float = 0.0  # seconds to wait for what goes on behind the last answer
    ratio: float | None = None
    queries: int | None = None
    answers: list[Answer] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Variant:
    """A thing to buy and the page it is on."""

    page: str
    number: str


class Walks:
    """Gathers addresses from the shop, then makes the subjects."""

    def __init__(self, port: int, sandbox_port: int) -> None:
        self.port, self.sandbox_port = port, sandbox_port
        scout = Client(port)
        shelf = f"/{LANGUAGE}/category/synthetic/"
        self.categories = sorted(set(_CATEGORY.findall(expect(scout.get(shelf)).text)))
        pages = [expect(scout.get(path)).text for path in [*self.categories, f"/{LANGUAGE}/"]]
        self.products = list(dict.fromkeys(path for page in pages for path in _PRODUCT.findall(page)))
        self.variants = [found for path in self.products[:240] if (found := self._variant(scout, path))]
        if not self.categories or len(self.variants) < 20:
            raise Unexpected("the shop has too few products that can be bought")
        self._next: dict[str, Iterator[str]] = {}
        self._next_variant = itertools.cycle(self.variants)

    def _variant(self, scout: Client, path: str) -> Variant | None:
        """What can be bought there; a page of what is sold out knows a variant too, for the wish list."""
        inputs = expect(scout.get(path)).inputs()
        return Variant(path, inputs["variant"]) if "quantity" in inputs else None

    def _rotate(self, key: str, paths: Sequence[str]) -> str:
        return next(self._next.setdefault(key, itertools.cycle(paths)))

    def subjects(self, only: str = "") -> list[Subject]:
        """All of them, the bare page first, with the aims; with `only` the named ones beside the bare page."""
        named = {name.strip() for name in only.split(",") if name.strip()}
        everything = self._everything()
        return [one for one in everything if not named or one.name in {*named, everything[0].name}]

    def _everything(self) -> list[Subject]:
        root = f"/{LANGUAGE}/category/synthetic/"
        searches = [f"/{LANGUAGE}/search/?q={quote(words)}" for words in WORDS]
        filtered = [f"{path}?origin=JP&stock=1" for path in self.categories]
        return [
            self.page("bare page", [f"/{LANGUAGE}/bare/"]),
            self.page("home", [f"/{LANGUAGE}/"]),
            self.page("category", self.categories, ratio=1.6, queries=5),
            Subject("with a cart", self._browse, ratio=1.6, queries=5),
            self.page("root category", [root], ratio=1.6, queries=5),
            self.page("filtered category", filtered, queries=5),
            self.page("product", self.products, ratio=1.6, queries=8),
            self.page("search", searches, ratio=1.4, queries=6),
            Subject("add to cart", self._add, ratio=1.5, queries=12),
            Subject("whole checkout", self._buy, repeat=4, settle=0.5, ratio=12, queries=120),
            Subject("admin products", Admin(self.port).products, repeat=10, ratio=3, queries=10),
        ]

    def page(self, name: str, paths: Sequence[str], **aims: float) -> Subject:
        """A page that is asked for under each of the addresses in turn."""

        def step(client: Client) -> list[Answer]:
            return [expect(client.get(self._rotate(name, paths)))]

        return Subject(name, step, **aims)  # type: ignore[arg-type]

    def _browse(self, client: Client) -> list[Answer]:
        """A category page for a guest who has something in the cart."""
        if "cart" not in client.cookies:
            counting, client.counting = client.counting, False
            self._add(client)
            client.counting = counting
        return [expect(client.get(self._rotate("with a cart", self.categories)))]

    def _guest(self, client: Client) -> None:
        """Somebody new, whose token for forms is known from an earlier page."""
        client.cookies.pop("cart", None)
        if "csrftoken" not in client.cookies:
            counting, client.counting = client.counting, False
            client.cookies["csrftoken"] = self._token()
            client.counting = counting

    def _token(self) -> str:
        scout = Client(self.port)
        expect(scout.get(self.variants[0].page))
        return scout.cookies["csrftoken"]

    def _add(self, client: Client) -> list[Answer]:
        self._guest(client)
        return [self._put(client, next(self._next_variant))]

    def _put(self, client: Client, variant: Variant) -> Answer:
        form = {"csrfmiddlewaretoken": client.cookies["csrftoken"], "variant": variant.number, "quantity": "1"}
        return expect(client.post(f"/{LANGUAGE}/cart/add/", form, **HTMX))

    def _buy(self, client: Client) -> list[Answer]:
        """A guest buys one thing: cart, checkout, address, order, payment, the way back to the order."""
        self._guest(client)
        answers = [self._put(client, next(self._next_variant))]
        answers.append(expect(client.get(f"/{LANGUAGE}/cart/")))
        answers.append(expect(client.get(f"/{LANGUAGE}/checkout/")))
        form = answers[-1].inputs() | ADDRESS | {"email": "erika@example.org"}
        swap = {"HX_Request": "true", "HX_Target": "summary"}
        answers.append(expect(client.post(f"/{LANGUAGE}/checkout/", form, **swap)))
        form |= answers[-1].inputs() | {"terms": "on", "action": "place"}
        answers.append(expect(client.post(f"/{LANGUAGE}/checkout/", form), 302))
        answers.append(client.get(self._approve(answers[-1].location)))
        answers.append(expect(client.follow(answers[-1])))
        return answers

    def _approve(self, page: str) -> str:
        """Pays on the provider's page, which is no part of the shop; the path of the way back."""
        provider = Client(self.sandbox_port)
        path = urlsplit(page).path
        approve = _APPROVE.search(expect(provider.get(path)).text)
        if approve is None:
            raise Unexpected("the provider's page has no way to approve")
        back = urlsplit(provider.post(approve.group(1), {}).location)
        provider.close()
        return back.path


class Admin:
    """An operator of the marketplace at the list of products."""

    def __init__(self, port: int) -> None:
        self._client = Client(port)
        page = expect(self._client.get("/en/demo/"))
        form = {"email": "admin@demo.sampan.example", "csrfmiddlewaretoken": page.inputs()["csrfmiddlewaretoken"]}
        expect(self._client.post("/en/demo/", form), 302)

    def products(self, client: Client) -> list[Answer]:
        """The list of products."""
        kept, client.cookies = client.cookies, self._client.cookies
        try:
            return [expect(client.get("/admin/catalog/product/"))]
        finally:
            client.cookies = kept


def wait(subject: Subject) -> None:
    """Lets what goes on behind the last answer come to its end."""
    if subject.settle:
        time.sleep(subject.settle)
