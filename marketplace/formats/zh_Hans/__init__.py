"""Numbers in Chinese, as CLDR writes them in Latin digits."""
