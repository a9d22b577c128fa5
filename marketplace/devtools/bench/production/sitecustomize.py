"""Python runs this at its start: what only tools of developers brought along is not to be found.

Production has none of it, and libraries that use it when they find it (structlog, celery, kombu, tablib) would take
more memory here than there.
"""

import sys

sys.modules |= dict.fromkeys(("greenlet", "pygments", "rich", "yaml"))  # type: ignore[arg-type]
