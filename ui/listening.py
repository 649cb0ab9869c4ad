"""Takes a port, before anything else is done, so that a taken one costs no time.

In: an address. Out: a socket that listens there. Who answers is not known here.
"""

from __future__ import annotations

import socket

from index_store.errors import PaperchatError

__all__ = ["listen"]

BACKLOG = 128


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens; port 0 is any that is free.

    Raises:
        PaperchatError: it cannot be listened on; the message says why.
    """
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise PaperchatError(
            f"{host}:{port} cannot be listened on ({error.strerror}); choose another port with --port."
        ) from error
    return listener
