"""One real Kea server on loopback: a daemon, the control agent before it where one is wanted, a
folder of its own for all that they write, and a way to talk to it.

No interface is opened and no port below 1024 is used, so it needs no rights.
"""

import base64
import http.client
import json
import os
import pathlib
import signal
import ssl

from kea_programs import private_folders
from ports import free_port

START_S = 30
LOG_LINES = 15
STEP_S = 0.02
TICKS_PER_S = os.sysconf("SC_CLK_TCK")
ADDRESS = "127.0.0.1"


class KeaRefusal(Exception):
    """A server refused, or nothing stands behind the one that answers."""


class Access:
    """How a server's HTTP socket is reached, and who may.

    account: (name, password) or None; authority: an Authority makes it TLS; client_certificate: a
    file, its own certificate, makes clients show theirs.
    """

    def __init__(self, account=None, authority=None, client_certificate=None):
        self.account, self.client_certificate = account, client_certificate
        self.authority = authority
        self.certificate = authority.issue(ADDRESS) if authority else None

    @property
    def scheme(self):
        return "https" if self.authority else "http"

    def as_kea_has_it(self):
        """The keys of an HTTP socket, the same for a daemon and for an agent."""
        keys = {}
        if self.account:
            user, password = self.account
            keys["authentication"] = {"type": "basic", "realm": "kea",
                                      "clients": [{"user": user, "password": password}]}
        if self.authority:
            keys.update({"trust-anchor": str(self.authority.certificate),
                         "cert-file": str(self.certificate), "key-file": str(self.certificate),
                         "cert-required": self.client_certificate is not None})
        return keys

    def connect(self, port):
        if not self.authority:
            return http.client.HTTPConnection(ADDRESS, port, timeout=START_S)
        context = ssl.create_default_context(cafile=self.authority.certificate)
        if self.client_certificate:
            context.load_cert_chain(self.client_certificate)
        return http.client.HTTPSConnection(ADDRESS, port, timeout=START_S, context=context)

    def headers(self):
        headers = {"Content-Type": "application/json"}
        if self.account:
            headers["Authorization"] = \
                "Basic " + base64.b64encode(":".join(self.account).encode()).decode()
        return headers


