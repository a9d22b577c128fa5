"""Who may sell, in rules on plain values: the states of a seller, what is missing, bank accounts, names that are alike."""
