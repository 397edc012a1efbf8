"""How published methods write a table's rows for a language model, and how they ask it for new ones: one table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

Place = Literal["first", "last", "shuffled", "absent"]
Judge = Literal["prompt", "text", "classifier"]


@dataclass(frozen=True)
class Order:
    """One method's way (`language-rows.md` §2).

    Attributes
    ----------
    everyone : bool
        Whether the model learns all rows; otherwise those of the minority alone.
    label : {"first", "last", "shuffled", "absent"}
        Where the label stands among the items.
    permute : bool
        Whether items are shuffled anew at every writing.
    fixed_too : bool
        Whether every row is written once more in the table's order.
    prompt_label, prompt_feature : bool
        What a new sentence begins with.
    interpolate : bool
        Whether the model also learns numbers between neighbouring minority rows.
    judge : {"prompt", "text", "classifier"}
        Who says that a new row is the minority's.
    spaced : bool
        Whether digits stand apart.
    """

    everyone: bool
    label: Place
    permute: bool = True
    fixed_too: bool = False
    prompt_label: bool = True
    prompt_feature: bool = False
    interpolate: bool = False
    judge: Judge = "text"
    spaced: bool = False


ORDERS: Mapping[str, Order] = MappingProxyType(
    {
        "great": Order(everyone=True, label="shuffled"),
        "taptap": Order(
            everyone=True, label="absent", prompt_label=False, prompt_feature=True, judge="classifier", spaced=True
        ),
        "predllm": Order(everyone=True, label="last", fixed_too=True, prompt_label=False, prompt_feature=True),
        "imbllm": Order(everyone=False, label="first", prompt_feature=True, interpolate=True, judge="prompt"),
    }
)
"""GReaT, TapTap, PredLLM and ImbLLM, each with its labels in reach: `language-rows.md` §2 says what was mended."""
