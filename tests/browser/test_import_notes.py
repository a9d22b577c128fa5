"""The sentences about an import on a phone: they are read without moving sideways, in every direction of writing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from accounts.models import Seller, User
from catalog.models import ImportJob
from tests.browser.officers import Read, session_of
from tests.support.stack import Stack

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.worker, pytest.mark.xdist_group("browser")]
HANDLES = ("kettle", "gooseneck-electric-kettle-studio-edition-matte-black", "WHB-SERIES-4-ELECTRIC-KETTLE-GOOSENECK")
REASON = {
    "en": "The column “Option3 Linked To” is not read. Nothing of it goes in.",
    "ar": "لا يُقرأ العمود «Option3 Linked To»، ولا يدخل شيء مما فيه إلى المتجر.",
    "zh-hans": "不读取“Option3 Linked To”列，其中的内容不会导入。",
}
WIDER = (
    "all => all.filter(each => each.scrollWidth > each.clientWidth).map(each => each.scrollWidth - each.clientWidth)"
)


@pytest.fixture
def job(shop: Stack, read: Read) -> Iterator[tuple[str, int]]:
    """The session of somebody who may see all, and an import with notes and errors."""

    def make() -> tuple[str, int]:
        key = session_of("Ilse")
        User.objects.filter(email="ilse@sampan.example").update(is_superuser=True)
        made = ImportJob.objects.create(seller=Seller.objects.order_by("pk")[0], currency="CNY", file_name="goods.csv",
                                        state=ImportJob.State.DONE)  # fmt: skip
        return key, made.pk

    yield read(make)
    read(lambda: (ImportJob.objects.all().delete(), User.objects.filter(email="ilse@sampan.example").delete()))


@pytest.mark.parametrize("width", [320, 390, 1440])
@pytest.mark.parametrize("language", ["en", "ar", "zh-hans"])
def test_nothing_has_to_be_moved_sideways(
    new_page: Callable[..., Page], shop: Stack, read: Read, job: tuple[str, int], language: str, width: int
) -> None:
    session, key = job
    rows = [{"line": 1024 + n, "handle": handle, "reason": REASON[language]} for n, handle in enumerate(HANDLES)]
    cells = [row | {"field": "Variant Compare At Price", "value": "12,50 EUR (UVP)"} for row in rows]
    read(lambda: ImportJob.objects.update(result={"remarks": rows, "errors": cells, "rejected": 3}))
    page = new_page({"zh-hans": "zh-CN"}.get(language, language), viewport={"width": width, "height": 844})
    page.context.add_cookies([
        {"name": "sessionid", "value": session, "url": shop.url}, {"name": "language", "value": language, "url": shop.url},
    ])  # fmt: skip

    page.goto(f"/admin/catalog/importjob/{key}/change/")

    assert page.locator("html").get_attribute("dir") == ("rtl" if language == "ar" else "ltr")
    assert page.locator(".admin-scroll").count() == 2
    assert page.locator(".admin-scroll").evaluate_all(WIDER) == []
