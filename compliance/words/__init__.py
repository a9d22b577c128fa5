"""What figures, rules and warnings are called, and the sentences in which readers meet them."""
