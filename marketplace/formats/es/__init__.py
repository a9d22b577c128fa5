"""Numbers in Spanish, as CLDR writes them in Latin digits."""
