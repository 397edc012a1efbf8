"""ARFF and KEEL's ``.dat``: a header of @attribute lines, then rows of comma-separated values."""

from __future__ import annotations

import io
import re
from pathlib import Path

from synththeory.advise.reading.contents import MISSING, Contents
from synththeory.errors import DesignError

_ATTRIBUTE = re.compile(r"@attribute\s+('[^']*'|\"[^\"]*\"|[^\s{]+)\s*(.*)", re.IGNORECASE)
_NUMERIC = ("real", "numeric", "integer")


def has_attributes(text: str) -> bool:
    """Whether the first line that is no comment begins with @relation."""
    for line in io.StringIO(text):
        bare = line.strip()
        if bare and not bare.startswith("%"):
            return bare.lower().startswith("@relation")
    return False


def read_attributes(text: str, path: Path) -> Contents:
    """Names, declared types and rows.

    Raises
    ------
    DesignError
        No @data, sparse rows, or rows of another length.
    """
    import pandas as pd

    types: dict[str, str] = {}
    outputs: list[str] = []
    lines = iter(text.splitlines())
    for line in lines:
        word = line.strip().split(maxsplit=1)
        if word and word[0].lower() == "@data":
            break
        if word and word[0].lower() in ("@output", "@outputs"):
            outputs = [name.strip() for name in word[1].split(",")]
        found = _ATTRIBUTE.match(line.strip())
        if found:
            types[found[1].strip("'\"")] = _kind(found[2].strip().lower())
    else:
        raise DesignError(f"'{path}' has @relation but no @data line, so no rows; mend the file")
    rows = [line for line in lines if line.strip() and not line.lstrip().startswith("%")]
    _check(rows, len(types), path)
    frame = pd.read_csv(
        io.StringIO("\n".join(rows)), header=None, names=list(types), index_col=False, skipinitialspace=True,
        quotechar="'", keep_default_na=False, na_values=list(MISSING),
    )  # fmt: skip
    for name in frame.select_dtypes(["object", "string"]):
        frame[name] = frame[name].str.strip()
    declared = {name: kind for name, kind in types.items() if kind}
    output = outputs[0] if outputs else None
    notes = f"{len(types)} columns and their types from @attribute lines"
    return Contents(frame, (notes if output is None else f"{notes}, output column {output}",), declared, output)


def _kind(declared: str) -> str:
    """The kind of column; empty where the cells decide."""
    if declared.startswith(_NUMERIC):
        return "numeric"
    if declared.startswith("date"):
        return "date"
    return "category" if declared.startswith("{") else ""


def _check(rows: list[str], columns: int, path: Path) -> None:
    if not rows:
        raise DesignError(f"'{path}' has no rows after @data")
    if rows[0].lstrip().startswith("{"):
        raise DesignError(f"'{path}' has sparse rows, which are not read; save it with dense rows or as CSV")
    plain = re.compile(r"'[^']*'|\"[^\"]*\"")
    for place, row in enumerate(rows, 1):
        fields = plain.sub("", row).count(",") + 1
        if fields != columns:
            raise DesignError(
                f"row {place} after @data of '{path}' has {fields} fields, not the {columns} declared; mend it"
            )
