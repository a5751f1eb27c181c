"""Squashed migrations, and the steps that they replace, are two ways to one place."""

from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState


def state_after(*, squashed: bool) -> ProjectState:
    loader = MigrationLoader(None, replace_migrations=squashed)
    return loader.project_state(loader.graph.leaf_nodes())


def test_the_steps_lead_to_the_same_tables_as_the_squash() -> None:
    steps, squash = state_after(squashed=False), state_after(squashed=True)

    assert MigrationAutodetector(steps, squash)._detect_changes() == {}


def test_the_steps_lead_to_the_same_triggers_as_the_squash() -> None:
    steps, squash = (
        {name: model.options.get("triggers", []) for name, model in state.models.items()}
        for state in (state_after(squashed=False), state_after(squashed=True))
    )

    assert steps["markets", "transfer"] != []
    assert steps == squash
