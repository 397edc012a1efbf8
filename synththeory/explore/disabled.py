"""Switches that cannot be turned on in a setting, each with the reason: what the design would be refused for."""

from __future__ import annotations

from dataclasses import dataclass

from synththeory.errors import DesignError
from synththeory.explore.controls import Switch, controls
from synththeory.explore.state import State


@dataclass(frozen=True)
class Disabled:
    """A switch that is off and stays so.

    Attributes
    ----------
    key, name : str
        Of the switch.
    reason : str
        The design's refusal, in one line.
    """

    key: str
    name: str
    reason: str


def disabled(state: State) -> tuple[Disabled, ...]:
    """Every switch whose turn would be refused, in the order of the page; none where the state itself is.

    Raises
    ------
    DesignError
        If the state is refused.
    """
    _ = state.design
    off = (each for each in controls(state.table) if isinstance(each, Switch) and not each.value)
    tried = ((each, _refusal(state, each)) for each in off)
    return tuple(Disabled(each.key, each.name, reason) for each, reason in tried if reason)


def _refusal(state: State, switch: Switch) -> str:
    """What the design is refused for once it is on; empty where it is not."""
    try:
        _ = state.changed(switch.key, switch.on).design
    except DesignError as error:
        return str(error).splitlines()[0].removeprefix(f"{state.study}: ")
    return ""
