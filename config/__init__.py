"""The composition root: settings, URLs, Celery, servers and the embedded stack."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
