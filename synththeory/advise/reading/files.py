"""A file as a frame of columns: compression, encoding and kind of file are found out, and said."""

from __future__ import annotations

import bz2
import codecs
import gzip
import io
import lzma
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from synththeory.advise.reading.attributes import has_attributes, read_attributes
from synththeory.advise.reading.contents import Contents, Format
from synththeory.advise.reading.delimited import read_delimited
from synththeory.datasets.extra import needs
from synththeory.errors import DesignError, nearest

if TYPE_CHECKING:
    from pandas import DataFrame, Series

_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_UNPACKED: dict[str, Callable[[bytes], bytes]] = {
    ".gz": gzip.decompress,
    ".bz2": bz2.decompress,
    ".xz": lzma.decompress,
}
_PARQUET = (".parquet", ".pq")


@dataclass(frozen=True, eq=False)
class Columns:
    """A file's columns, and its labels.

    Attributes
    ----------
    X : DataFrame
        (n, d), as the file has them.
    y : Series
        (n,) labels.
    types : mapping of str to str
        Kinds that the file itself declares.
    notes : tuple of str
        What was detected.
    """

    X: DataFrame
    y: Series
    types: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def read_file(path: Path, label: str | None, wanted: Format) -> Columns:
    """Columns and labels of a file.

    Parameters
    ----------
    path : Path
        CSV or its kin, ARFF, KEEL's ``.dat``, also compressed (.gz, .bz2, .xz, .zip of one file), or parquet.
    label : str or None
        Column of the labels; None for the output column that KEEL's header names.
    wanted : Format
        What is not to be detected.

    Raises
    ------
    DesignError
        No such file, no table in it, no such column; with the remedy.
    """
    return labelled_columns(contents(_bytes(path), path, label, wanted), path, label)


def labelled_columns(found: Contents, path: Path, label: str | None) -> Columns:
    """What was read, the labels apart from the other columns.

    Parameters
    ----------
    found : Contents
        As read.
    path : Path
        The file's name, for messages.
    label : str or None
        As for `read_file`.

    Raises
    ------
    DesignError
        No such column.
    """
    names = [str(name) for name in found.frame.columns]
    chosen = found.output if label is None else label
    if chosen is None:
        raise DesignError(f"say which column has the labels (--label NAME); '{path}' has {', '.join(names)}")
    if chosen not in names:
        raise DesignError(f"'{path}' has no column '{chosen}'{nearest(chosen, names)}")
    frame = found.frame.set_axis(names, axis=1)
    types = {name: kind for name, kind in found.types.items() if name != chosen}
    return Columns(frame.drop(columns=chosen), frame[chosen], types, found.notes)


def read_pool(path: Path, label: str, wanted: Format) -> DataFrame:
    """Ready-made rows from a file like the table's; a column of labels is left out.

    Raises
    ------
    DesignError
        No such file, no table in it, or labels of more than one class.
    """
    frame = contents(_bytes(path), path, label, wanted).frame
    if label not in frame:
        return frame
    classes = sorted(map(str, frame[label].unique()))
    if len(classes) > 1:
        told = ", ".join(classes[:5])
        raise DesignError(f"'{path}' has rows of classes {told}; a pool holds rows of the minority alone")
    return frame.drop(columns=label)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        missing = isinstance(error, FileNotFoundError)
        raise DesignError(f"no file '{path}'" if missing else f"'{path}' cannot be read: {error.strerror}") from error


def contents(packed: bytes, path: Path, label: str | None, wanted: Format) -> Contents:
    """The table in a file's bytes.

    Parameters
    ----------
    packed : bytes
        Whole.
    path : Path
        The file's name: its ending says how it is packed; it need not exist.
    label, wanted
        As for `read_file`.

    Raises
    ------
    DesignError
        No table in it, with the remedy.
    """
    data, name, notes = _unpacked(packed, path)
    if name.suffix in _PARQUET:
        return _parquet(data, path)
    text, encoding = _decoded(data, path, wanted.encoding)
    found = read_attributes(text, path) if has_attributes(text) else read_delimited(text, path, label, wanted)
    return Contents(found.frame, (*notes, *encoding, *found.notes), found.types, found.output)


def _unpacked(packed: bytes, path: Path) -> tuple[bytes, Path, tuple[str, ...]]:
    suffix = path.suffix.lower()
    try:
        if suffix in _UNPACKED:
            return _UNPACKED[suffix](packed), path.with_suffix(""), (f"unpacked {suffix}",)
        if suffix == ".zip":
            return _unzipped(packed, path)
    except (OSError, EOFError, lzma.LZMAError, zipfile.BadZipFile) as error:
        raise DesignError(f"'{path}' is not a {suffix} file: {error}") from error
    return packed, path, ()


def _unzipped(packed: bytes, path: Path) -> tuple[bytes, Path, tuple[str, ...]]:
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        members = [name for name in archive.namelist() if not name.endswith("/") and not name.startswith("__MACOSX")]
        if len(members) != 1:
            raise DesignError(
                f"'{path}' holds {len(members)} files ({', '.join(members[:5])}); unpack the table you mean"
            )
        return archive.read(members[0]), Path(members[0]), (f"'{members[0]}' of the zip file",)


def _parquet(data: bytes, path: Path) -> Contents:
    needs("pyarrow")
    import pandas as pd

    try:
        frame = pd.read_parquet(io.BytesIO(data))
    except (OSError, ValueError) as error:
        raise DesignError(f"'{path}' is not a parquet file: {error}") from error
    return Contents(frame, ("parquet",))


def _decoded(data: bytes, path: Path, encoding: str | None) -> tuple[str, tuple[str, ...]]:
    """The text, and what to say about its encoding; UTF-8 is not worth a word."""
    if encoding is not None:
        try:
            return data.decode(encoding), (f"encoding {encoding}, as asked for",)
        except (LookupError, UnicodeDecodeError) as error:
            raise DesignError(f"'{path}' cannot be read with --encoding {encoding}: {error}") from error
    for mark, name in _MARKS:
        if data.startswith(mark):
            return data.decode(name, errors="replace"), (() if mark == codecs.BOM_UTF8 else ("encoding UTF-16",))
    if b"\0" in data[:4096]:
        raise DesignError(f"'{path}' is not a text file; save the table as CSV (in a spreadsheet: save as) or parquet")
    try:
        return data.decode("utf-8"), ()
    except UnicodeDecodeError:
        said = "not UTF-8: read as Western European text (Windows-1252); --encoding NAME overrules"
        return data.decode("cp1252", errors="replace"), (said,)
