"""A carrier with its customs broker: takes declarations, sells labels, and moves parcels as time goes by.

Every call needs the API key as a bearer token; what creates something also needs an Idempotency-Key, and the same
key always brings the same answer. Where a parcel is follows from the time since its label was sold: one step each
`CARRIER_PACE` seconds (5.5 unless the environment says otherwise), the same for each tracking number however often
it is asked for and whether or not the process was killed meanwhile.
Switches in the "carrier" section of the faults, beside those of every section:
`reject_next` declarations are rejected for their description; `hold_next` parcels are held by customs for a step.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from demo.sandbox.label import draw
from demo.sandbox.values import Document, Handler, Problem, Request, Response, State

Route = tuple[str, str, Handler]
DEFAULT_PACE = 5.5
# Words that customs take for no description at all (practice of advance cargo data).
STOP_WORDS = frozenset(
    {"gift", "gifts", "goods", "item", "items", "misc", "parts", "product", "products", "sample", "stuff"}
)
_S10_WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)
_S10_KINDS = {"post-economy": "LX", "air-express": "EE"}


def routes() -> list[Route]:
    """What the carrier serves."""
    return [
        ("POST", r"/carrier/declarations", _declare),
        ("POST", r"/carrier/shipments", _ship),
        ("GET", r"/carrier/shipments/(?P<tracking>[A-Z0-9]+)/events", _events),
        ("DELETE", r"/carrier/shipments/(?P<tracking>[A-Z0-9]+)", _cancel),
    ]


def s10(kind: str, serial: int, country: str) -> str:
    """A tracking number as the Universal Postal Union's standard S10 shapes it, with its check digit."""
    digits = f"{serial:08d}"
    rest = 11 - sum(int(digit) * weight for digit, weight in zip(digits, _S10_WEIGHTS, strict=True)) % 11
    return f"{kind}{digits}{ {10: 0, 11: 5}.get(rest, rest) }{country}"


def _declare(request: Request) -> Response:
    return _once(request, "declaration", _decide)


def _decide(request: Request, body: Document) -> Document:
    lines = body.get("lines")
    if not isinstance(lines, list) or not lines:
        raise Problem(422, "lines_missing", "A declaration has at least one line.")
    reason = _reason(lines)
    if not reason and _switch(request.state, "reject_next"):
        reason = "description_rejected"
    reference = "CD" + "".join(secrets.choice("0123456789") for _ in range(12))
    answer = {"reference": reference, "status": "rejected" if reason else "accepted", "reason": reason}
    request.state.put("declaration", reference, answer)
    return answer


def _reason(lines: list[Any]) -> str:
    for line in lines:
        if not isinstance(line, dict) or not str(line.get("description", "")).strip():
            return "description_missing"
        if str(line["description"]).strip().lower() in STOP_WORDS:
            return "description_rejected"
        if not isinstance(line.get("quantity"), int) or line["quantity"] < 1:
            return "quantity_missing"
        if not line.get("value"):
            return "value_missing"
    return ""


def _ship(request: Request) -> Response:
    return _once(request, "shipment", _sell)


def _sell(request: Request, body: Document) -> Document:
    sender, recipient = body.get("sender"), body.get("recipient")
    for address in (sender, recipient):
        if not isinstance(address, dict) or not all(address.get(k) for k in ("name", "street_address", "country_code")):
            raise Problem(422, "address_incomplete", "Name, street and country are needed of sender and recipient.")
    assert isinstance(sender, dict) and isinstance(recipient, dict)
    if not isinstance(body.get("weight_grams"), int) or not 0 < body["weight_grams"] <= 30_000:
        raise Problem(422, "weight_out_of_range", "A parcel weighs from 1 g to 30 kg.")
    declaration = str(body.get("declaration", ""))
    if declaration and (request.state.get("declaration", declaration) or {}).get("status") != "accepted":
        raise Problem(422, "declaration_not_accepted", "There is no accepted declaration of that reference.")
    service = str(body.get("service", ""))
    parcel: Document = {
        "reference": str(body.get("reference", "")),
        "from": _place(sender),
        "to": _place(recipient),
        "countries": [sender["country_code"], recipient["country_code"]],
        "customs": bool(declaration),
        "held": bool(declaration) and _switch(request.state, "hold_next"),
        "created": time.time(),
        "pace": float(os.environ.get("CARRIER_PACE", "") or DEFAULT_PACE),
        "cancelled": None,
    }
    tracking = _number(request.state, _S10_KINDS.get(service, "CP"), sender["country_code"], parcel)
    label = draw(tracking, service, parcel["reference"], sender, recipient)
    return {
        "id": f"shp_{hashlib.sha256(tracking.encode()).hexdigest()[:16]}",
        "tracking_number": tracking,
        "label": {"format": "pdf", "content": base64.b64encode(label).decode()},
    }


