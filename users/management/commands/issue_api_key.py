"""`manage.py issue_api_key`: a key for somebody's program, shown once."""

import argparse
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from rich.console import Console

from users.models import Scope, User
from users.services import issue_api_key


class Command(BaseCommand):
    help = "Issue an API key to a user and print it; only its hash is kept."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("email", help="Whose key it is.")
        parser.add_argument("--label", default="command line", help="What the key is for.")
        parser.add_argument(
            "--scope",
            action="append",
            choices=Scope.values,
            help="What it may do; give it several times. Default: read, forecast and trade.",
        )
        parser.add_argument("--days", type=int, help="Let it expire after so many days.")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(email__iexact=options["email"], is_active=True).first()
        if user is None:
            raise CommandError(f"Nobody signs in as {options['email']}.")
        if options["days"] is not None and options["days"] <= 0:
            raise CommandError("A key lasts at least one day: give --days 1 or more.")
        now = timezone.now()
        _, key = issue_api_key(
            user=user,
            label=options["label"],
            scopes=[
                Scope(scope)
                for scope in options["scope"] or (Scope.READ, Scope.FORECAST, Scope.TRADE)
            ],
            now=now,
            expires_at=options["days"] and now + timedelta(days=options["days"]),
        )
        Console(soft_wrap=True).print(key, highlight=False)