class Server:
    """A server that is configured, started, talked to, and broken on purpose."""

    def __init__(self, kea, folder, name, access=None, agent=None, dhcp_ports=None):
        """agent: None = where the daemon has no HTTP of its own; dhcp_ports: (own, relay's)."""
        self.kea, self.name, self.folder = kea, name, pathlib.Path(folder)
        self.access = access or Access()
        self.has_agent = not kea.has_own_http if agent is None else agent
        self.port, self.dhcp_ports = free_port(), dhcp_ports
        self.folder.mkdir()
        self.environment = private_folders(self.folder, kea.hooks)
        self.socket = self.folder / "socket" / "ctrl"
        self.daemon = self.agent = None

    # -- configuration --

    def write_files(self, content, hooks=()):
        """What it starts with: content is Dhcp4 without what only concerns the lab."""
        self._own = self._plumbing(hooks)
        self._write("dhcp4", {"Dhcp4": {**self._own, **content}})
        if self.has_agent:
            self._write("agent", {"Control-agent": {
                "http-host": ADDRESS, "http-port": self.port, **self.access.as_kea_has_it(),
                "control-sockets": {"dhcp4": self._unix_socket()},
                "loggers": [self._logger("kea-ctrl-agent")]}})

    def _write(self, name, document):
        file = self.folder / f"{name}.conf"
        file.write_text(json.dumps(document, indent=1))
        file.chmod(0o640)

    def _unix_socket(self):
        return {"socket-type": "unix", "socket-name": str(self.socket)}

    def _logger(self, name):
        outputs = "output-options" if self.kea.has_own_http else "output_options"
        return {"name": name, "severity": "INFO",
                outputs: [{"output": str(self.folder / "log" / f"{name}.log"), "maxsize": 0}]}

    def _plumbing(self, hooks):
        if self.has_agent:
            sockets = {"control-socket": self._unix_socket()}
        else:
            sockets = {"control-sockets": [self._unix_socket(), {
                "socket-type": "http", "socket-address": ADDRESS, "socket-port": self.port,
                **self.access.as_kea_has_it()}]}
        interfaces = {"interfaces": []}
        if self.dhcp_ports:  # relayed traffic only
            interfaces = {"interfaces": [f"lo/{ADDRESS}"], "dhcp-socket-type": "udp"}
        names = ("lease_cmds", "stat_cmds", "subnet_cmds", "host_cmds")
        libraries = [{"library": path} for path in map(self.kea.hook, names) if path]
        return {**sockets, "interfaces-config": interfaces,
                "multi-threading": {"enable-multi-threading": True, "thread-pool-size": 2},
                "lease-database": {"type": "memfile", "lfc-interval": 0,
                                   "name": str(self.folder / "data" / "leases.csv")},
                "hooks-libraries": [*libraries, *hooks], "loggers": [self._logger("kea-dhcp4")]}

    # -- life --

    def start(self):
        self.start_daemon()
        self.start_agent()

    def start_daemon(self):
        self._clear("dhcp4")
        ports = ["-p", str(self.dhcp_ports[0]), "-P", str(self.dhcp_ports[1])] \
            if self.dhcp_ports else []
        self.daemon = self._start("kea-dhcp4", "dhcp4", *ports)

    def start_agent(self):
        if self.has_agent:
            self._clear("ctrl-agent")
            self.agent = self._start("kea-ctrl-agent", "agent")

    def _start(self, program, name, *words):
        return self.kea.start([program, "-c", str(self.folder / f"{name}.conf"), *words],
                              self.folder / "log" / f"{name}.out", self.environment)

    def _clear(self, kind):
        """What a killed program left behind would keep the next one from starting."""
        for file in (self.folder / "run").glob(f"*{kind}*.pid"):
            file.unlink()
        if kind == "dhcp4":
            for file in self.socket.parent.iterdir():
                file.unlink()

    def insist_on_life(self):
        for process in self.processes():
            if process.poll() is not None:
                raise AssertionError(f"{self.name} ended with {process.returncode}:\n{self.log()}")

    def processes(self):
        return [process for process in (self.daemon, self.agent) if process]

    def log(self):
        """The end of what it said, without our own questions."""
        said = []
        for file in sorted((self.folder / "log").iterdir()):
            lines = [line for line in file.read_text(errors="replace").splitlines()
                     if "COMMAND" not in line]
            said += [f"-- {file.name}", *lines[-LOG_LINES:]]
        return "\n".join(said)

    @staticmethod
    def end(process, number=signal.SIGKILL):
        process.send_signal(number)
        process.wait(timeout=START_S)

    def kill(self):
        """As a lost machine: everything at once."""
        for process in self.processes():
            self.end(process)
        self.daemon = self.agent = None

    def kill_daemon(self):
        self.end(self.daemon)
        self.daemon = None

    def kill_agent(self):
        self.end(self.agent)
        self.agent = None

    def freeze(self):
        """It is there, and does not answer."""
        for process in self.processes():
            process.send_signal(signal.SIGSTOP)

    def thaw(self):
        for process in self.processes():
            process.send_signal(signal.SIGCONT)

    def cpu_s(self):
        """Processor time of its programs so far."""
        total = 0
        for process in self.processes():
            stat = pathlib.Path(f"/proc/{process.pid}/stat").read_text()
            total += sum(map(int, stat.rpartition(")")[2].split()[11:13]))  # utime, stime
        return total / TICKS_PER_S

    # -- commands --

    @property
    def url(self):
        return f"{self.access.scheme}://{ADDRESS}:{self.port}/"

    def command(self, name, arguments=None):
        """The answer, {result, text, arguments}."""
        words = {"command": name}
        if self.has_agent:
            words["service"] = ["dhcp4"]
        if arguments is not None:
            words["arguments"] = arguments
        connection = self.access.connect(self.port)
        try:
            # Bytes above 0x7f go out as they are: Kea's strings are bytes.
            connection.request("POST", "/", json.dumps(words, ensure_ascii=False).encode(),
                               self.access.headers())
            answer = json.loads(connection.getresponse().read())
        finally:
            connection.close()
        if not isinstance(answer, list):
            raise KeaRefusal(f"{self.name}: {name}: {answer}")
        return answer[0]

    def ask(self, name, arguments=None):
        """The arguments of an answer that has to be a success; {} when it found nothing."""
        answer = self.command(name, arguments)
        if answer["result"] not in (0, 3):
            raise KeaRefusal(f"{self.name}: {name}: {answer['text']}")
        return answer.get("arguments", {})

    def config(self):
        """Dhcp4 as it holds it."""
        return self.ask("config-get")["Dhcp4"]

    def set_content(self, content):
        """Another content of the same server, as write_files() takes it."""
        self.ask("config-set", {"Dhcp4": {**self._own, **content}})

    def ha_states(self):
        """(local, remote) state of each relationship."""
        status = self.ask("status-get").get("high-availability", [])
        return [(r["ha-servers"]["local"]["state"], r["ha-servers"]["remote"]["last-state"])
                for r in status]
