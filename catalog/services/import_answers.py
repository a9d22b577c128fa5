"""What the columns of attributes in a file say of its listings: read by definitions that an import asks for once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.conf import settings

from catalog import attribute_cells
from catalog.attribute_values import Asked
from catalog.feeds.listing import FeedCell, FeedListing, LeftOut, RowError
from catalog.models import AttributeChoice, Category, CategoryAttribute, Product
from catalog.selectors.attributes import asked, attributes_called
from catalog.services import attributes
from marketplace.kernel.errors import Refused
from marketplace.kernel.sentences import sentence as _

# What a column is: the attribute, and the language of its text, or "" for that of the listing.
_Found = tuple[Asked, str]


class Questions:
    """The attributes that a file has columns for, and which categories ask them. Three queries for a file with columns.

    What was said once of a column that is no attribute is not said again.
    """

    def __init__(self) -> None:
        self._columns: dict[str, _Found | None] = {}
        self._words: dict[str, dict[str, str]] = {}
        self._paths: dict[str, set[str]] = {}
        self._asked: dict[str, frozenset[str]] = {}
        self._reported: set[str] = set()

    @property
    def asked(self) -> Mapping[str, Asked]:
        """The attributes by their codes."""
        return {found[0].code: found[0] for found in self._columns.values() if found is not None}

    def read(
        self, one: FeedListing, category: Category, given: Mapping[str, Any], own: str, wrong: str = ""
    ) -> FeedListing | LeftOut:
        """The listing with its answers, or why it is left out; `given` is what it answers already.

        Its texts are in the language `own`, in which the file corrects what counted as in `wrong`. An answer that goods of the
        category are not asked is left out with a remark, unless the listing gives it already.
        """
        self._learn(one.cells)
        asked_here = self._asked_in(category)
        answers: dict[str, Any] = {}
        remarks: list[str] = []
        unknown: list[FeedCell] = []
        for cell in sorted(one.cells, key=self._names_a_language):
            found = self._columns[cell.name]
            if found is None:
                unknown += [cell] if cell.text and cell.name not in self._reported else []
                continue
            question, _language = found
            if cell.text and question.code not in asked_here and not _says_already(given, found, cell.text, own):
                text = _("Column “%(column)s” was left out: goods of this category have no attribute “%(name)s”.")
                remarks.append(text % {"column": cell.column, "name": question.name})
                continue
            try:
                answer = self._answer(found, cell.text, given, own)
            except Refused as refusal:
                reason = _("Column “%(column)s”: %(reason)s")
                sentence = reason % {"column": cell.column, "reason": refusal.message}
                return LeftOut((RowError(one.line, one.handle, sentence, cell.column, cell.text[:40]),))
            answers[question.code] = _joined(answers.get(question.code), answer)
        if wrong:
            _take_back(answers, given, own, wrong)
        remarks += self._said_of(unknown)
        return replace(one, cells=(), answers=answers, remarks=(*one.remarks, *remarks))

    def _names_a_language(self, cell: FeedCell) -> bool:
        found = self._columns[cell.name]
        return found is not None and bool(found[1])

    def _answer(self, found: _Found, text: str, given: Mapping[str, Any], own: str) -> Any:
        """The answer in a cell. One that the listing gives stays, though its choice be gone. Raises `Refused`."""
        question, language = found
        if question.kind != "text" and _says_already(given, found, text, own):
            return given[question.code]
        return attribute_cells.read(question, self._words[question.code], text, language or own)

    def _said_of(self, unknown: Sequence[FeedCell]) -> list[str]:
        self._reported |= {cell.name for cell in unknown}
        text = _("Column “%(column)s” was left out: there is no attribute “%(code)s”.")
        return [
            text % {"column": cell.column, "code": cell.name.removeprefix(attribute_cells.PREFIX)} for cell in unknown
        ]

    def _asked_in(self, category: Category) -> frozenset[str]:
        """The codes of those attributes that goods of the category are asked, by it or by one above it."""
        path, step = category.path, Category.steplen
        if path not in self._asked:
            above = {path[:end] for end in range(step, len(path) + 1, step)}
            self._asked[path] = frozenset(code for code, paths in self._paths.items() if not above.isdisjoint(paths))
        return self._asked[path]

    def _learn(self, cells: Iterable[FeedCell]) -> None:
        """Reads what is not known yet of the attributes of these columns; they are the same in all rows of a file."""
        names = [cell.name for cell in cells if cell.name not in self._columns]
        if not names:
            return
        meant = {name: list(attribute_cells.meant(name)) for name in names}
        codes = {code for each in meant.values() for code, _language in each}
        rows = attributes_called(codes)
        choices: dict[int, list[AttributeChoice]] = {}
        for choice in AttributeChoice.objects.filter(attribute__in=rows):
            choices.setdefault(choice.attribute_id, []).append(choice)
        known = {}
        for row in rows:
            own = choices.get(row.pk, [])
            known[row.code] = asked(row, {choice.code: str(choice) for choice in own})
            self._words[row.code] = _words(own)
        for name, each in meant.items():
            self._columns[name] = next(
                ((known[code], language) for code, language in each if _fits(known.get(code), language)), None
            )
        self._asked.clear()
        sets = CategoryAttribute.objects.filter(attribute__in=rows)
        for code, path in sets.values_list("attribute__code", "category__path"):
            self._paths.setdefault(code, set()).add(path)


def _fits(question: Asked | None, language: str) -> bool:
    """Whether there is such an attribute, and one with texts where the column is that of a language."""
    return question is not None and (not language or question.kind == "text")


def _joined(before: Any, answer: Any) -> Any:
    """Two answers to an attribute: of texts in one language the later, unless it is empty."""
    if not isinstance(before, dict):
        return answer
    return before | {language: text for language, text in answer.items() if text or language not in before}


def _take_back(answers: dict[str, Any], given: Mapping[str, Any], own: str, wrong: str) -> None:
    """Texts that are given in the wrong language and now come in their own stand in the wrong one no more."""
    for code, answer in answers.items():
        before = given.get(code)
        if isinstance(answer, dict) and isinstance(before, dict) and answer.get(own) == before.get(wrong, ""):
            answers[code] = {wrong: ""} | answer


def _words(choices: Sequence[AttributeChoice]) -> dict[str, str]:
    """The codes of choices by their names in all languages and by themselves, in small letters."""
    columns = [f"name_{code.replace('-', '_')}" for code, _name in settings.LANGUAGES]
    found: dict[str, str] = {choice.code: choice.code for choice in choices}
    for choice in choices:
        for name in columns:
            found.setdefault((getattr(choice, name) or choice.code).casefold(), choice.code)
    return found


def _says_already(given: Mapping[str, Any], found: _Found, text: str, own: str) -> bool:
    """Whether the cell is what a table of the listing has in it."""
    question, language = found
    if question.code not in given:
        return False
    answer = given[question.code]
    if isinstance(answer, dict):
        return bool(answer.get(language or own) == text)
    return text in attribute_cells.cells(question.code, answer, own).values()


def given_by(product: Product | None) -> Mapping[str, Any]:
    """What a listing answers, as it was read with the listing."""
    held = getattr(product, "attributes", None)
    return held.given if held is not None else {}


def are_kept(product: Product, one: FeedListing) -> bool:
    """Whether the listing answers all that the file says already. No query for a listing read with its answers."""
    given = given_by(product) if one.answers else {}
    return not one.answers or attribute_cells.merged(given, one.answers) == given


def take_over(*, listings: Sequence[FeedListing], products: Mapping[str, int], questions: Questions) -> None:
    """The listings, by their handles the keys of `products`, answer what the file says. Two queries, none without answers."""
    changes = {products[one.handle]: one.answers for one in listings if one.answers}
    attributes.change_answers(changes=changes, questions=questions.asked)
