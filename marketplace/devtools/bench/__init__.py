"""`bin/bench`: what pages, purchases and bulk work cost, as a ratio to a bare page of Django in the same run.

The benchmark has servers of its own in var/bench and runs the shop as in production. Linux only: processor time and
memory come from /proc.
"""
