"""Which customs code goods have: the likeliest ones for words in any language of the shop, and what contradicts a code.

Pure: texts and values in, values out. The nomenclature and the confirmed listings are handed in; the words that the
languages have for goods are files beside the rules (`compliance/data/hs_*.csv`).
"""
