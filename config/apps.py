from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """Lets the composition root bring its own management commands."""

    name = "config"
    verbose_name = "Configuration"
