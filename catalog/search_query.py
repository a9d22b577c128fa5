"""How what a shopper types becomes a query of PostgreSQL: pure, for each language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from catalog.readings import IDEOGRAPHS, KANA, heard
from catalog.search_text import CONFIGURATIONS, HAN, MOST_WORDS, SOURCE, configuration, query_words
from catalog.synonyms import Synonyms
from catalog.word_forms import compounds, is_plain, last_part, plural, simple_word

# What is asked of the function `catalog_query` of the database: words, each with a configuration of PostgreSQL, and
# behind them "&" or "|" for the two before, or "?" with a configuration, see `_without_small_words`. So the SQL is the
# same for all searches, and is planned once for a connection.
Query = tuple[tuple[str, str], ...]
_Part = tuple[tuple[str, ...], Sequence[str]]  # the words of a phrase, and what means the same
_NAMED = ":AB"  # in the name of a listing or of its category


@lru_cache(maxsize=1024)
def tsquery(text: str, means: Synonyms) -> Query | None:
    """A query in which every word of a text must occur, or be named otherwise; the last one as a beginning.

    None when there is nothing to search for.
    """
    parts = list(_parts(text, means))
    if not parts:
        return None
    made = [_part(words, others, means.language, is_last=part == len(parts) - 1, named=_NAMED)
            for part, (words, others) in enumerate(parts)]  # fmt: skip
    return _all(made if len(made) == 1 else _without_small_words(parts, made, means.language))


def wider(text: str, means: Synonyms) -> Query | None:
    """What to look for where `tsquery` finds nothing; None where that is the same.

    A compound that no listing has is looked for as its two parts, of which the last one names the thing; Arabic words as
    their plurals; Chinese and Japanese ones without what makes them polite or a noun; and what means the same in all texts.
    """
    language = means.language
    plainer = " ".join(simple_word(word, language) for word in text.split())
    parts = list(_parts(plainer, means))
    more = [[form for word in words for form in _wider_forms(word, means)] for words, _others in parts]
    is_plainer = plainer != " ".join(text.split())
    if not (is_plainer or any(more) or any(others for _words, others in parts)):
        return None
    made = [_any([_part(words, others, language, is_named=is_plainer), *forms])
            for (words, others), forms in zip(parts, more, strict=True)]  # fmt: skip
    return _all(made if len(made) == 1 else _without_small_words(parts, made, language)) if made else None


def query_of(words: Sequence[str], language: str) -> Query:
    """A query in which every word must occur, the last one as a beginning.

    Each word is looked for as `language` stems it and as the source language does, since a listing without a
    translation shows its source text, and as titles in Chinese and Japanese sound.
    """
    last = len(words) - 1
    return _all([_word(word, language, is_last=place == last) for place, word in enumerate(words)])


def columns(query: Query) -> tuple[list[str], list[str]]:
    """The two parameters of `catalog_query`."""
    return [step for step, _word in query], [word for _step, word in query]


def _parts(text: str, means: Synonyms) -> Iterator[_Part]:
    """The words of a text, at most eight, those of one phrase together, with what means the same."""
    left = MOST_WORDS
    for phrase, others in means.parted(text):
        words = query_words(phrase, means.language)[:left]
        left -= len(words)
        if words:
            yield words, others


def _without_small_words(parts: Sequence[_Part], made: Iterable[Query], language: str) -> list[Query]:
    """The queries for words, empty for those that PostgreSQL leaves out of the texts, such as "of"."""
    if language not in CONFIGURATIONS:
        return list(made)
    unless_small = f"?{configuration(language)}"
    return [
        (*query, (unless_small, _quoted(" ".join(words)))) for (words, _others), query in zip(parts, made, strict=True)
    ]


def _part(
    words: Sequence[str],
    others: Iterable[str],
    language: str,
    *,
    is_last: bool = False,
    is_named: bool = False,
    named: str = "",
) -> Query:
    """The words of a phrase, or what means the same; `named` says where that must stand."""
    last = len(words) - 1
    if len(words) > 1 and all(map(HAN.fullmatch, words)):
        own = _run(words, language)
    else:
        own = _all([_word(word, language, is_last=is_last and place == last, is_named=is_named)
                    for place, word in enumerate(words)])  # fmt: skip
    same = (query_words(other, language) for other in others)
    return _any([own, *(_named_so(each, language, named) for each in same if each)])


def _run(words: Sequence[str], language: str, named: str = "") -> Query:
    """A run of Chinese or Japanese: its pairs stand one after the other, or sound so together."""
    sounds = [next(iter(heard(word, language)), (word,)) for word in words] if language == "ja" else []
    run = _leaf("simple", " <-> ".join(_quoted(word) + named for word in words))
    heard_so = " <-> ".join(_quoted(part) for parts in sounds for part in parts)
    return _any([run, _leaf("simple", heard_so)]) if sounds and not any(map(IDEOGRAPHS.search, words)) else run


def _named_so(words: Sequence[str], language: str, named: str) -> Query:
    """What means the same, in the names of listings and of their categories, or wherever it stands."""
    if all(map(HAN.fullmatch, words)):
        return _leaf("simple", " <-> ".join(_quoted(word) + named for word in words))
    own = configuration(language)
    forms = [_any([_leaf(name, _quoted(word) + named) for name in dict.fromkeys((own, "simple"))]) for word in words]
    if language == "de" and len(words) == 1 and (ending := last_part(words[0])):
        forms = [_any([*forms, _leaf("simple", f"{_quoted(ending)}:*")])]
    return _all(forms)


def _word(word: str, language: str, *, is_last: bool = False, is_named: bool = False) -> Query:
    if is_named and len(word) == 1 and IDEOGRAPHS.match(word):
        return _leaf("simple", _quoted(word) + _NAMED)
    return _any([_leaf(*form) for form in _forms(word, language, is_last=is_last)])


def _forms(word: str, language: str, *, is_last: bool) -> Iterator[tuple[str, str]]:
    """What stands for a word in the texts: configurations of PostgreSQL, and queries for them."""
    own, begun = configuration(language), ":*" if is_last and not HAN.search(word) else ""
    yield own, _quoted(word)
    yield "simple", _quoted(word) + begun
    if own != SOURCE and not HAN.search(word):
        yield SOURCE, _quoted(word)
    # Two signs in katakana are too little to be taken for a part of what is written otherwise.
    for sounds in () if KANA.fullmatch(word) else heard(word, language):
        yield "simple", " & ".join(map(_quoted, sounds)) + begun
    if language == "de" and (ending := last_part(word)):
        yield "simple", f"{_quoted(ending)}:*"
    if (kin := plural(word, language)) and is_plain(kin):
        yield "simple", _quoted(kin)


def _wider_forms(word: str, means: Synonyms) -> Iterator[Query]:
    language, own = means.language, configuration(means.language)
    if kin := plural(word, language):
        yield _leaf("simple", _quoted(kin))
    for first, last in compounds(word, language):
        said = _any([_leaf(own, _quoted(first)), _leaf("simple", f"{_quoted(first)}:*")])
        yield _all([said, _any(list(_naming(last, means)))])


def _naming(word: str, means: Synonyms) -> Iterator[Query]:
    """Names with a word or with what means the same, in German as the end of a compound too."""
    for each in (word, *means.same(word)):
        yield _named_so(query_words(each, means.language), means.language, _NAMED)


def _leaf(name: str, query: str) -> Query:
    return ((name, query),)


def _any(queries: Sequence[Query]) -> Query:
    return _joined("|", queries)


def _all(queries: Sequence[Query]) -> Query:
    return _joined("&", queries)


def _joined(sign: str, queries: Sequence[Query]) -> Query:
    first, *others = queries
    return (*first, *(step for query in others for step in (*query, (sign, ""))))


def _quoted(word: str) -> str:
    return "'" + word.replace("'", "''").replace("\\", "\\\\") + "'"
