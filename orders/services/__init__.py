"""What may be done to carts and orders. One module for each subject."""
