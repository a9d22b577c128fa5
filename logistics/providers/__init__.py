"""The carriers that the marketplace speaks to; each is a module here that can be removed without a trace."""
