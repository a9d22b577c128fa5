"""What synthetic listings say of their goods, so that most of them may be sold everywhere, and what stands behind it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from django.conf import settings

from accounts.models import Seller
from catalog.models import EconomicOperator, ProductFacts, ProductImage, TextState
from catalog.services import pictures
from compliance.models import EPRScheme, Registration
from marketplace.kernel.copying import copy_rows

_TOYS: Final = "9503"
_PICTURE: Final = "kiln-lane-mug-1.webp"
_WARNING: Final = {
    "en": "Not suitable for children under 3 years: small parts.", "de": "Nicht für Kinder unter 3 Jahren: Kleinteile.",
    "fr": "Ne convient pas aux enfants de moins de 3 ans : petites pièces.", "ja": "3歳未満のお子様には適しません。小さな部品があります。",
    "es": "No apto para niños menores de 3 años: piezas pequeñas.", "zh_hans": "不适合3岁以下儿童：含小零件。",
    "ar": "غير مناسب للأطفال دون 3 سنوات: قطع صغيرة.",
}  # fmt: skip


class SyntheticFacts:
    """Manufacturer, responsible person and registrations of each seller, and the rows of the listings."""

    def __init__(self, sellers: Sequence[Seller]) -> None:
        """Writes what the sellers need; run again, it writes nothing."""
        self.operators = {seller.pk: self._operators(seller) for seller in sellers}
        self._register(sellers)
        source = settings.BASE_DIR / "demo" / "media" / _PICTURE
        self.picture = pictures.keep_file(source, name=f"products/{_PICTURE}") if source.exists() else None

    def write(self, keys: Iterable[int], products: Iterable[Mapping[str, Any]]) -> None:
        """The facts and pictures of new listings, in sets."""
        pairs = list(zip(keys, products, strict=True))
        copy_rows(ProductFacts, [self._facts(key, product) for key, product in pairs])
        warnings = TextState.objects.filter(product__in=[key for key, _product in pairs], field="warnings")
        warnings.update(state=TextState.State.REVIEWED)
        if self.picture is not None:
            image = {"file": self.picture.name, "width": self.picture.width, "height": self.picture.height}
            copy_rows(ProductImage, [{"product_id": key, **image} for key, _product in pairs])

    def _facts(self, key: int, product: Mapping[str, Any]) -> dict[str, Any]:
        maker, person = self.operators[product["seller_id"]]
        is_toy = product["hs_code"].startswith(_TOYS)
        row = {
            "product_id": key, "manufacturer_id": maker, "responsible_person_id": person, "materials": "{}",
            "packaging_grams": '{"paper": "60"}', "battery": "none", "model_identifier": product["handle"],
            "has_no_warnings": not is_toy, "age_from": 3 if is_toy else None,
        }  # fmt: skip
        return row | {f"warnings_{suffix}": text for suffix, text in _WARNING.items() if is_toy}

    def _operators(self, seller: Seller) -> tuple[int, int]:
        roles = ((EconomicOperator.Role.MANUFACTURER, seller.name, seller.home_country),
                 (EconomicOperator.Role.RESPONSIBLE, "Synthetic Europe", "DE"))  # fmt: skip
        found = [
            EconomicOperator.objects.get_or_create(
                seller=seller, role=role, name=name, country=country,
                defaults={"postal_address": "1 Synthetic Street", "electronic_address": "safety@synthetic.example"},
            )[0].pk
            for role, name, country in roles
        ]  # fmt: skip
        return found[0], found[1]

    def _register(self, sellers: Sequence[Seller]) -> None:
        schemes = EPRScheme.objects.order_by("country", "stream").values_list("country", "stream").distinct()
        Registration.objects.bulk_create(
            [
                Registration(
                    seller=seller, kind=Registration.Kind.EPR, country=country, stream=stream,
                    number=f"SYNTHETIC-{country}-{stream}", state=Registration.State.VALID,
                )
                for seller in sellers for country, stream in schemes
            ],
            ignore_conflicts=True,
        )  # fmt: skip
