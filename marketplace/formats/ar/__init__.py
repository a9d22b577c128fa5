"""Numbers in Arabic, as CLDR writes them in Latin digits."""
