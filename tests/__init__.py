"""The tests of the shop; `bin/test` runs them."""
