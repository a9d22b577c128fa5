"""How numbers are written where the tables of Django and of CLDR differ: as CLDR has it, by which prices are written."""
