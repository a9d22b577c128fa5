"""XLIFF comes back as programs for translators leave it: in groups and segments, with codes emptied, in version 2."""

from __future__ import annotations

from xml.sax.saxutils import escape

import pytest

from catalog.feeds.texts import SentText, sent_texts
from marketplace.kernel.errors import Refused

V1 = "urn:oasis:names:tc:xliff:document:1.2"
V2 = "urn:oasis:names:tc:xliff:document:2.0"
B, E = (f'<ph id="{number}">{escape(tag)}</ph>' for number, tag in ((1, "<b>"), (2, "</b>")))


def in_version_1(body: str, language: str = "de", rest: str = "") -> bytes:
    head = f'<xliff version="1.2" xmlns="{V1}" xmlns:sdl="http://sdl.com/FileTypes/SdlXliff/1.0"{rest}>'
    return f'{head}<file original="listing-7" target-language="{language}"><body>{body}</body></file></xliff>'.encode()


def unit(target: str, source: str = f"A {B}red{E} mug.") -> str:
    return f'<trans-unit id="7:name"><source>{source}</source>{target}</trans-unit>'


def only(content: bytes) -> SentText:
    [one] = sent_texts(content)
    return one


@pytest.mark.parametrize(
    ("tag", "language"),
    [("de-DE", "de"), ("DE_at", "de"), ("es-419", "es"), ("zh-CN", "zh-hans"), ("zh-Hans-SG", "zh-hans"), ("zh", "zh-hans"),
     ("zh-TW", "zh-tw"), ("zh-Hant-HK", "zh-hant-hk"), ("pt-BR", "pt-br"), ("", "")],
)  # fmt: skip
def test_a_language_may_have_its_country(tag: str, language: str) -> None:
    assert only(in_version_1(unit("<target>Becher</target>"), tag)).language == language
    assert only(f"id,language,source,target\n7:name,{tag},Mug,Becher\n".encode()).language == language


def test_a_target_may_say_the_language_itself() -> None:
    body = unit('<target xml:lang="fr-CA">Tasse</target>')

    assert only(in_version_1(body, "")).language == "fr"


@pytest.mark.parametrize(
    "target",
    [
        f"<target>Ein {B}roter{E} Becher.</target>",
        '<target>Ein <ph id="1"/>roter<ph id="2"/> Becher.</target>',
        '<target>Ein <x id="1"/>roter<x id="2"/> Becher.</target>',
        f'<seg-source><mrk mtype="seg" mid="1">A {B}red{E} mug.</mrk></seg-source>'
        f'<target><mrk mtype="seg" mid="1">Ein {B}roter{E} </mrk><mrk mtype="seg" mid="2">Becher.</mrk></target>',
        f"<target><![CDATA[Ein ]]>{B}roter{E}<![CDATA[ Becher.]]></target>"
        "<alt-trans match-quality='80%'><source>A mug</source><target>Ein Napf</target></alt-trans>",
        f"<note>red as a brick</note><target state='translated'>Ein {B}<mrk mtype='x-sdl-comment'>roter</mrk>{E} Becher.</target>",
    ],
    ids=["kept", "emptied", "x", "segments", "cdata", "comment"],
)  # fmt: skip
@pytest.mark.parametrize("around", ["{}", "<group id='a'><group id='b'>{}</group></group>"], ids=["plain", "groups"])
def test_codes_and_segments_become_the_text_again(target: str, around: str) -> None:
    one = only(in_version_1(around.format(unit(target))))

    assert (one.name, one.source, one.target) == ("7:name", "A <b>red</b> mug.", "Ein <b>roter</b> Becher.")


@pytest.mark.parametrize("state", ["new", "needs-translation"])
def test_a_source_that_was_filled_in_and_not_touched_is_no_translation(state: str) -> None:
    copied = f"<target state='{state}'>A {B}red{E}\n mug.</target>"

    assert only(in_version_1(unit(copied))).target == ""
    assert only(in_version_1(unit(copied.replace(state, "final")))).target == "A <b>red</b>\n mug."


def test_a_file_may_be_in_utf_16() -> None:
    text = '<?xml version="1.0" encoding="utf-16"?>' + in_version_1(unit("<target>杯子</target>"), "zh-CN").decode()

    assert only(text.encode("utf-16")).target == "杯子"


def in_version_2(inside: str) -> bytes:
    data = '<originalData><data id="d1">&lt;b&gt;</data><data id="d2">&lt;/b&gt;</data></originalData>'
    return (
        f'<xliff version="2.1" xmlns="{V2}" srcLang="en" trgLang="de-DE"><file id="f1"><group id="g">'
        f'<unit id="7:name">{data}{inside}</unit></group></file></xliff>'
    ).encode()


@pytest.mark.parametrize(
    ("begin", "end"),
    [('<pc id="1" dataRefStart="d1" dataRefEnd="d2">', "</pc>"), ('<ph id="1" dataRef="d1"/>', '<ph id="2" dataRef="d2"/>'),
     ('<sc id="1" dataRef="d1"/>', '<ec startRef="1" dataRef="d2"/>')],
    ids=["pc", "ph", "sc"],
)  # fmt: skip
def test_version_2_is_read_with_its_segments_and_codes(begin: str, end: str) -> None:
    inside = (
        f"<segment state='translated'><source>A {begin}red{end} mug.</source><target>Ein {begin}roter{end} Becher.</target></segment>"
        "<ignorable><source> </source></ignorable>"
        "<segment><source>Old.</source><target>Alt.</target></segment>"
    )

    one = only(in_version_2(inside))

    assert (one.name, one.language, one.source, one.target) == (
        "7:name", "de", "A <b>red</b> mug. Old.", "Ein <b>roter</b> Becher. Alt.",
    )  # fmt: skip


def test_a_text_of_which_a_segment_is_missing_is_no_translation() -> None:
    half = (
        "<segment><source>A mug.</source><target>Ein Becher.</target></segment><segment><source>Old.</source></segment>"
    )

    assert only(in_version_2(half)).target == ""
    assert only(in_version_2("<segment state='initial'><source>A</source><target>A</target></segment>")).target == ""


@pytest.mark.parametrize(
    "content",
    [
        b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + in_version_1(unit("<target>&a;</target>")),
        b"<!DOCTYPE xliff>" + in_version_2("<segment/>"), b'<?xml version="1.0" encoding="no-such"?><a/>',
        in_version_1(unit("<target>&nbsp;</target>")), f"<xliff xmlns='{V2}3'/>".encode(), in_version_1(unit("<target>"))[:-30],
    ],
)  # fmt: skip
def test_what_is_no_such_file_is_refused(content: bytes) -> None:
    with pytest.raises(Refused) as refused:
        sent_texts(content)

    assert refused.value.code == "file_unreadable"


def test_codes_deep_in_each_other_are_read() -> None:
    deep = "<g id='9'>" * 20_000 + "Becher" + "</g>" * 20_000

    assert only(in_version_1(unit(f"<target>{deep}</target>"))).target == "Becher"
