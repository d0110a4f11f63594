"""Ports on loopback that no other test takes at the same time.

The system's own choice (port 0) would be free only until it is used: a daemon that binds later may
find it taken by somebody's outgoing connection.  So ports come from below the range that the system
chooses from, and a lock on a file holds each for as long as this process lives.
"""

import contextlib
import fcntl
import os
import pathlib
import random
import socket
import tempfile

FIRST, LAST = (int(n) for n in os.environ.get("PAIRKEEPER_TEST_PORTS", "23000-24999").split("-"))


def _is_free(port):
    with contextlib.ExitStack() as stack:
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
            probe = stack.enter_context(socket.socket(socket.AF_INET, kind))
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                return False
    return True


def free_port():
    """One for this process alone, TCP and UDP."""
    folder = pathlib.Path(tempfile.gettempdir()) / f"pairkeeper-ports-{os.getuid()}"
    folder.mkdir(exist_ok=True)
    for port in random.sample(range(FIRST, LAST + 1), LAST + 1 - FIRST):
        lock = os.open(folder / str(port), os.O_WRONLY | os.O_CREAT, 0o600)
        with contextlib.suppress(OSError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if _is_free(port):
                return port  # the lock stays
        os.close(lock)
    raise AssertionError(f"no free port from {FIRST} to {LAST}")
