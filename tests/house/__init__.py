"""The tests of the house: layers, sizes, and the tools it is run with."""
