"""Django's backend for PostgreSQL, which looks at a kept connection before it asks the server whether it still stands."""
