"""Where goods come from: a page for everybody, with a file that anybody can check."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render

from catalog import trace
from catalog.models import Product
from catalog.selectors import tracing
from marketplace.kernel.methods import require_safe


@require_safe
def find_trace(request: HttpRequest) -> HttpResponse:
    """The products of a batch whose code a shopper has in hand."""
    batch = request.GET.get("batch", "").strip()[:40]
    found = tracing.products_with_batch(batch) if batch and batch.isprintable() else []
    shown = [one for one in found if not tracing.is_kept_from(one, request.region.country)]
    if len(shown) == 1:
        return redirect("trace_batch", shown[0].slug, batch)
    return render(request, "catalog/find_trace.html", {"batch": batch, "products": shown})


@require_safe
def trace_page(request: HttpRequest, slug: str, batch: str | None = None) -> HttpResponse:
    """One chain of a product, checked while the page is made."""
    product = _traced(slug)
    if tracing.is_kept_from(product, request.region.country):
        return redirect(product)  # which says why
    if batch is None and "batch" in request.GET:
        batch = request.GET["batch"]  # the chain without a batch has no address of its own
    is_text = batch is None or batch.isprintable()
    chain = tracing.chain_of(product, batch, request.region.language) if is_text else None
    if chain is None:
        raise Http404
    code = request.GET.get("code", "").strip()[:100]
    context = {
        "chain": chain,
        "product": product,
        "on_sale": tracing.is_on_sale(product),
        "code": code,
        "found": chain.step_with(code) if code else None,
    }
    return render(request, "catalog/trace.html", context)


@require_safe
def trace_file(request: HttpRequest, slug: str) -> HttpResponse:
    """A chain as JSON in the form that docs/reference/traces.md describes."""
    product = _traced(slug)
    chain = tracing.chain_of(product, request.GET.get("batch", ""), request.region.language)
    if chain is None or tracing.is_kept_from(product, request.region.country):
        raise Http404
    told = trace.document([step.event for step in chain.steps], product.slug, chain.batch)
    answer = JsonResponse(told, json_dumps_params={"ensure_ascii": False, "indent": 1})
    name = f"trace-{product.slug}{'-' if chain.batch else ''}{chain.batch}.json"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _traced(slug: str) -> Product:
    product = tracing.traced_product(slug)
    if product is None:
        raise Http404
    return product
