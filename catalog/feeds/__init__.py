"""Files that sellers bring: one module for each format, all of them yielding the same listings."""
