"""What a long program of the tests shows while it runs."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn


@contextmanager
def shown_progress(console: Console) -> Iterator[tuple[Console, Callable[[str], None]]]:
    """Give what prints above a spinner, and what changes the spinner's text.

    Where nobody looks, because the console is no terminal, each text is a line of its own.
    """
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console, refresh_per_second=2) as progress:
        task = progress.add_task("starting")

        def say(text: str) -> None:
            progress.update(task, description=text)
            if not console.is_terminal:
                console.print(text)

        yield progress.console, say
