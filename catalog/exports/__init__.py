"""Listings for elsewhere: a seller's own table, which the importer reads back, and feeds for other places that sell."""
