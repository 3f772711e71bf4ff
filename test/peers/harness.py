"""What every peer test stands on: processes with bounded time, ports, what a talk negotiated, and the
count of checks. Nothing here knows any of the programs; those live in programs.py."""

import contextlib
import dataclasses
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

TIMEOUT = 20  # seconds for one talk


class Failure(Exception):
    """A check that did not hold; its text says which program, which command and what happened."""


@dataclasses.dataclass
class Talk:
    """One side's account of a connection. None: this side does not say."""
    status: int = 0
    version: str = None     # "tls1.3"
    suite: str = None       # the IANA name
    group: str = None       # our name for it
    signature: str = None
    alpn: str = None
    sni: str = None
    resumed: bool = None
    ems: bool = None
    etm: bool = None
    peer: str = None        # subject of the other side's certificate
    body: bytes = b""
    text: str = ""          # everything the program printed besides the body
    command: str = ""
    facts: dict = dataclasses.field(default_factory=dict)

    def fail(self, message):
        tail = "\n".join("    | " + line for line in self.text.strip().splitlines()[-15:])
        raise Failure(f"{message}\n    $ {self.command}\n    status {self.status}\n{tail}")

    def expect(self, **wanted):
        """The talk worked and what this side says agrees with what was wanted."""
        if self.status != 0:
            self.fail("the talk failed")
        for key, value in wanted.items():
            said = getattr(self, key)
            if value is not None and said is not None and said != value:
                self.fail(f"{key} is {said}, wanted {value}")
        return self

    def refused(self, *patterns):
        """The talk did not work, and what was printed names the reason (one of the patterns)."""
        if self.status < 0:
            self.fail("killed: by a signal, or because time ran out")
        if self.status == 0 and self.body:
            self.fail("the talk should have been refused")
        if patterns and not any(re.search(pattern, self.text, re.I) for pattern in patterns):
            self.fail("refused for another reason than " + " or ".join(patterns))
        return self

    def known(self, *keys):
        """This side must have said these things."""
        for key in keys:
            if getattr(self, key) is None:
                self.fail(f"nothing was said about {key}")
        return self


def same(one, other):
    """What both sides say must agree."""
    for key in ("version", "suite", "group", "signature", "alpn", "resumed", "ems", "etm"):
        a, b = getattr(one, key), getattr(other, key)
        if a is not None and b is not None and a != b:
            one.fail(f"one side says {key}={a}, the other {key}={b}")


class Report:
    """Counts checks. Threads may share it."""

    def __init__(self, verbose=False):
        self.lock = threading.Lock()
        self.passed, self.failed = 0, []
        self.verbose = verbose
        self.sections = {}

    @contextlib.contextmanager
    def check(self, name):
        problem = None
        try:
            yield
        except Failure as failure:
            problem = str(failure)
        except (OSError, subprocess.SubprocessError, ValueError, AttributeError) as failure:
            problem = f"{type(failure).__name__}: {failure}"
        section = name.split(":")[0]
        with self.lock:
            counts = self.sections.setdefault(section, [0, 0])
            if problem is None:
                self.passed += 1
                counts[0] += 1
                if self.verbose:
                    print("ok      ", name, flush=True)
            else:
                self.failed.append(name)
                counts[1] += 1
                print(f"FAILED   {name}\n    {problem}", flush=True)

    def note(self, text):
        with self.lock:
            print(text, flush=True)

    def finish(self):
        for section, (good, bad) in sorted(self.sections.items()):
            print(f"  {section:44} {good:5} passed {bad:4} failed")
        print(f"{self.passed} passed, {len(self.failed)} failed")
        return 1 if self.failed else 0


def environment():
    """No configuration of this machine may change what the programs offer."""
    env = {key: value for key, value in os.environ.items()
           if not key.startswith(("OPENSSL", "SSL", "GNUTLS", "NSS", "http", "HTTP"))}
    env.update(OPENSSL_CONF="/dev/null", LC_ALL="C", GNUTLS_SYSTEM_PRIORITY_FILE="/dev/null",
               NSS_IGNORE_SYSTEM_POLICY="1")
    return env


