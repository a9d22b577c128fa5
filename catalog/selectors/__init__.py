"""What may be asked of the catalogue. One module for each kind of page."""
