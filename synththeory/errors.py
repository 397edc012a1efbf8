"""What a user can get wrong, as exceptions that carry one clear message each."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class SynththeoryError(ValueError):
    """An error a user can mend; the command line prints it as one message and exits with code 2."""


class DesignError(SynththeoryError):
    """A design asks for something that does not exist or cannot be."""


class NoTheoryError(SynththeoryError):
    """Nothing is known of what is asked: a table leaves its theory out, a design that needs it is refused."""


class ComponentError(SynththeoryError):
    """A component returns what it may not, such as a wrong number of rows: the study ends with its name."""


class MissingExtraError(SynththeoryError):
    """Packages of an extra are not installed: nothing that needs them runs, and no replication counts as failed.

    Parameters
    ----------
    what : str
        What is missing and to whom, such as ``"the learner mlp needs jax"``.
    extra : str
        Name of the extra.
    """

    def __init__(self, what: str, extra: str) -> None:
        super().__init__(f'{what}: python -m pip install "synththeory[{extra}]"')


class StoreError(SynththeoryError):
    """A study folder cannot be read, written or extended."""


def nearest(name: str, valid: Iterable[str]) -> str:
    """Say which valid name was probably meant.

    Parameters
    ----------
    name : str
        What the user wrote.
    valid : iterable of str
        What could have been written.

    Returns
    -------
    str
        ``"; did you mean 'x'? valid: a, b, x"`` (the question only when a name is close).
    """
    names = sorted(valid)
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    question = f"; did you mean '{close[0]}'?" if close else ";"
    return f"{question} valid: {', '.join(names)}"
