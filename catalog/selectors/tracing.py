"""Where a product comes from, as shoppers read it: the events of a chain, and whether it holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.conf import settings

from accounts.models import Seller
from catalog import trace
from catalog.models import Product, TraceEvent
from catalog.selectors.held import is_held

MOST_FOUND = 20
READABLE = (Product.Status.LIVE, Product.Status.ARCHIVED)  # whoever has the goods may read on when they are sold out

SUMMARY_COLUMN: Final = """
(SELECT json_build_array(count(*), count(DISTINCT e.batch), (array_agg(e.batch ORDER BY e.id DESC))[1],
    (array_agg(e.digest ORDER BY e.id DESC))[1], max(e.happened_on))
 FROM catalog_traceevent e WHERE e.product_id = p.id)
"""
"""SQL for what `summary_of` reads, for a product `p`."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What the page of a product says of its trace; `batch` and `code` are those of the event recorded last."""

    events: int
    chains: int
    batch: str
    code: str
    happened_on: date


@dataclass(frozen=True, slots=True)
class Step:
    """One event for a reader. `language` is that of `text`; `broken` are the reasons for which it does not hold."""

    event: TraceEvent
    text: str
    language: str
    broken: tuple[str, ...]

    @property
    def code(self) -> str:
        """The code of the chain as it stood with this event."""
        return trace.short_code(self.event.digest)


@dataclass(frozen=True, slots=True)
class Chain:
    """The chain of a product and batch, its events in order, and what the check of it found."""

    product: Product
    batch: str
    batches: tuple[str, ...]
    steps: tuple[Step, ...]
    verdict: trace.Verdict

    @property
    def broken(self) -> tuple[Step, ...]:
        """The events that do not hold."""
        return tuple(step for step in self.steps if step.broken)

    def step_with(self, code: str) -> Step | None:
        """The event whose code somebody has in hand; None when the chain has none."""
        typed = trace.plain_code(code)
        return next((step for step in self.steps if typed and step.event.digest.startswith(typed)), None)


def summary_of(found: Sequence[Any]) -> Summary | None:
    """What `SUMMARY_COLUMN` found; None when nothing was recorded."""
    events, chains, batch, digest, happened_on = found
    return Summary(events, chains, batch, trace.short_code(digest), date.fromisoformat(happened_on)) if events else None


def traced_product(slug: str) -> Product | None:
    """The product at `slug` that has a trace and may be read of. Two queries."""
    found = Product.objects.select_related("seller").filter(slug=slug, status__in=READABLE).first()
    return found if found and found.trace_events.exists() else None


def is_kept_from(product: Product, country: str) -> bool:
    """Whether nobody in the country may meet the product at present."""
    return product.status == Product.Status.LIVE and is_held(product.held_in, country)


def is_on_sale(product: Product) -> bool:
    """Whether the product has a page of its own."""
    return product.status == Product.Status.LIVE and product.seller.status == Seller.Status.APPROVED


def chain_of(product: Product, batch: str | None, language: str) -> Chain | None:
    """One chain of a product, the one recorded last when `batch` is None; None when there is no such. Two queries."""
    known = tuple(_batches(product))
    chosen = batch if batch is not None else next(iter(known), None)
    if chosen is None or chosen not in known:
        return None
    events = list(TraceEvent.objects.filter(product=product, batch=chosen).order_by("number"))
    verdict = trace.check(events, product.slug)
    reasons: dict[int, list[str]] = {}
    for one in verdict.breaks:
        reasons.setdefault(one.number, []).append(one.reason)
    steps = tuple(Step(event, *_told(event.texts, language), tuple(reasons.get(event.number, ()))) for event in events)
    return Chain(product, chosen, known, steps, verdict)


def products_with_batch(batch: str) -> list[Product]:
    """The products with a chain of that batch, at most twenty. One query."""
    rows = Product.objects.filter(trace_events__batch=batch, status__in=READABLE).select_related("seller")
    return list(rows.distinct().order_by("-id")[:MOST_FOUND])


def chains(slug: str = "", batch: str | None = None) -> Iterator[tuple[Product, str, trace.Verdict]]:
    """Every chain, or those of one product or batch, with what a check of it finds; one chain at a time."""
    narrowed = {name: value for name, value in (("product__slug", slug), ("batch", batch)) if value}
    keys = TraceEvent.objects.filter(**narrowed).order_by("product_id", "batch").values_list("product_id", "batch")
    for product_id, name in keys.distinct().iterator(chunk_size=500):
        product = Product.objects.get(pk=product_id)
        events = list(TraceEvent.objects.filter(product=product, batch=name).order_by("number"))
        yield product, name, trace.check(events, product.slug)


def is_known(slug: str, batch: str, head: str) -> bool:
    """Whether the chain of the product and batch has an event with the fingerprint `head`."""
    return TraceEvent.objects.filter(product__slug=slug, batch=batch, digest=head).exists()


def _batches(product: Product) -> Iterator[str]:
    """The batches of a product, the one recorded last first."""
    newest_first = TraceEvent.objects.filter(product=product).order_by("-id").values_list("batch", flat=True)
    yield from dict.fromkeys(newest_first)


def _told(texts: Mapping[str, Any], language: str) -> tuple[str, str]:
    """The description in the reader's language, else in English, else in the first there is; and its language."""
    for code in (language, settings.LANGUAGE_CODE, *texts):
        if texts.get(code):
            return str(texts[code]), code
    return "", language
