"""The file of what was left out: whole listings and nothing else, so that mending it takes nothing off sale."""

from __future__ import annotations

import csv
import io

import pytest

from catalog.feeds.lines import Lines
from catalog.models import ImportJob, Product, Variant
from catalog.services import import_jobs
from tests.catalog.admin_stage import Stage
from tests.catalog.test_import_jobs import file

pytestmark = pytest.mark.django_db
PLAIN = (
    "handle,title,sku,option1_name,option1_value,price,quantity\n5,Bad cup,BC-1,,,dear,3\n"
    "ring9,Ring,R9-1,Colour,Red,10,5\nring9,,R9-2,Colour,Blue,10,7\n"
)  # fmt: skip
NAMELESS = "title,option1_name,option1_value,price\nA cup,Colour,Blue,10\nA cup,Colour,Red,dear\nA jug,,,12\n"
WOO = (
    "ID,Type,SKU,Name,Published,Regular price,Parent,Attribute 1 name,Attribute 1 value(s)\n"
    '44,variable,,Woo cup,1,,,Color,"Red, Blue"\n45,variation,WV1,Woo cup - Red,1,dear,id:44,Color,Red\n'
    "46,variation,WV2,Woo cup - Blue,1,12,id:44,Color,Blue\n47,simple,W-3,Woo lid,1,12,,,\n"
)


def imported(stage_: Stage, text: str, format: str = "auto") -> ImportJob:
    job = import_jobs.upload(
        seller=stage_.seller, actor=stage_.member, file=file(text), format=format, currency="USD"
    )  # fmt: skip
    import_jobs.work_on(job.pk)
    import_jobs.start(job=job)
    import_jobs.work_on(job.pk)
    job.refresh_from_db()
    assert job.state == ImportJob.State.DONE
    return job


def written(job: ImportJob) -> str:
    text = io.StringIO()
    csv.writer(text).writerows(import_jobs.left_out(job=job))
    return text.getvalue()


def test_a_handle_that_is_also_a_number_of_pieces_draws_in_no_other_listing(on_stage: Stage) -> None:
    job = imported(on_stage, PLAIN)
    table = written(job)

    assert [row[1] for row in csv.reader(io.StringIO(table))] == ["handle", "5"]
    again = imported(on_stage, table.replace("dear", "11.00"))
    assert (again.result["created"], again.result["updated"], again.result["rejected"]) == (1, 0, 0)
    assert Variant.objects.filter(product__handle="ring9", is_active=True).count() == 2


@pytest.mark.parametrize(
    ("text", "handle", "rows"), [(NAMELESS, "a-cup", 2), (WOO, "id:44", 3)], ids=["nameless", "woocommerce"]
)
def test_all_rows_of_a_listing_are_there_whatever_its_key_is_made_of(
    text: str, handle: str, rows: int, on_stage: Stage
) -> None:
    job = imported(on_stage, text)
    table = written(job)

    assert len(table.splitlines()) == 1 + rows
    again = imported(on_stage, table.replace("dear", "11.00"), job.format)
    assert (again.result["created"], again.result["rejected"]) == (1, 0)
    assert Variant.objects.filter(product__handle=handle, is_active=True).count() == 2


def test_however_many_listings_are_left_out_all_are_in_the_file(
    on_stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_jobs, "MOST_ERRORS", 3)
    bad = "".join(f"Cup {number},E-{number},dear\n" for number in range(8))

    job = imported(on_stage, f"title,sku,price\nLid,L-1,2\n{bad}Jug,J-1,3\n")

    left_out = Lines.unpacked(job.result["left_out"])
    assert (len(job.result["errors"]), job.result["errors_total"]) == (3, 8)
    assert [line for line in range(20) if line in left_out] == [*range(3, 11)]
    rows = list(csv.reader(io.StringIO(written(job))))
    assert [row[2] for row in rows[1:]] == [f"E-{number}" for number in range(8)]


def test_a_row_that_a_comma_has_moved_stays_an_error_until_it_is_mended(on_stage: Stage) -> None:
    table = written(imported(on_stage, "title,sku,price,quantity\nCup,E-1,12,50,3\n"))

    again = imported(on_stage, table)
    mended = imported(on_stage, written(again).replace("12,50,3", '"12,50",3'))

    assert list(csv.reader(io.StringIO(table)))[1][1:] == ["Cup", "E-1", "12", "50", "3"]
    assert (again.result["created"], again.result["rejected"]) == (0, 1)
    assert mended.result["created"] == 1
    assert str(Variant.objects.get(sku="E-1").price.amount) == "12.5000"


def test_a_job_from_before_says_what_its_errors_say(on_stage: Stage) -> None:
    job = imported(on_stage, NAMELESS)
    del job.result["left_out"]

    assert len(written(job).splitlines()) == 3
    assert Product.objects.filter(handle="a-jug").exists()
