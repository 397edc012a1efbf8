"""The command line. Heavy modules are imported inside, so that ``--help`` answers at once."""

from __future__ import annotations

import threading
import webbrowser
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from synththeory.errors import SynththeoryError

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def main(
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port on this machine; 0 for any free one.")] = 8765,
    browser: Annotated[bool, typer.Option(help="Open the page in the browser.")] = True,
) -> None:
    """Explore regimes: move a setting, theory follows at once, the simulation catches up. Ctrl-C ends it."""
    from synththeory.explore.serving import Serving

    messages = Console(stderr=True)
    try:
        serving = Serving(port)
    except SynththeoryError as error:
        messages.print(f"[red]error:[/] {escape(str(error))}", soft_wrap=True, highlight=False)
        raise typer.Exit(2) from None
    messages.print(f"the page: {serving.address} (Ctrl-C ends it)", soft_wrap=True, highlight=False)
    if browser:
        threading.Thread(target=lambda: webbrowser.open(serving.wait()), daemon=True).start()
    serving.run()
