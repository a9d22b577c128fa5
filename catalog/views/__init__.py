"""The pages of the catalogue: one module for looking around, one for the price at the door."""
