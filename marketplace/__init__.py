"""The composition root: settings, addresses, middleware, the Celery application.

It sees every app and is seen by none; only `marketplace.kernel` lies below the apps.
"""

from marketplace.celery import app as celery_app

__all__ = ("celery_app",)
