"""What stands behind `bin/dev` and `bin/test`: environment, servers, processes, catalogues.

Nothing of the running shop imports it. `environment` runs on the machine's own Python, before anything is
installed, and therefore imports the standard library alone.
"""
