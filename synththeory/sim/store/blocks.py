"""Stored results of one arm for a range of replications, and the file one block of them is kept in."""

from __future__ import annotations

import hashlib
import io
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.lib import format as npy

from synththeory.arrays import Array, Codes, Integers
from synththeory.sim.questions.arms import Scores
from synththeory.status import Status

QUARANTINED = "quarantined: it killed its worker twice"
"""Message of a replication that could not be computed, as whatever computes it dies."""
_CHECKSUM = 16  # bytes
_HEAD = struct.Struct("<8sH")  # of an .npy file: magic, version, length of its header


class DamagedBlock(Exception):
    """A block file that cannot be trusted; the message is the reason."""


@dataclass(frozen=True)
class Results:
    """One arm's scores, replication by replication.

    Attributes
    ----------
    replications : Integers
        (n,) increasing replication numbers.
    values : Array
        (M, n, S); NaN where the fit failed.
    status : Codes
        (n, S) codes of `Status`.
    messages : array of str
        (n,); the exception a component raised, or the empty string.
    """

    replications: Integers
    values: Array
    status: Codes
    messages: np.ndarray[tuple[int, ...], np.dtype[np.str_]]

    @classmethod
    def of(cls, first: int, scores: Scores) -> Results:
        """Scores of the replications from ``first`` on."""
        count = scores.status.shape[0]
        return cls(np.arange(first, first + count), scores.values, scores.status, np.full(count, ""))

    @classmethod
    def failed(cls, replication: int, metrics: int, points: int, message: str) -> Results:
        """One replication in which a component raised an exception."""
        status = np.full((1, points), Status.ERROR, dtype=np.uint8)
        values = np.full((metrics, 1, points), np.nan)
        return cls(np.array([replication]), values, status, np.array([message]))

    @classmethod
    def joined(cls, parts: Sequence[Results]) -> Results:
        """Parts one after the other."""
        return cls(
            np.concatenate([part.replications for part in parts]),
            np.concatenate([part.values for part in parts], axis=1),
            np.concatenate([part.status for part in parts]),
            np.concatenate([part.messages for part in parts]),
        )

    def between(self, first: int, stop: int) -> Results:
        """Only the replications first, …, stop − 1."""
        low, high = np.searchsorted(self.replications, [first, stop])
        chosen = slice(int(low), int(high))
        return Results(self.replications[chosen], self.values[:, chosen], self.status[chosen], self.messages[chosen])


def records(results: Results) -> np.ndarray[tuple[int], np.dtype[np.void]]:
    """A block as a structured array, a record a replication."""
    metrics, count, points = results.values.shape
    form = [
        ("replication", np.int64),
        ("values", np.float64, (metrics, points)),
        ("status", np.uint8, (points,)),
        ("message", results.messages.dtype),
    ]
    rows = np.empty(count, dtype=form)
    rows["replication"], rows["values"] = results.replications, np.moveaxis(results.values, 0, 1)
    rows["status"], rows["message"] = results.status, results.messages
    return rows


def from_records(rows: np.ndarray[tuple[int], np.dtype[np.void]]) -> Results:
    """The block in a structured array."""
    return Results(rows["replication"], np.moveaxis(rows["values"], 1, 0), rows["status"], rows["message"])


def encoded(results: Results, identity: str) -> bytes:
    """A block as the bytes of an ``.npy`` file, a record a replication, with a checksum after it.

    Parameters
    ----------
    results : Results
        What to keep.
    identity : str
        Whose results they are: part of the checksum, so that a block in the wrong place is not trusted.
    """
    file = io.BytesIO()
    np.save(file, records(results))
    return file.getvalue() + _checksum(file.getvalue(), identity)


def decoded(content: bytes, identity: str) -> Results:
    """The block in a file's bytes.

    Raises
    ------
    DamagedBlock
        If the bytes are not a whole block, or not the one of this identity.
    """
    body = content[:-_CHECKSUM]
    if content[-_CHECKSUM:] != _checksum(body, identity):
        raise DamagedBlock("its checksum does not match its content")
    start = _HEAD.unpack_from(body)[1] + _HEAD.size
    return from_records(np.frombuffer(body, _record(body[:start]), offset=start))


@lru_cache(maxsize=256)
def _record(header: bytes) -> np.dtype[np.void]:
    """The dtype in the header of an ``.npy`` file: to parse one takes longer than to read all its records."""
    file = io.BytesIO(header)
    npy.read_magic(file)
    return npy.read_array_header_1_0(file)[2]


def _checksum(body: bytes, identity: str) -> bytes:
    return hashlib.blake2b(identity.encode() + b"\0" + body, digest_size=_CHECKSUM).digest()
