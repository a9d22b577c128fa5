"""Machines that translate, each a module that can be deleted without a trace elsewhere."""

from catalog.providers.base import Translator, translator

__all__ = ["Translator", "translator"]
