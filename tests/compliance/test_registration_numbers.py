"""Numbers of each kind by shape and check digit: what is kept of them, and what is refused and why."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.models import Registration
from compliance.registrations import KINDS, Malformed, Scheme, checked, country_of
from compliance.registrations.kinds import MEMBER_STATES
from compliance.rules.files import read_all
from compliance.words.registrations import EXAMPLES, WAYS

SHAPE, DIGIT, PLACE = "wrong_shape", "wrong_check_digit", "wrong_place"
SCHEMES = {(row["country"], row["stream"]): row for row in read_all()["epr_schemes"]}

# kind, country, as typed, as kept
GOOD = [
    ("vat", "DE", "DE136695976", "DE136695976"),
    ("vat", "DE", " de 136.695.976 ", "DE136695976"),
    ("vat", "DE", "136695976", "DE136695976"),
    ("vat", "DE", "ＤＥ１３６６９５９７６", "DE136695976"),  # full width, as on a Chinese keyboard
    ("vat", "DE", "DE١٣٦٦٩٥٩٧٦", "DE136695976"),  # Arabic digits
    ("vat", "GR", "EL 094259216", "EL094259216"),
    ("vat", "GR", "GR094259216", "EL094259216"),
    ("vat", "FR", "FR 40 303 265 045", "FR40303265045"),
    ("vat", "ES", "B58378431", "ESB58378431"),
    ("vat", "AT", "U13585627", "ATU13585627"),
    ("vat", "IT", "IT 00743110157", "IT00743110157"),
    ("vat", "NL", "NL4495445B01", "NL004495445B01"),
    ("vat", "BE", "BE 0428.759.497", "BE0428759497"),
    ("vat", "IE", "IE 6433435F", "IE6433435F"),
    ("vat", "PL", "PL 8567346215", "PL8567346215"),
    ("vat", "SE", "SE 123456789701", "SE123456789701"),
    ("vat", "XI", "XI 980 7806 84", "XI980780684"),
    ("uk_vat", "GB", "GB 980 7806 84", "GB980780684"),
    ("uk_vat", "GB", "980780684", "GB980780684"),
    ("ioss", "", "IM 276 123456 7", "IM2761234567"),
    ("ioss", "", "im3721234567", "IM3721234567"),
    ("oss", "DE", "DE136695976", "DE136695976"),
    ("oss", "IE", "EU372022452", "EU372022452"),
    ("eori", "DE", "DE 1234567", "DE1234567"),
    ("eori", "GB", "GB 123 4567 89 000", "GB123456789000"),
    ("eori", "GR", "GR094259216", "GR094259216"),
    ("voec", "NO", "VOEC 2012345", "2012345"),
    ("gst_au", "AU", "83 914 571 673", "83914571673"),
    ("gst_au", "AU", "ARN 3000 1234 5678", "300012345678"),
    ("gst_nz", "NZ", "49-098-576", "49098576"),
    ("gst_sg", "SG", "197401143C", "197401143C"),
    ("gst_sg", "SG", "M2-1234567-8", "M212345678"),
    ("uscc", "CN", "9 1 110000 600037341L", "91110000600037341L"),
    ("other", "JP", "Register of Osaka 12", "Register of Osaka 12"),
]

# kind, country, as typed, why it is refused
BAD = [
    ("vat", "DE", "DE136695978", DIGIT),
    ("vat", "DE", "DE13669597", SHAPE),
    ("vat", "DE", "FR40303265045", PLACE),
    ("vat", "DE", "DE", SHAPE),
    ("vat", "DE", "", SHAPE),
    ("vat", "FR", "FR 84 323 140 391", DIGIT),
    ("vat", "NL", "NL004495444B01", DIGIT),
    ("vat", "PL", "PL 8567346216", DIGIT),
    ("vat", "AT", "ATU13585626", DIGIT),
    ("uk_vat", "GB", "GB 802 3117 81", DIGIT),
    ("uk_vat", "GB", "GB 98078068", SHAPE),
    ("uk_vat", "GB", "XI 980 7806 84", PLACE),
    ("ioss", "", "IM276123456", SHAPE),  # a digit short
    ("ioss", "", "IM27612345678", SHAPE),  # a digit too many
    ("ioss", "", "IM8401234567", SHAPE),  # 840 is no member state
    ("ioss", "", "IN2761234567", SHAPE),  # of an intermediary
    ("ioss", "", "EU276123456", SHAPE),
    ("oss", "DE", "DE136695978", DIGIT),
    ("oss", "DE", "EU840123456", SHAPE),
    ("eori", "GB", "GB12345678900", SHAPE),
    ("eori", "DE", "FR1234567", PLACE),
    ("eori", "DE", "DE1234567890123456", SHAPE),
    ("voec", "NO", "201234", SHAPE),
    ("gst_au", "AU", "99 999 999 999", DIGIT),
    ("gst_au", "AU", "1234567890", SHAPE),
    ("gst_nz", "NZ", "49-098-577", DIGIT),
    ("gst_sg", "SG", "00192200X", DIGIT),
    ("gst_sg", "SG", "M2-123456-8", SHAPE),
    ("uscc", "CN", "91110000600037342L", DIGIT),
    ("uscc", "CN", "9111000060003734", SHAPE),
]

# country, stream, as typed, as kept or why it is refused
IN_REGISTERS = [
    ("DE", "packaging", "DE 1234567890123", "DE1234567890123"),
    ("DE", "packaging", "de-1234.5678.90123", "DE1234567890123"),
    ("DE", "packaging", "DE123456789012", SHAPE),
    ("DE", "weee", "WEEE-Reg.-Nr. DE 12345678", "WEEE-Reg.-Nr. DE 12345678"),
    ("DE", "weee", "DE 12345678", "DE12345678"),
    ("DE", "weee", "DE1234567", SHAPE),
    ("FR", "textiles", "FR012345_11ABCD", "FR012345_11ABCD"),
    ("FR", "textiles", " fr012345_11abcd", "FR012345_11ABCD"),
    ("FR", "textiles", "FR012345＿11ABCD", "FR012345_11ABCD"),
    ("FR", "textiles", "FR012345_01ABCD", SHAPE),  # the number of another stream
    ("FR", "packaging", "FR012345_01ABCD", "FR012345_01ABCD"),
    # A guide on the web prints numbers of this shape, which the register never gave.
    ("FR", "packaging", "FR01234501ABCDE", SHAPE),
    ("FR", "packaging", "FR-0123456-01-ABCD", SHAPE),
    ("FR", "packaging", "FR012345_01ABC", SHAPE),
    ("ES", "packaging", "env/2023/000 002 888", "ENV/2023/000002888"),
    ("ES", "packaging", "ENV/2023/2888", SHAPE),
    ("AT", "packaging", "9008390000007", "9008390000007"),
    ("AT", "packaging", "900 8390 00000 7", "9008390000007"),
    ("AT", "packaging", "9008390000000", DIGIT),
    ("AT", "weee", "900839000000", SHAPE),
    ("IT", "weee", "IT 0000 0000 0000 00", "IT00000000000000"),
    ("IT", "battery", "IT12345P12345678", "IT12345P12345678"),
    ("PL", "packaging", "000 123 456", "000123456"),
    ("GB", "weee", "WEE/AB1234CD", "WEE/AB1234CD"),
    ("NL", "packaging", "Verpact 77", "Verpact 77"),  # no shape is known
]


@pytest.mark.parametrize(("kind", "country", "typed", "kept"), GOOD)
def test_a_number_is_kept_in_one_way_however_it_was_typed(kind: str, country: str, typed: str, kept: str) -> None:
    assert checked(kind, country, typed) == kept
    assert checked(kind, country, kept) == kept


@pytest.mark.parametrize(("kind", "country", "typed", "why"), BAD)
def test_a_number_that_cannot_be_one_is_refused(kind: str, country: str, typed: str, why: str) -> None:
    with pytest.raises(Malformed) as refused:
        checked(kind, country, typed)

    assert refused.value.code == why


@pytest.mark.parametrize(("country", "stream", "typed", "outcome"), IN_REGISTERS)
def test_numbers_of_producer_registers_have_the_shape_of_their_row(
    country: str, stream: str, typed: str, outcome: str
) -> None:
    row = SCHEMES[country, stream]
    scheme = Scheme(row["number_pattern"], row["check_digit"])

    if outcome in (SHAPE, DIGIT):
        with pytest.raises(Malformed) as refused:
            checked("epr", country, typed, scheme)
        assert refused.value.code == outcome
    else:
        assert checked("epr", country, typed, scheme) == outcome


def test_the_examples_that_people_read_are_numbers_themselves() -> None:
    for kind, example in EXAMPLES.items():
        country = KINDS[kind].only_country or ("DE" if KINDS[kind].has_country else "")
        assert checked(kind, country, example)
    for (country, _stream), row in SCHEMES.items():
        if row["example"]:
            assert checked("epr", country, row["example"], Scheme(row["number_pattern"], row["check_digit"]))


def test_every_kind_of_the_table_is_known_with_its_words_and_every_member_state_has_numbers() -> None:
    assert set(KINDS) == set(Registration.Kind.values) == set(WAYS)
    assert {country_of(KINDS["vat"], country) for country in MEMBER_STATES} == MEMBER_STATES
    assert len(MEMBER_STATES) == 27


@pytest.mark.parametrize(
    ("kind", "named", "kept"),
    [
        ("uk_vat", "", "GB"), ("uk_vat", "gb", "GB"), ("ioss", "DE", ""), ("vat", " de", "DE"), ("vat", "XI", "XI"),
        ("eori", "GB", "GB"), ("epr", "NO", "NO"), ("other", "", ""),
    ],
)  # fmt: skip
def test_a_number_is_kept_under_the_country_where_it_holds(kind: str, named: str, kept: str) -> None:
    assert country_of(KINDS[kind], named) == kept


@pytest.mark.parametrize(("kind", "named"), [("uk_vat", "DE"), ("vat", ""), ("vat", "US"), ("vat", "GB"), ("epr", "")])
def test_a_country_without_such_numbers_is_refused(kind: str, named: str) -> None:
    with pytest.raises(ValueError, match=r"^"):
        country_of(KINDS[kind], named)


@given(kind=st.sampled_from(sorted(KINDS)), text=st.text(max_size=80))
def test_whatever_is_typed_is_kept_or_refused(kind: str, text: str) -> None:
    country = KINDS[kind].only_country or ("DE" if KINDS[kind].has_country else "")
    try:
        kept = checked(kind, country, text, Scheme(r"^DE\d{13}$"))
    except Malformed:
        return
    assert 2 <= len(kept) <= 62
    assert checked(kind, country, kept, Scheme(r"^DE\d{13}$")) == kept
