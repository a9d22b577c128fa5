"""What may be done to the catalogue. One module for each subject."""
