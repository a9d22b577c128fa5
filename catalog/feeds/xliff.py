"""Reads XLIFF as programs for translators write it: 1.2 (OASIS 2008) and 2.0 to 2.2 (ISO 21720).

They put units into groups, cut texts into segments, name the language with its country, and leave out what stood in an
inline code; all that is undone here. No unit may lie in another, and nothing outside the file is read.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from catalog.exports.texts import NAMESPACE

VERSION_2: Final = ("urn:oasis:names:tc:xliff:document:2.0", "urn:oasis:names:tc:xliff:document:2.2")
_LANGUAGE: Final = "{http://www.w3.org/XML/1998/namespace}lang"
_STARTS: Final = (b"<", b"\xff\xfe<\x00", b"\xfe\xff\x00<")  # the last two are UTF-16
_UNTOUCHED: Final = ("new", "needs-translation", "initial")
Codes = dict[str, str]


class Unit(NamedTuple):
    """A text as it stands in the file, with the tags that its inline codes stand for."""

    name: str
    language: str
    source: str
    target: str
    seen: str = ""  # see `catalog.exports.texts`


def is_xml(content: bytes) -> bool:
    """Whether a file begins as XML does."""
    return content.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(_STARTS)


def units(content: bytes) -> Iterator[Unit]:
    """The units of a file in their order; what a program filled in from the source and nobody touched has no target.

    Raises `ValueError` for what is no XLIFF.
    """
    try:
        root = fromstring(content.lstrip(), forbid_dtd=True)
    except (ParseError, DefusedXmlException, LookupError) as error:
        raise ValueError("This is not XML without a DTD.") from error
    space = root.tag.partition("}")[0] + "}"
    if root.tag == f"{{{NAMESPACE}}}xliff":
        yield from _of_version_1(root, space)
    elif root.tag in [f"{{{version}}}xliff" for version in VERSION_2]:
        yield from _of_version_2(root, space)
    else:
        raise ValueError("This is not XLIFF.")


def _below(place: Any, space: str, kind: str) -> Iterator[Any]:
    """The units of a place and of the groups in it."""
    todo = [place]
    while todo:
        part = todo.pop()
        if part.tag == space + kind:
            yield part
        elif part is place or part.tag == f"{space}group":
            todo += reversed(part)


def _of_version_1(root: Any, space: str) -> Iterator[Unit]:
    for file in root.findall(f"{space}file"):
        for body in file.findall(f"{space}body"):
            for unit in _below(body, space, "trans-unit"):
                source, target = (unit.find(space + name) for name in ("source", "target"))
                if unit.find(f".//{space}trans-unit") is not None:
                    raise ValueError("A unit lies in another one.")
                codes = {
                    part.get("id", ""): part.text or "" for part in (() if source is None else source.iter()) if part.get("id")
                }  # fmt: skip
                before, after = _told(source, codes), _told(target, codes)
                state, spoken = ("", "") if target is None else (target.get("state", ""), target.get(_LANGUAGE, ""))
                language = file.get("target-language") or spoken
                touched = _touched(before, after, [state])
                yield Unit(unit.get("id", ""), language, before, touched, unit.get("extradata", ""))


def _of_version_2(root: Any, space: str) -> Iterator[Unit]:
    for file in root.findall(f"{space}file"):
        for unit in _below(file, space, "unit"):
            if unit.find(f".//{space}unit") is not None:
                raise ValueError("A unit lies in another one.")
            codes = {data.get("id", ""): _told(data, {}) for data in unit.findall(f"{space}originalData/{space}data")}
            before, after, states = "", "", []
            is_whole = True
            for part in unit:
                if part.tag not in (f"{space}segment", f"{space}ignorable"):
                    continue
                source, target = (part.find(space + name) for name in ("source", "target"))
                is_segment = part.tag == f"{space}segment"
                before += _told(source, codes)
                after += _told(source if target is None else target, codes)
                is_whole &= target is not None or not is_segment
                states += [part.get("state", "")] if is_segment else []
            yield Unit(
                unit.get("id", ""), root.get("trgLang", ""), before, _touched(before, after if is_whole else "", states)
            )


def _touched(source: str, target: str, states: list[str]) -> str:
    """The target, unless it is the source that waits to be translated."""
    is_copy = " ".join(target.split()) == " ".join(source.split())
    return "" if is_copy and any(state in _UNTOUCHED for state in states) else target


def _told(element: Any, codes: Codes) -> str:
    """The text of an element, its inline codes as what they stand for."""
    pieces: list[str] = []
    todo = [] if element is None else [element]
    while todo:
        part = todo.pop()
        if isinstance(part, str):
            pieces.append(part)
            continue
        begin, end = _code(part, codes) if part is not element else ("", "")
        inside = [piece for child in part for piece in (child, child.tail or "")]
        todo += reversed([begin, part.text or "", *inside, end])
    return "".join(pieces)


def _code(part: Any, codes: Codes) -> tuple[str, str]:
    """What an inline code stands for when it does not say so itself, before and after what is in it."""
    kind = part.tag.rpartition("}")[2]
    if kind == "cp":  # a sign that XML can't hold, and no text may
        return "", ""
    if kind in ("ph", "sc", "ec", "pc") and ("dataRef" in part.attrib or "dataRefStart" in part.attrib):
        begin = part.get("dataRef") or part.get("dataRefStart", "")
        return codes.get(begin, ""), codes.get(part.get("dataRefEnd", ""), "")
    is_empty = part.text is None and len(part) == 0
    return (codes.get(part.get("id", ""), "") if is_empty and kind != "mrk" else ""), ""
