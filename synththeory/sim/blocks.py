"""Stored results of one arm for a range of replications, and the file one block of them is kept in."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from synththeory.arrays import Array, Integers
from synththeory.sim.arms import Codes, Scores
from synththeory.status import Status


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

    def same_bits(self, other: Results) -> bool:
        """Whether every value and status is equal to the bit."""
        return self.values.tobytes() == other.values.tobytes() and self.status.tobytes() == other.status.tobytes()


def encoded(results: Results, identity: str) -> bytes:
    """A block as the bytes of an ``.npz`` file that carries its own checksum.

    Parameters
    ----------
    results : Results
        What to keep.
    identity : str
        Whose results they are: part of the checksum, so that a block in the wrong place is not trusted.
    """
    file = io.BytesIO()
    np.savez(
        file,
        replications=results.replications,
        values=results.values,
        status=results.status,
        messages=results.messages,
        checksum=np.array(_checksum(results, identity)),
    )
    return file.getvalue()


def decoded(content: bytes, identity: str) -> Results:
    """The block in a file's bytes.

    Raises
    ------
    DamagedBlock
        If the bytes are not a whole block, or not the one of this identity.
    """
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as file:
            results = Results(file["replications"], file["values"], file["status"], file["messages"])
            checksum = str(file["checksum"])
    except Exception as error:  # a damaged archive can make its reader raise nearly anything
        raise DamagedBlock(f"not a whole .npz file: {error}") from None
    if checksum != _checksum(results, identity):
        raise DamagedBlock("its checksum does not match its content")
    return results


def _checksum(results: Results, identity: str) -> str:
    summary = hashlib.blake2b(identity.encode(), digest_size=16)
    for array in (results.replications, results.values, results.status, results.messages):
        summary.update(f"{array.dtype.str}{array.shape}".encode())
        summary.update(np.ascontiguousarray(array).tobytes())
    return summary.hexdigest()
