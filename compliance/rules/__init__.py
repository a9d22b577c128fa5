"""The rule book: its rows as values, its files, how they get into the database and out of it, their review and history."""