def free_port():
    """A port that nobody had a moment ago; Server.start tries again if somebody takes it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def converse(command, send=b"", timeout=TIMEOUT, steps=(), close_stdin=False, cwd=None):
    """Run a client: write what there is to send and leave its input open until it ends by itself.

    Programs such as gnutls-cli close the connection at the end of their input, and a peer need not
    answer after that. steps are (pattern, bytes): when the output matches, these bytes follow.
    Returns (status, output, errors); status is -1 when time ran out, and the program was killed."""
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, env=environment(), cwd=cwd)
    parts = {"out": [], "err": [], "both": []}
    grown = threading.Condition()

    def collect(stream, name):
        while True:
            piece = os.read(stream.fileno(), 65536)
            if not piece:
                break
            with grown:
                parts[name].append(piece)
                if steps:
                    parts["both"].append(piece)
                grown.notify_all()

    def wait_for(pattern, start):
        """Where the match ends that begins after start in output and errors, or None."""
        until = time.monotonic() + timeout
        while time.monotonic() < until and process.poll() is None:
            with grown:
                match = re.compile(pattern.encode()).search(b"".join(parts["both"]), start)
                if match:
                    return match.end()
                grown.wait(0.1)
        return None

    def feed():
        # Without steps the output is not looked at while it grows: it may be megabytes.
        try:
            process.stdin.write(send)
            process.stdin.flush()
            seen = 0
            for pattern, piece in steps:
                seen = wait_for(pattern, seen)
                if seen is None:
                    return
                process.stdin.write(piece)
                process.stdin.flush()
            if close_stdin:
                process.stdin.close()
        except (BrokenPipeError, ValueError, OSError):
            pass

    threads = [threading.Thread(target=collect, args=(process.stdout, "out"), daemon=True),
               threading.Thread(target=collect, args=(process.stderr, "err"), daemon=True),
               threading.Thread(target=feed, daemon=True)]
    for thread in threads:
        thread.start()
    try:
        status = process.wait(timeout)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        status = -1
    for thread in threads:
        thread.join(5)
    for stream in (process.stdin, process.stdout, process.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.close()
    return status, b"".join(parts["out"]), b"".join(parts["err"])


class Server:
    """A server process as a context manager. Subclasses say how it is started and what it says."""

    name = "server"
    ready = None       # a pattern of its output that means "listening"; None: try to connect
    attempts = 3
    stdin = subprocess.DEVNULL

    def command(self, port):
        raise NotImplementedError

    def __enter__(self):
        for attempt in range(self.attempts):
            self.port = free_port()
            self.log = tempfile.NamedTemporaryFile(prefix="peer-", suffix=".log")
            self.process = subprocess.Popen(self.command(self.port), stdin=self.stdin,
                                            stdout=self.log, stderr=subprocess.STDOUT,
                                            env=environment(), cwd=getattr(self, "cwd", None))
            if self._wait_ready():
                return self
            text = self.said()
            self.__exit__(None, None, None)
        raise Failure(f"{self.name} did not start\n    $ {' '.join(self.command(0))}\n    {text[-800:]}")

    def _wait_ready(self):
        until = time.monotonic() + 10
        while time.monotonic() < until and self.process.poll() is None:
            if self.ready:
                match = re.search(self.ready, self.said())
                if match:
                    if match.groups():
                        self.port = int(match.group(1))
                    return True
            else:
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                    return True
            time.sleep(0.02)
        return False

    def tell(self, pattern, line):
        """Once its output matches, write a line to its input (a server with stdin = PIPE)."""
        until = time.monotonic() + 10
        while not re.search(pattern, self.said()):
            if time.monotonic() > until or self.process.poll() is not None:
                raise Failure(f"{self.name} never said {pattern}\n{self.said()[-800:]}")
            time.sleep(0.02)
        self.process.stdin.write(line)
        self.process.stdin.flush()

    def said(self):
        with open(self.log.name, errors="replace") as log:
            return log.read()

    def __exit__(self, *_):
        """Ends this one process, by its own id. The status of a clean end is in self.status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.status = self.process.returncode
        self.last_words = self.said()
        if self.process.stdin:
            with contextlib.suppress(OSError):
                self.process.stdin.close()
        self.log.close()

    def account(self, talk):
        """The server's own account of the talk that a client just had, or an empty one."""
        return Talk()


class Relay:
    """Stands between a client and a server and notes every record that passes: (type, length), by
    direction. For a client it looks like the server; accounts come from the server itself."""

    def __init__(self, server):
        self.server, self.name, self.path = server, server.name, server.path
        self.to_server, self.to_client = [], []

    def __enter__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.listener.close()

    def forget(self):
        self.to_server.clear()
        self.to_client.clear()

    def account(self, talk):
        return self.server.account(talk)

    def _serve(self):
        with contextlib.suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                server = socket.create_connection(("127.0.0.1", self.server.port), TIMEOUT)
                for one, other, notes in ((client, server, self.to_server), (server, client, self.to_client)):
                    one.settimeout(TIMEOUT)
                    threading.Thread(target=self._pass_on, args=(one, other, notes), daemon=True).start()

    @staticmethod
    def _pass_on(one, other, notes):
        rest = b""
        with contextlib.suppress(OSError):
            while True:
                piece = one.recv(65536)
                if not piece:
                    break
                rest += piece
                while len(rest) >= 5 and len(rest) >= 5 + int.from_bytes(rest[3:5], "big"):
                    length = int.from_bytes(rest[3:5], "big")
                    notes.append((rest[0], length))
                    rest = rest[5 + length:]
                other.sendall(piece)
        with contextlib.suppress(OSError):
            other.shutdown(socket.SHUT_WR)


def version_name(text):
    """"TLSv1.3", "TLS 1.3", "TLS1.3", "3.4" -> "tls1.3"."""
    if text is None:
        return None
    text = text.strip().lower()
    wire = {"3.0": "ssl3", "3.1": "tls1.0", "3.2": "tls1.1", "3.3": "tls1.2", "3.4": "tls1.3"}
    if text in wire:
        return wire[text]
    match = re.search(r"(tls|ssl)\s*v?\s*(\d(?:\.\d)?)", text)
    return match.group(1) + match.group(2) if match else text


def find(pattern, text, flags=re.M):
    match = re.search(pattern, text, flags)
    return match.group(1).strip() if match else None


def in_own_network():
    """Go on in a network of our own, with nothing but a loopback device: some of the servers can
    only listen on every address. True when that is so; re-executes the program to get there."""
    if os.environ.get("SSLREF_OWN_NETWORK") == "1":
        _loopback_up()
        return True
    flags = ["--net"] if os.geteuid() == 0 else ["--map-root-user", "--net"]
    if subprocess.run(["unshare", *flags, "true"], capture_output=True).returncode == 0:
        os.environ["SSLREF_OWN_NETWORK"] = "1"
        os.execvp("unshare", ["unshare", *flags, sys.executable, *sys.argv])
    return False


def _loopback_up():
    """What "ip link set lo up" does: SIOCSIFFLAGS with IFF_UP | IFF_RUNNING."""
    import fcntl
    import struct
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as device:
        fcntl.ioctl(device, 0x8914, struct.pack("16sh14s", b"lo", 0x41, b""))
