"""The demonstration: its catalogue, its studio, and the outside world that the shop talks to while it runs."""
