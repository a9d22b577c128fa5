"""What comes near to a search that found hardly anything: any of its words, words like them, and words that mean them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from catalog.readings import KANA
from catalog.search_text import HAN, SOURCE, atoms, bare, configuration, pairs
from catalog.selectors.cards import Card, Source, cards
from catalog.selectors.leading import gives_way
from catalog.selectors.prices import Prices
from catalog.selectors.search_hits import in_bands
from catalog.selectors.synonyms import synonyms
from catalog.spelling import folded
from catalog.word_forms import compounds
from marketplace.kernel.region import Region

MOST = 12
MOST_HITS = 500  # the most popular ones, that are put in order
_MOST_WORDS = 8
_SHORTEST = 4  # letters of a word that is looked for inside of others
_SCRIPTS = re.compile(r"[\u3400-\u9fff\uf900-\ufaff々]|[\u3040-\u309f]{3,}|[\u30a0-\u30ff]{2,}")
# For each word the words of the listings that have it inside them or are like it, the likest first, and the groups of
# words that mean the same. Rows of word and words. The parameters are `asked`.
KIN = """(SELECT json_agg(json_build_array(word, words)) FROM (
    SELECT typed.word, array_agg(near.term) AS words FROM unnest(%s::text[], %s::text[]) AS typed(word, folded)
    CROSS JOIN LATERAL (
        SELECT t.term FROM catalog_searchterm t
        WHERE t.language IN ('{language}', 'en')
          AND (t.folded LIKE '%%' || typed.folded || '%%' OR t.folded %% typed.folded)
          AND (t.folded LIKE '%%' || typed.folded || '%%' OR similarity(t.folded, typed.folded) >= 0.4)
        ORDER BY similarity(t.folded, typed.folded) DESC, t.products DESC, t.term LIMIT 6
    ) near GROUP BY typed.word
    UNION ALL
    SELECT typed.word, s.words::text[] FROM unnest(%s::text[]) AS typed(word)
    JOIN catalog_searchsynonym s ON s.language = '{language}' AND s.words @> ARRAY[typed.word]::varchar[]
) kin)"""
_FOUND = """
SELECT found.id, row_number() OVER () FROM (
    WITH words AS MATERIALIZED (SELECT {words}), {steps}, hits AS MATERIALIZED ({hits}), near AS MATERIALIZED (
        SELECT p.id, p.led_in, {matched} AS matched, ts_rank(hits.document, {any}) AS rank, hits.popularity
        FROM hits CROSS JOIN words JOIN catalog_product p ON p.id = hits.product_id
            JOIN accounts_seller s ON s.id = p.seller_id
        WHERE p.status = 'live' AND s.status = 'approved' AND p.sort_price IS NOT NULL
            AND NOT p.held_in && %(held)s::varchar[] AND p.id <> ALL (%(without)s::bigint[]) AND ({matched}) * 2 >= {count}
    )
    SELECT id FROM near WHERE NOT {gives_way} AND NOT EXISTS (SELECT FROM catalog_lead l
        WHERE l.leader_id = near.id AND l.product_id = ANY (%(without)s::bigint[]) AND %(country)s = ANY (l.countries))
    ORDER BY matched DESC, rank DESC, popularity DESC, id LIMIT {most}
) found
"""
_WANTED = "(SELECT {any} FROM words)"
Kin = Mapping[str, Sequence[str]]


def asked(text: str, language: str) -> tuple[list[str], list[str], list[str]]:
    """The parameters of `KIN`: long words, the same without accents, and all words and the whole text for synonyms."""
    words = _words(text, language)
    long = [word for word in words if len(word) >= _SHORTEST and not HAN.search(word)]
    return long, [folded(word) for word in long], [*words, _plain(text)]


def kin_of(rows: Iterable[tuple[str, Sequence[str]]] | None) -> Kin:
    """The rows of `KIN` by their word."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for word, words in rows or ():
        found[word] += [other for other in words if other != word]
    return found


def related(text: str, kin: Kin, region: Region, prices: Prices, *, without: Sequence[int] = ()) -> list[Card]:
    """Products that have at least half of the words of a search, or their kin; those with the most come first.

    Chinese characters are taken one by one. `without` are products that are shown already; of the articles of these
    nothing is shown again. One query; none for a word without kin.
    """
    words = _words(text, region.language)
    if not words:
        return []
    whole = kin.get(_plain(text), ())
    groups = [list(dict.fromkeys([word, *kin.get(word, ()), *_ends(word, region.language), *whole])) for word in words]
    if len(groups) == 1 and len(words[0]) < len(_plain(text)) and HAN.match(words[0]):
        groups = [groups[0][1:]]  # one character of a longer word says nothing of it
    if len(groups) == 1 and set(groups[0]) <= set(words):
        return []  # the one word has been looked for
    return cards(_source(groups, region, list(without)), region, prices)


def _ends(word: str, language: str) -> list[str]:
    """What the thing may be called of which a compound is a kind."""
    means = synonyms(language)
    if KANA.fullmatch(word):
        ends = [word[start:] for start in range(1, len(word) - 1) if means.same(word[start:])]
    else:
        ends = [last for _first, last in compounds(word, language) if len(last) >= _SHORTEST]
    return [each for last in ends for each in (last, *means.same(last))]


def _plain(text: str) -> str:
    return " ".join(bare(text).lower().split())


def _words(text: str, language: str) -> list[str]:
    """The words of a search, Chinese characters one by one, and as one what is written in one script of kana."""
    found = (part for atom in atoms(text) for part in (_SCRIPTS.findall(atom) if HAN.fullmatch(atom) else (atom,)))
    return list(dict.fromkeys(found))[:_MOST_WORDS]


def _source(groups: list[list[str]], region: Region, without: list[int]) -> Source:
    language = region.language
    own = configuration(language)
    parameters: dict[str, Any] = {"without": without, "held": ["", region.country], "country": region.country}
    queries = []
    for group in groups:
        forms = []
        for word in group:
            for name in dict.fromkeys([own, "simple", SOURCE]):
                place = f"p{len(parameters)}"
                parameters[place] = _spaced(word)
                forms.append(f"plainto_tsquery('{name}', %({place})s)")
        queries.append(f"({' || '.join(forms)})")
    names = [f"w{number}" for number in range(len(groups))]
    wanted = _WANTED.format(any=" || ".join(names))
    steps, hits, _stopped = in_bands({"language": language, "wanted": wanted, "most": MOST_HITS}, MOST_HITS)
    sql = _FOUND.format(
        words=", ".join(f"{query} AS {name}" for query, name in zip(queries, names, strict=True)),
        any=" || ".join(names),
        matched=" + ".join(f"(hits.document @@ {name})::int" for name in names),
        count=len(names), most=MOST, steps=steps, hits=hits,
        gives_way=gives_way("near", "SELECT id FROM near UNION ALL SELECT unnest(%(without)s::bigint[])"),
    )  # fmt: skip
    return Source(sql, parameters)


def _spaced(word: str) -> str:
    """Runs of Chinese and Japanese in pairs, as the documents have them."""
    return HAN.sub(lambda match: " ".join(pairs(match.group())), word)