def _number(state: State, kind: str, country: str, parcel: Document) -> str:
    while True:
        tracking = s10(kind, secrets.randbelow(100_000_000), country)
        if state.insert("parcel", tracking, parcel):
            return tracking


def _place(address: Document) -> str:
    return ", ".join(filter(None, (address.get("city"), address["country_code"])))


def _events(request: Request) -> Response:
    tracking, parcel = _parcel(request)
    events = _journey(tracking, parcel, time.time())
    return Response(body={"tracking_number": tracking, "status": events[-1]["code"], "events": events})


def _journey(tracking: str, parcel: Document, now: float) -> list[Document]:
    """What has happened to a parcel up to `now`, the oldest first; it never gets shorter."""
    end = parcel["cancelled"] or now
    happened = [("LABEL_CREATED", parcel["from"], parcel["created"])]
    for number, (code, place) in enumerate(_steps(parcel), start=1):
        due = parcel["created"] + parcel["pace"] * (number + _jitter(tracking, number))
        if due <= end:
            happened.append((code, place, due))
    if parcel["cancelled"]:
        happened.append(("CANCELLED", parcel["from"], parcel["cancelled"]))
    return [
        {"id": f"{tracking}-{code}", "code": code, "place": place, "occurred_at": _moment(at)}
        for code, place, at in happened
    ]


def _steps(parcel: Document) -> list[tuple[str, str]]:
    origin, destination = parcel["countries"]
    steps = [("PICKED_UP", parcel["from"]), ("DEPARTED_ORIGIN", parcel["from"])]
    if origin != destination:
        steps.append(("ARRIVED_IN_COUNTRY", destination))
    else:
        steps.append(("ARRIVED_AT_DEPOT", parcel["to"]))
    if parcel["customs"]:
        steps.append(("PRESENTED_TO_CUSTOMS", destination))
        if parcel["held"]:
            steps.append(("HELD_BY_CUSTOMS", destination))
        steps.append(("CLEARED_CUSTOMS", destination))
    return [*steps, ("OUT_FOR_DELIVERY", parcel["to"]), ("DELIVERED", parcel["to"])]


def _jitter(tracking: str, number: int) -> float:
    """From -0.25 to 0.25 of a step, always the same for one step of one parcel."""
    return hashlib.sha256(f"{tracking}:{number}".encode()).digest()[0] / 510 - 0.25


def _moment(timestamp: float) -> str:
    return datetime.fromtimestamp(timestamp, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _cancel(request: Request) -> Response:
    with request.state.transaction():
        tracking, parcel = _parcel(request)
        if not parcel["cancelled"]:
            now = time.time()
            if len(_journey(tracking, parcel, now)) > 1:
                raise Problem(409, "already_handed_over", "The parcel is on its way.")
            request.state.put("parcel", tracking, parcel | {"cancelled": now})
    return Response(body={"tracking_number": tracking, "status": "cancelled"})


def _parcel(request: Request) -> tuple[str, Document]:
    request.require_key()
    tracking = request.match["tracking"]
    parcel = request.state.get("parcel", tracking)
    if parcel is None:
        raise Problem(404, "unknown_tracking_number", "No parcel has this tracking number.")
    return tracking, parcel


def _once(request: Request, kind: str, make: Callable[[Request, Document], Document]) -> Response:
    """Does it once for each key; a repetition gets the first answer, another body under the same key a 409."""
    request.require_key()
    key = request.headers.get("idempotency-key", "")
    if not key:
        raise Problem(400, "idempotency_key_missing", "Send an Idempotency-Key.")
    body = request.json()
    digest = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
    with request.state.transaction():
        kept = request.state.get(f"carrier_{kind}_key", key)
        if kept is None:
            kept = {"digest": digest, "answer": make(request, body)}
            request.state.put(f"carrier_{kind}_key", key, kept)
    if kept["digest"] != digest:
        raise Problem(409, "idempotency_conflict", "The key was used with another body.")
    return Response(201, kept["answer"])


def _switch(state: State, name: str) -> bool:
    """Whether a counted switch of the faults is on; using it counts it down."""
    faults = state.get("faults", "carrier") or {}
    count = faults.get(name, 0)
    if isinstance(count, int) and count > 0:
        state.put("faults", "carrier", faults | {name: count - 1})
        return True
    return False
