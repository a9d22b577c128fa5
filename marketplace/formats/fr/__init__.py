"""Numbers in French, as CLDR writes them in Latin digits."""
