"""A web server on this machine's loopback address."""

from __future__ import annotations

import socket
import threading

from synththeory.errors import MissingExtraError, SynththeoryError

HOST = "127.0.0.1"


class Serving:
    """One server.

    Parameters
    ----------
    port : int
        0 for any free one.

    Raises
    ------
    SynththeoryError
        If the extra ``explore`` is missing, or the port is taken.
    """

    def __init__(self, port: int) -> None:
        try:
            import uvicorn

            from synththeory.explore.server import application
        except ImportError as missing:
            raise MissingExtraError(f"the explorer needs {missing.name}", "explore") from None
        self._socket = _bound(port)
        self._port = int(self._socket.getsockname()[1])
        self._ready = threading.Event()
        config = uvicorn.Config(application(self._port, self._ready), log_level="warning", timeout_graceful_shutdown=1)
        self._server = uvicorn.Server(config)

    @property
    def address(self) -> str:
        """Where the page is."""
        return f"http://{HOST}:{self._port}/"

    def run(self) -> None:
        """Serve until Ctrl-C."""
        self._server.run(sockets=[self._socket])

    def wait(self) -> str:
        """The address, once the server answers."""
        self._ready.wait(30.0)
        return self.address


def _bound(port: int) -> socket.socket:
    # asyncio switches Nagle's delay off (40 ms a small answer) only where the protocol is named
    found = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        found.bind((HOST, port))
        found.listen()  # who asks before the server runs waits for it
    except (OSError, OverflowError) as error:
        found.close()
        raise SynththeoryError(
            f"port {port} cannot be used ({error}); choose another with --port, or 0 for any"
        ) from None
    return found
