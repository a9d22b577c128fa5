"""The pages of a purchase. One module for each part of the way."""
