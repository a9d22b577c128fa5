from __future__ import annotations

import pytest

from accounts import address_rules
from marketplace.kernel.address import PostalAddress

LANGUAGES = ("en", "zh-hans", "ja", "ar", "de", "fr", "es")


@pytest.mark.parametrize(
    ("country", "language", "rows"),
    [
        ("DE", "de", "name / company_name / street_address / postal_code city"),
        ("US", "en", "name / company_name / street_address / city country_area postal_code"),
        ("JP", "ja", "postal_code / country_area / street_address / company_name / name"),
        ("JP", "de", "name / company_name / street_address / country_area / postal_code"),
        ("CN", "zh-hans", "postal_code / country_area city city_area / street_address / company_name / name"),
        ("CN", "en", "name / company_name / street_address / city_area / city / country_area postal_code"),
        ("GB", "en", "name / company_name / street_address / city / postal_code"),
        ("AE", "ar", "name / company_name / street_address / country_area"),
        ("BR", "es", "company_name / name / street_address / city_area / city country_area / postal_code"),
        ("KR", "en", "name / company_name / street_address / city_area / city / country_area / postal_code"),
        ("FR", "fr", "company_name / name / street_address / postal_code city"),
        ("CA", "fr", "name / company_name / street_address / city country_area postal_code"),
        ("IE", "en", "name / company_name / street_address / city_area / city / country_area / postal_code"),
        ("HK", "zh-hans", "country_area / city / street_address / company_name / name"),
        ("MX", "es", "name / company_name / street_address / city_area / postal_code city country_area"),
        ("KE", "en", "name / company_name / street_address / city / postal_code"),
        ("NO", "de", "name / company_name / street_address / postal_code city"),
    ],
)
def test_fields_stand_in_the_order_of_the_country(country: str, language: str, rows: str) -> None:
    assert " / ".join(" ".join(row) for row in address_rules.rows(country, language)) == rows


def test_every_country_has_each_of_its_fields_once_and_regions_that_are_known_by_key() -> None:
    for country in sorted(address_rules.countries()):
        for language in LANGUAGES:
            fields = [field for row in address_rules.rows(country, language) for field in row]
            assert sorted(fields) == sorted(address_rules.rules(country).allowed_fields), country
            keys = [key for key, _name in address_rules.area_choices(country, language)]
            assert len(keys) == len(set(keys))
            assert all(address_rules.area_key(country, key) == key for key in keys)


@pytest.mark.parametrize(
    ("country", "language", "choice"),
    [
        ("JP", "ja", ("東京都", "東京都")),
        ("JP", "fr", ("東京都", "Tokyo")),
        ("AE", "ar", ("إمارة دبيّ", "دبي")),
        ("AE", "en", ("إمارة دبيّ", "Dubai")),
        ("CN", "zh-hans", ("内蒙古自治区", "内蒙古")),
        ("HK", "zh-hans", ("Kowloon", "九龍")),
        ("HK", "en", ("Kowloon", "Kowloon")),
        ("CA", "fr", ("QC", "Québec")),
        ("CA", "de", ("QC", "Quebec")),
        ("US", "ja", ("CA", "California")),
    ],
)
def test_regions_are_named_in_a_script_that_the_reader_knows(
    country: str, language: str, choice: tuple[str, str]
) -> None:
    assert choice in address_rules.area_choices(country, language)


def test_regions_keep_the_customary_order_at_home_and_are_sorted_abroad() -> None:
    assert address_rules.area_choices("JP", "ja")[0][1] == "北海道"
    assert address_rules.area_choices("JP", "en")[0][1] == "Aichi"


@pytest.mark.parametrize(
    ("country", "text", "key"),
    [
        ("US", "new york", "NY"),
        ("US", "ny ", "NY"),
        ("JP", "tokyo", "東京都"),
        ("CA", "québec", "QC"),
        ("US", "Bavaria", ""),
    ],
)
def test_a_region_is_known_by_any_of_its_names(country: str, text: str, key: str) -> None:
    assert address_rules.area_key(country, text) == key


