"""Loaded by every Python that is started with this folder on its path: notes each try to leave loopback."""

import os
import sys
from pathlib import Path

LOOPBACK = ("127.0.0.1", "::1", "localhost", "0.0.0.0", "", None)


def note(event, arguments):
    if event == "socket.connect":
        address = arguments[1]
    elif event == "socket.getaddrinfo":
        address = arguments[:2]
    else:
        return
    if isinstance(address, tuple) and address[0] not in LOOPBACK:
        with Path(os.environ["OFFLINE_LOG"]).open("a") as log:
            log.write(f"{event} {address}\n")


if "OFFLINE_LOG" in os.environ:
    sys.addaudithook(note)
