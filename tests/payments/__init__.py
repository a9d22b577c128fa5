"""Tests of payments, refunds, exchange rates and the sandbox payment provider."""
