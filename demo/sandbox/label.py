"""Draws the carrier's label: one A6 page of PDF with the two addresses and the tracking number as a Code 128 barcode.

Names and streets are set in Latin letters, the only ones that its font has; other signs are left out.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence

WIDTH, HEIGHT = 297, 420  # A6 in points
# ISO/IEC 15417: widths of bars and spaces for the values 0 to 105 and the stop sign.
_PATTERNS = (
    "212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132 122231 113222 "
    "123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 321221 312212 322112 322211 212123 212321 "
    "232121 111323 131123 131321 112313 132113 132311 211313 231113 231311 112133 112331 132131 113123 113321 133121 "
    "313121 211331 231131 213113 213311 213131 311123 311321 331121 312113 312311 332111 314111 221411 431111 111224 "
    "111422 121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 241211 221114 413111 241112 134111 "
    "111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 214121 412121 111143 111341 131141 114113 "
    "114311 411113 411311 113141 114131 311141 411131 211412 211214 211232 2331112"
)
_WIDTHS = _PATTERNS.split()
_START_B, _STOP = 104, 106


def code128(text: str) -> str:
    """The widths of bars and spaces, in turn, of `text` in code set B with its check sign."""
    values = [_START_B, *(ord(letter) - 32 for letter in text)]
    check = sum(value * max(place, 1) for place, value in enumerate(values)) % 103
    return "".join(_WIDTHS[value] for value in [*values, check, _STOP])


def draw(tracking: str, service: str, reference: str, sender: Mapping[str, str], recipient: Mapping[str, str]) -> bytes:
    """The label as a PDF file; addresses are mappings with the field names of a postal address."""
    lines = [_text(20, 392, 15, service.upper()), _text(20, 372, 8, f"Ref {reference}")]
    lines += [_text(20, 346 - 10 * n, 8, line) for n, line in enumerate(["FROM", *_address(sender)])]
    lines += [_text(20, 258 - 19 * n, 14, line) for n, line in enumerate(["TO", *_address(recipient)])]
    lines += [_rule(360), _rule(280), _rule(132), _bars(tracking), _text(72, 22, 13, _spaced(tracking))]
    return _pdf("\n".join(lines).encode("cp1252"))


def _address(address: Mapping[str, str]) -> list[str]:
    place = " ".join(filter(None, (address.get("postal_code"), address.get("city"), address.get("country_area"))))
    parts = [address.get("name"), address.get("company_name"), *(address.get("street_address") or "").splitlines()]
    lines = [_latin(part)[:34] for part in [*parts, place, address.get("country_code")] if part]
    return [line for line in lines if line][:6]


def _latin(text: str) -> str:
    """`text` in the signs of Windows-1252: what is missing there loses its accent or is left out."""
    signs = (sign if _fits(sign) else unicodedata.normalize("NFKD", sign) for sign in text)
    plain = "".join(signs).encode("cp1252", "ignore").decode("cp1252")
    return " ".join(plain.split())


def _fits(sign: str) -> bool:
    try:
        return bool(sign.encode("cp1252"))
    except UnicodeEncodeError:
        return False


def _text(x: int, y: int, size: int, text: str) -> str:
    safe = _latin(text).replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
    return f"BT /F1 {size} Tf {x} {y} Td ({safe}) Tj ET"


def _rule(y: int) -> str:
    return f"0.8 w 14 {y} m {WIDTH - 14} {y} l S"


def _spaced(tracking: str) -> str:
    return " ".join((tracking[:2], tracking[2:6], tracking[6:10], tracking[10:-2], tracking[-2:]))


def _bars(tracking: str) -> str:
    widths = [int(digit) for digit in code128(tracking)]
    module = 240 / sum(widths)
    x, drawn = (WIDTH - 240) / 2, []
    for place, width in enumerate(widths):
        if place % 2 == 0:
            drawn.append(f"{x:.3f} 44 {width * module:.3f} 74 re")
        x += width * module
    return " ".join([*drawn, "f"])


def _pdf(content: bytes) -> bytes:
    objects: Sequence[bytes] = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 %d %d]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>"
        % (WIDTH, HEIGHT),
        b"<</Length %d>>stream\n%s\nendstream" % (len(content), content),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica-Bold/Encoding/WinAnsiEncoding>>",
    )
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
