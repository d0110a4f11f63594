"""Kea's programs as tests/kea/get-kea unpacked them, and what they can do: asked, not assumed.

$KEA_SERVERS is the folder that get-kea filled: `2` holds Kea 2.2, `3` the first one from 3.0 on.
"""

import ctypes
import functools
import json
import os
import pathlib
import signal
import subprocess
import tempfile

SERVERS = pathlib.Path(os.environ.get("KEA_SERVERS", ""))
PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


def _die_with_parent():
    """Runs in the child: whoever kills a test kills its servers with it."""
    if _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0) != 0:
        os._exit(127)


class Kea:
    """One release of Kea."""

    def __init__(self, number):
        self.folder = SERVERS / str(number)
        if not (self.folder / "kea").exists():
            raise AssertionError(f"no Kea in {self.folder}: run tests/kea/get-kea, and let "
                                 "$KEA_SERVERS name its folder")
        self.hooks = next(self.folder.glob("usr/lib/*/kea/hooks"))
        self.examples = self.folder / "usr/share/doc/kea/examples"

    @functools.cached_property
    def version(self):
        return self._run("kea-dhcp4", "-v").stdout.strip()

    @functools.cached_property
    def has_own_http(self):
        """Whether a daemon listens itself; else a control agent stands before it."""
        return self.accepts({"control-sockets": [
            {"socket-type": "http", "socket-address": "127.0.0.1", "socket-port": 1}]})

    @functools.lru_cache(maxsize=None)
    def _accepts(self, text):
        with tempfile.NamedTemporaryFile("w", suffix=".conf") as file:
            file.write(text)
            file.flush()
            return self._run("kea-dhcp4", "-t", file.name).returncode == 0

    def accepts(self, dhcp4):
        """Whether it takes this configuration."""
        return self._accepts(json.dumps({"Dhcp4": dhcp4}))

    def accepts_in_subnet(self, **keys):
        """Whether a subnet may have these keys (underscores for hyphens)."""
        subnet = {"id": 1, "subnet": "192.0.2.0/24"}
        subnet.update({key.replace("_", "-"): value for key, value in keys.items()})
        return self.accepts({"subnet4": [subnet]})

    def hook(self, name):
        """Path of a hook library; None when this release comes without it."""
        path = self.hooks / f"libdhcp_{name}.so"
        return str(path) if path.exists() else None

    def start(self, words, log, environment):
        """A program of it in the background, in a session of its own; ends with this process."""
        with open(log, "ab") as output:
            return subprocess.Popen(
                [self.folder / "kea", *words], stdin=subprocess.DEVNULL, stdout=output,
                stderr=subprocess.STDOUT, env={**os.environ, **environment},
                start_new_session=True, preexec_fn=_die_with_parent)

    def _run(self, *words):
        with tempfile.TemporaryDirectory(prefix="pk-kea-") as folder:
            return subprocess.run(
                [self.folder / "kea", *words], text=True, capture_output=True, check=False,
                env={**os.environ, **private_folders(pathlib.Path(folder), self.hooks)})


def private_folders(folder, hooks):
    """Environment that keeps a daemon's files in one folder; makes what is missing."""
    kinds = {"KEA_CONTROL_SOCKET_DIR": "socket", "KEA_DHCP_DATA_DIR": "data",
             "KEA_LOG_FILE_DIR": "log", "KEA_PIDFILE_DIR": "run", "KEA_LOCKFILE_DIR": "run"}
    for name in set(kinds.values()):
        (folder / name).mkdir(exist_ok=True)
        (folder / name).chmod(0o750)  # Kea insists
    return {**{variable: str(folder / name) for variable, name in kinds.items()},
            "KEA_HOOKS_PATH": str(hooks)}


@functools.lru_cache(maxsize=None)
def kea(number):
    """Kea(2) or Kea(3), once a process."""
    return Kea(number)