@pytest.mark.parametrize(
    ("country", "area", "typed", "tidied", "fault"),
    [
        ("DE", "", " 10115 ", "10115", ""),
        ("DE", "", "D-10115", "10115", ""),
        ("DE", "", "1011", "1011", "format"),
        ("DE", "", "10115x", "10115X", "format"),
        ("US", "CA", "90210-1234", "90210-1234", ""),
        ("US", "NY", "90210", "90210", "area"),
        ("JP", "", "〒１５０－０００１", "150-0001", ""),
        ("JP", "", "1500001", "1500001", ""),
        ("CN", "", "518000", "518000", ""),
        ("GB", "", "sw1a 1aa", "SW1A 1AA", ""),
        ("GB", "", "SW1A 1AAX", "SW1A 1AAX", "format"),
        ("GB", "", "GIR 0AA1", "GIR 0AA1", "format"),
        ("AE", "", "anything", "ANYTHING", ""),
        ("BR", "SP", "01310-100", "01310-100", ""),
        ("BR", "SP", "69900-000", "69900-000", "area"),
        ("KR", "", "03051", "03051", ""),
        ("FR", "", "75001", "75001", ""),
        ("CA", "QC", "h3z2y7", "H3Z2Y7", ""),
        ("CA", "ON", "H3Z 2Y7", "H3Z 2Y7", "area"),
        ("IE", "", "d02 af30", "D02 AF30", ""),
        ("MX", "", "02860", "02860", ""),
        ("KE", "", "00100", "00100", ""),
        ("NO", "", "N-0025", "0025", ""),
        ("NO", "", "25", "25", "format"),
        ("EG", "", "١١٥١١", "11511", ""),
        ("CH", "", "CH-8001", "8001", ""),
        ("FI", "", "FI-00100", "00100", ""),
    ],
)
def test_postal_codes_are_tidied_and_checked(country: str, area: str, typed: str, tidied: str, fault: str) -> None:
    assert address_rules.tidy_postal_code(country, area, typed) == tidied
    assert address_rules.postal_code_fault(country, area, tidied) == fault


@pytest.mark.parametrize(
    ("address", "language", "lines"),
    [
        (
            PostalAddress("Greta Lindholz", "Kaiweg 3", "Bremen", "DE", postal_code="28195"),
            "ar",
            ["Greta Lindholz", "Kaiweg 3", "28195 Bremen", "ألمانيا"],
        ),
        (
            PostalAddress("森川 悠", "神宮前1-2-3", "", "JP", postal_code="150-0001", country_area="東京都"),
            "ja",
            ["〒150-0001", "東京都", "神宮前1-2-3", "森川 悠", "日本"],
        ),
        (
            PostalAddress("Yu", "1-2-3 Jingumae\nRoom 4", "", "JP", postal_code="150-0001", country_area="東京都"),
            "en",
            ["Yu", "1-2-3 Jingumae, Room 4, Tokyo", "150-0001", "Japan"],
        ),
        (
            PostalAddress("Ann", "1 Main St", "Springfield", "US", postal_code="62701", country_area="IL"),
            "de",
            ["Ann", "1 Main St", "Springfield, IL 62701", "Vereinigte Staaten"],
        ),
        (
            PostalAddress("李雷", "科技路1号", "深圳市", "CN", postal_code="518000", country_area="广东省"),
            "zh-hans",
            ["518000", "广东省深圳市", "科技路1号", "李雷", "中国"],
        ),
        (
            PostalAddress("Aino", "Katu 1", "Helsinki", "FI", postal_code="00100"),
            "en",
            ["Aino", "Katu 1", "FI-00100 Helsinki", "Finland"],
        ),
        (PostalAddress("Ann", "Street", "Town", "XX"), "en", ["Ann", "Street", "Town", "XX"]),
    ],
)
def test_an_address_is_written_as_on_a_parcel(address: PostalAddress, language: str, lines: list[str]) -> None:
    assert address_rules.lines(address, language) == lines


def test_countries_are_named_and_sorted_in_the_language_of_the_reader() -> None:
    german = [name for _code, name in address_rules.country_choices("de")]

    assert german.index("Österreich") < german.index("Polen")
    assert address_rules.country_name("KE", "ja") == "ケニア"
