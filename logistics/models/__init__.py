"""The facts of logistics: what may be sent how and for how much, and what was sent."""

from logistics.models.shipments import CustomsDeclaration, Parcel, Shipment, TrackingEvent
from logistics.models.tariff import DefaultWeight, ShippingRate, ShippingService, TariffVersion, Zone, ZoneCountry
from logistics.models.warehouses import Warehouse

__all__ = [
    "CustomsDeclaration",
    "DefaultWeight",
    "Parcel",
    "Shipment",
    "ShippingRate",
    "ShippingService",
    "TariffVersion",
    "TrackingEvent",
    "Warehouse",
    "Zone",
    "ZoneCountry",
]
