"""The admin's tables of orders: the whole for the staff, a seller's part for the seller, and the steps behind them."""

from orders.admin import report_lines, reports, sending, steps, whole

__all__ = ["report_lines", "reports", "sending", "steps", "whole"]
