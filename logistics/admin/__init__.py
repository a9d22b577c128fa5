"""The admin's tables of logistics: warehouses, the tariff, and what was sent."""

from logistics.admin import shipments, tariff, warehouses

__all__ = ["shipments", "tariff", "warehouses"]
