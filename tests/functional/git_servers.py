"""Git servers on loopback: Git's own http-backend behind a small HTTP server, with TLS by a
made-up authority where a test wants it, OpenSSH's sshd with its own keys and configuration, and
servers that never answer or trickle.

Each notes what it was asked.  Ports are the system's choice.
"""

import base64
import contextlib
import getpass
import http.server
import os
import pathlib
import shutil
import socket
import ssl
import subprocess
import threading
import time

from pairkeeper_case import ENVIRONMENT

SSHD = shutil.which("sshd", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")
START_S = 60


def run(*words, **more):
    done = subprocess.run(list(map(str, words)), text=True, capture_output=True, check=False,
                          **more)
    if done.returncode != 0:
        raise AssertionError(f"{words}: {done.stdout}{done.stderr}")
    return done.stdout


class Authority:
    """A certificate authority of the test's own."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir()
        self.certificate = self.folder / "ca.pem"
        self._openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key",
                      "-out", "ca.pem", "-days", "2", "-subj", "/CN=Test authority")
        (self.folder / "ca.cnf").write_text(
            "[ca]\ndefault_ca = own\n[own]\ndatabase = index.txt\nserial = serial\n"
            "new_certs_dir = .\ncertificate = ca.pem\nprivate_key = ca.key\ndefault_md = sha256\n"
            "policy = any\ncopy_extensions = copy\n[any]\ncommonName = supplied\n")
        (self.folder / "index.txt").write_text("")
        (self.folder / "index.txt.attr").write_text("unique_subject = no\n")
        (self.folder / "serial").write_text("01\n")

    def _openssl(self, *words):
        return run("openssl", *words, cwd=self.folder)

    def issue(self, name, begin="20200101000000Z", end="20990101000000Z"):
        """Certificate and key for a host, by its name or address, in one file."""
        kind = "IP" if name.replace(".", "").isdigit() else "DNS"
        file = self.folder / f"{name}-{end}.pem"
        self._openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", "host.key",
                      "-out", "host.csr", "-subj", f"/CN={name}",
                      "-addext", f"subjectAltName={kind}:{name}")
        self._openssl("ca", "-batch", "-config", "ca.cnf", "-startdate", begin, "-enddate", end,
                      "-notext", "-in", "host.csr", "-out", "host.pem")
        file.write_text((self.folder / "host.pem").read_text() +
                        (self.folder / "host.key").read_text())
        return file


class _GitHandler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, format, *args):  # pylint: disable=redefined-builtin
        pass

    def do_GET(self):
        self._answer()

    def do_POST(self):
        self._answer()

    def _answer(self):
        server = self.server.owner
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        server.requests.append((self.command, self.path, self.headers.get("Authorization")))
        if server.redirect is not None and server.redirect(self.path) is not None:
            self._send(301, {"Location": server.redirect(self.path)}, b"moved")
        elif server.account is not None and not self._is_known():
            self._send(401, {"WWW-Authenticate": 'Basic realm="git"', **server.extra}, b"who?")
        elif server.status is not None:
            self._send(server.status, server.extra, b"no")
        else:
            self._send(*self._git(body))

    def _is_known(self):
        wanted = base64.b64encode(":".join(self.server.owner.account).encode()).decode()
        return self.headers.get("Authorization") == f"Basic {wanted}"

    def _git(self, body):
        path, _, query = self.path.partition("?")
        environment = {**ENVIRONMENT, "GIT_PROJECT_ROOT": str(self.server.owner.root),
                       "GIT_HTTP_EXPORT_ALL": "1", "REQUEST_METHOD": self.command,
                       "PATH_INFO": path, "QUERY_STRING": query,
                       "CONTENT_TYPE": self.headers.get("Content-Type", ""),
                       "CONTENT_LENGTH": str(len(body))}
        done = subprocess.run(["git", "http-backend"], input=body, env=environment,
                              capture_output=True, check=True)
        head, _, content = done.stdout.partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n"))
        status = int(headers.pop("Status", "200").split()[0])
        return status, headers, content

    def _send(self, status, headers, content):
        self.send_response(status)
        headers = {"Content-Type": "text/plain", **headers}
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


class _Threaded(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        pass  # a client that hangs up is what some tests are about


class GitOverHttp:
    """Serves the repositories below @p root."""

    def __init__(self, case, root, certificate=None):
        self.root = root
        self.requests = []        # (method, path, Authorization)
        self.account = None       # (user, password) that is asked for
        self.redirect = None      # path -> new address or None
        self.status, self.extra = None, {}
        self.http = _Threaded(("127.0.0.1", 0), _GitHandler)
        self.http.owner = self
        self.scheme, self.host = "http", "127.0.0.1"
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self.http.socket = context.wrap_socket(self.http.socket, server_side=True,
                                                   do_handshake_on_connect=False)
            self.scheme, self.host = "https", "localhost"
        self.port = self.http.server_address[1]
        threading.Thread(target=self.http.serve_forever, daemon=True).start()
        case.addCleanup(self._stop)

    def _stop(self):
        self.http.shutdown()
        self.http.server_close()

    def url(self, path="/network/.git", host=None):
        return f"{self.scheme}://{host or self.host}:{self.port}{path}"

    @property
    def authorizations(self):
        return [a for _, _, a in self.requests if a is not None]


class OddServer:
    """Accepts connections and hands each to @p behave(socket); never an HTTP or SSH server."""

    def __init__(self, case, behave):
        self.behave, self.connections = behave, 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()
        case.addCleanup(self.listener.close)

    def _serve(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self.listener.accept()
                self.connections += 1
                threading.Thread(target=self._one, args=(connection,), daemon=True).start()

    def _one(self, connection):
        with contextlib.suppress(OSError), connection:
            self.behave(connection)


def never_answer(connection):
    while connection.recv(65536):
        pass


def trickle(connection):
    connection.recv(65536)
    connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    while True:
        connection.sendall(b"a")
        time.sleep(0.05)


class GitOverSsh:
    """OpenSSH's sshd for the user who runs the tests; it lets one key in."""

    def __init__(self, case, folder, host_key_kinds=("ed25519",), key_kind="ed25519"):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir()
        self.user = getpass.getuser()
        self.log = self.folder / "log"
        self.host_keys = [self._key(f"host-{kind}", kind) for kind in host_key_kinds]
        self.key = self._key("deploy", key_kind)
        authorized = self.folder / "authorized"
        shutil.copy(f"{self.key}.pub", authorized)
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        lines = [f"Port {self.port}", "ListenAddress 127.0.0.1", f"PidFile {self.folder}/pid",
                 *(f"HostKey {key}" for key in self.host_keys), f"AuthorizedKeysFile {authorized}",
                 "StrictModes no", "UsePAM no", "PasswordAuthentication no",
                 "KbdInteractiveAuthentication no", "PermitRootLogin prohibit-password",
                 "LogLevel VERBOSE", "PerSourceMaxStartups none", "MaxStartups 100"]
        config = self.folder / "config"
        config.write_text("\n".join(lines) + "\n")
        if os.geteuid() == 0:
            os.makedirs("/run/sshd", mode=0o755, exist_ok=True)  # sshd insists on this one folder
        process = subprocess.Popen([SSHD, "-D", "-f", config, "-E", self.log])
        case.addCleanup(self._stop, process)
        case.wait_for(lambda: "Server listening" in self.text, "sshd to listen")

    @staticmethod
    def _stop(process):
        process.terminate()
        process.wait()

    @property
    def text(self):
        return self.log.read_text() if self.log.exists() else ""

    def _key(self, name, kind):
        file = self.folder / name
        run("ssh-keygen", "-q", "-t", kind, "-N", "", "-C", "test", "-f", file)
        return file

    def fingerprint(self, number=0):
        return run("ssh-keygen", "-lf", f"{self.host_keys[number]}.pub").split()[1]

    def url(self, repository):
        return f"ssh://127.0.0.1:{self.port}{repository}"
