"""What strangers upload as evidence: found out by its content, made harmless, or refused with a sentence. No database.

`cleaned` is the one way in. Nothing here trusts the name or the type that the browser tells.
"""

from compliance.uploads.cleaning import ACCEPT, EXTENSIONS, MOST_BYTES, Cleaned, cleaned, too_large

__all__ = ["ACCEPT", "EXTENSIONS", "MOST_BYTES", "Cleaned", "cleaned", "too_large"]
