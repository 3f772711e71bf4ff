"""0-RTT data of TLS 1.3 in both roles: openssl, gnutls and NSS say early things to our server, and our client
says them to theirs. Both sides report whether it was accepted; what was lost is told, too."""

import os
import re
import select
import socket
import subprocess
import threading
import time

import names
from harness import Failure, find
from programs import GnutlsServer, NssServer, OpensslServer, request
from world import read

SUITES = [suite for suite in names.SUITES if suite.tls13 and "CCM_8" not in suite.name]
LIMIT = 16000


def write(world, name, data):
    path = os.path.join(world.scratch, "early-" + name)
    with open(path, "wb") as file:
        file.write(data)
    return path


def padded(length):
    """A request for the status page that is so long."""
    head, tail = b"GET /status.txt HTTP/1.0\r\nX-Padding: ", b"\r\n\r\n"
    return head + b"x" * (length - len(head) - len(tail)) + tail


def early_of(talk, wanted):
    if talk.facts.get("early") != str(int(wanted)):
        talk.fail(f"early is {talk.facts.get('early')}, wanted {int(wanted)}")


class Recorder:
    """Stands before a server for one connection, and keeps what the client says before the server answers."""

    def __init__(self, server):
        self.server, self.path, self.flight = server, server.path, b""

    def __enter__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.thread.join(5)
        self.listener.close()

    def _serve(self):
        client, _ = self.listener.accept()
        other = socket.create_connection(("127.0.0.1", self.server.port), 5)
        time.sleep(0.3)  # all of the first flight is there
        open_ends, answered = [client, other], False
        while len(open_ends) == 2:
            for end in select.select(open_ends, [], [], 5)[0] or open_ends[:1]:
                piece = end.recv(65536)
                answered |= end is other
                if end is client and not answered:
                    self.flight += piece
                if not piece:
                    open_ends.remove(end)
                    break
                (other if end is client else client).sendall(piece)
        client.close()
        other.close()


# ---- their clients ----

def openssl_client(world, title, server, retrying, storing):
    kept = os.path.join(world.scratch, "early-ticket")
    sizes = (("a short request", request("/status.txt")), ("as much as is allowed", padded(LIMIT)))

    def first(where, suite):
        return world.openssl.fetch(where, version="tls1.3", suite=suite, ca=world.ca,
                                   extra=["-sess_out", kept]).expect(resumed=False)

    def second(where, suite, file, send):
        return world.openssl.fetch(where, version="tls1.3", suite=suite, ca=world.ca, send=send,
                                   extra=["-sess_in", kept, "-early_data", file])

    for suite in SUITES:
        for label, data in sizes:
            with world.check(f"{title}: openssl s_client to our server, {label}, {suite.name}"):
                file = write(world, "request", data)
                first(server, suite)
                talk = second(server, suite, file, b"").expect(resumed=True)  # only the early request is answered
                if "Early data was accepted" not in talk.text:
                    talk.fail("s_client does not say that its data was accepted")
                early_of(server.account(talk).expect(resumed=True, suite=suite.name), True)
        with world.check(f"{title}: refused behind a HelloRetryRequest, {suite.name}"):
            first(retrying, suite)
            talk = second(retrying, suite, write(world, "request", padded(LIMIT)),
                          request("/status.txt")).expect(resumed=True)
            if "Early data was rejected" not in talk.text:
                talk.fail("s_client does not say that its data was rejected")
            early_of(retrying.account(talk).expect(resumed=True), False)
    file = write(world, "request", request("/status.txt"))
    with world.check(f"{title}: a ticket that is kept by the server brings early data once"):
        first(storing, SUITES[0])
        session = read(kept)
        second(storing, SUITES[0], file, b"").expect(resumed=True)
        with open(kept, "wb") as again:
            again.write(session)
        talk = second(storing, SUITES[0], file, request("/status.txt")).expect(resumed=False)
        if "Early data was rejected" not in talk.text:
            talk.fail("s_client does not say that its data was rejected")
        early_of(storing.account(talk).expect(resumed=False), False)
    with world.check(f"{title}: the bytes of s_client, once more"):
        first(server, SUITES[0])
        with Recorder(server) as recorder:
            second(recorder, SUITES[0], file, b"").expect(resumed=True)
        before = server.said()
        with socket.create_connection(("127.0.0.1", server.port), 5) as again:
            again.sendall(recorder.flight)
            again.settimeout(5)
            if not again.recv(1):
                raise Failure("the server did not answer")
        # A ServerHello comes in any case, but the keys of early data do not.
        until = time.monotonic() + 5
        while "ServerHello" not in server.said()[len(before):] and time.monotonic() < until:
            time.sleep(0.02)
        after = server.said()[len(before):]
        if "look for a replay" not in after or "keys to receive: early" in after or \
                "keys to receive: early" not in before:
            raise Failure("the replay was not refused\n" + before[-1500:] + "----\n" + after)


def gnutls_client(world, title, server):
    """Not behind a HelloRetryRequest: gnutls-cli then seals its second ClientHello with the early keys."""
    file = write(world, "gnutls", request("/status.txt"))
    for suite in SUITES:
        with world.check(f"{title}: gnutls-cli to our server, {suite.name}"):
            talk = world.gnutls.fetch(server, version="tls1.3", suite=suite, ca=world.ca, send=request("/", close=False),
                                      extra=["--resume", "--earlydata", file])
            early_of(server.account(talk.expect(resumed=True)).expect(resumed=True, suite=suite.name), True)


def nss_client(world, title, server, retrying):
    """tstclnt connects twice, and says its request early where it may."""
    for where, early in ((server, 1), (retrying, 0)):
        with world.check(f"{title}: tstclnt to our server" + ("" if early else ", refused behind a HelloRetryRequest")):
            talk = world.nss.fetch(where, version="tls1.3", extra=["-u", "-Z", "-L", "2"]).expect()
            pages = re.findall(r"^resumed=(\d)\nearly=(\d)$", talk.body.decode("latin-1") + talk.text, re.M)
            if pages != [("0", "0"), ("1", str(early))]:
                talk.fail(f"the pages say {pages}")


def early_secrets(path):
    with open(path) as log:
        return sorted({line.strip().lower() for line in log if line.startswith("CLIENT_EARLY_TRAFFIC_SECRET ")})


def key_log(world, title):
    """The secret of early data, as both sides log it."""
    ours, theirs = (os.path.join(world.scratch, name) for name in ("early-log-ours", "early-log-theirs"))
    kept, file = os.path.join(world.scratch, "early-log-ticket"), write(world, "logged", request("/status.txt"))
    with world.serving(title, "--early-data", str(LIMIT), "--keylog", ours) as server:
        with world.check(f"{title}: the key log of openssl s_client and ours"):
            world.openssl.fetch(server, version="tls1.3", ca=world.ca, extra=["-sess_out", kept]).expect()
            world.openssl.fetch(server, version="tls1.3", ca=world.ca, send=b"",
                                extra=["-sess_in", kept, "-early_data", file, "-keylogfile", theirs]).expect(resumed=True)
            if len(early_secrets(ours)) != 1 or early_secrets(ours) != early_secrets(theirs):
                raise Failure(f"{early_secrets(ours)}\n{early_secrets(theirs)}")


def to_our_server(world):
    title = "early data"
    with world.serving(title, "--early-data", str(LIMIT), "--trace", kinds=("rsa", "p256")) as server, \
            world.serving(title, "--early-data", str(LIMIT), "--no-tickets") as storing, \
            world.serving(title, "--early-data", str(LIMIT), "--cookie") as retrying, \
            world.serving(title) as plain:
        openssl_client(world, title, server, retrying, storing)
        gnutls_client(world, title, server)
        nss_client(world, title, server, retrying)
        key_log(world, title)
        with world.check(f"{title}: a server without --early-data says nothing of it"):
            talk = world.openssl.fetch(plain, version="tls1.3", ca=world.ca).expect()
            if find(r"Max Early Data: ([1-9]\d*)", talk.text):
                talk.fail("its ticket allows early data")
        session = os.path.join(world.scratch, "session-of-ours")
        for suite in SUITES:
            with world.check(f"{title}: ours to ours, {suite.name}"):
                extra = ["--session", session, "--early-data", write(world, "ours", padded(LIMIT))]
                for resumed in (False, True, True):
                    talk = world.ours.fetch(server, version="tls1.3", suite=suite, ca=world.ca, extra=extra)
                    talk.expect(resumed=resumed, suite=suite.name)
                    early_of(talk, resumed)
                    early_of(server.account(talk), resumed)
                os.unlink(session)
        with world.check(f"{title}: ours to ours behind a HelloRetryRequest: said again"):
            extra = ["--session", session, "--early-data", write(world, "ours", padded(LIMIT))]
            for resumed in (False, True):
                talk = world.ours.fetch(retrying, version="tls1.3", ca=world.ca, extra=extra).expect(resumed=resumed)
                early_of(talk, False)
                early_of(retrying.account(talk).expect(resumed=resumed), False)
            os.unlink(session)


# ---- their servers ----

class Speaking(OpensslServer):
    """openssl s_server -early_data: prints what it gets, and sends what is typed."""
    stdin = subprocess.PIPE

    def __init__(self, world, *extra, **options):
        super().__init__([world.pair("rsa")], "-early_data", "-max_early_data", str(LIMIT), *extra, page=None, **options)


def talk_to(world, server, session, early, suite=None, groups=None):
    """Our client says `early`, then a word of its own; the server answers the word."""
    number = len(server.said())
    word = f"word {number}"
    later = write(world, "later", (word + "\n").encode())
    answering = threading.Thread(target=server.tell, args=(word, b"12345\n"), daemon=True)
    answering.start()
    extra = ["--session", session, "--early-data", early, "--expect", "6"]
    if groups:
        extra += ["--groups", ",".join(groups)]
    talk = world.ours.fetch(server, version="tls1.3", suite=suite, ca=world.ca, extra=extra, data=later).expect()
    answering.join(5)
    talk.server = server.said()[number:]
    if talk.body != b"12345\n":
        talk.fail("the server's answer did not come")
    return talk


def expect_early(talk, resumed, accepted, said):
    talk.expect(resumed=resumed)
    early_of(talk, accepted)
    if said not in talk.server:
        talk.text += talk.server
        talk.fail(f"the server did not say: {said}")


def openssl_server(world):
    title = "early data"
    session = os.path.join(world.scratch, "session-to-openssl")
    early = "early words\n" * 1000
    file = write(world, "words", early.encode())
    with Speaking(world) as guarded, Speaking(world, "-no_anti_replay") as open_server:
        for server, label in ((guarded, ""), (open_server, " -no_anti_replay")):
            for suite in SUITES:
                with world.check(f"{title}: ours to openssl s_server{label}, {suite.name}"):
                    expect_early(talk_to(world, server, session, file, suite), False, False, "No early data received")
                    for _ in range(2):
                        talk = talk_to(world, server, session, file, suite)
                        expect_early(talk, True, True, "Early data received:")
                        if talk.server.count("early words") != 1000:
                            talk.fail("not all of it came, or twice")
                    os.unlink(session)
        with world.check(f"{title}: s_server without the key of the ticket: said again behind the handshake"):
            talk_to(world, guarded, session, file)
            talk = talk_to(world, open_server, session, file)
            expect_early(talk, False, False, "Early data was rejected")
            if talk.server.count("early words") != 1000:
                talk.fail("it was not said again")
            os.unlink(session)
    with Speaking(world, "-no_anti_replay", groups=["secp521r1"]) as retrying:
        with world.check(f"{title}: s_server asks for another group: said again behind the handshake"):
            for resumed, said in ((False, "No early data received"), (True, "Early data was rejected")):
                talk = talk_to(world, retrying, session, file, groups=["x25519", "secp256r1", "secp521r1"])
                expect_early(talk, resumed, False, said)
                if talk.server.count("early words") != 1000:
                    talk.fail("it was not said again")


def gnutls_server(world):
    title = "early data"
    session = os.path.join(world.scratch, "session-to-gnutls")
    with GnutlsServer([world.pair("rsa")], "--earlydata", "--maxearlydata", str(LIMIT)) as server:
        for suite in SUITES:
            with world.check(f"{title}: ours to gnutls-serv, {suite.name}"):
                early = write(world, "to-gnutls", request("/"))
                for resumed in (False, True, True):
                    talk = world.ours.fetch(server, version="tls1.3", suite=suite, ca=world.ca, data=early,
                                            extra=["--session", session, "--early-data", "\r\n"])
                    talk.expect(resumed=resumed, suite=suite.name)
                    early_of(talk, resumed)
                    server.account(talk).expect(resumed=resumed)
                os.unlink(session)


def nss_server(world, server, ready):
    title = "early data"
    session = os.path.join(world.scratch, "session-to-nss")
    with world.check(f"{title}: ours to selfserv"):
        # It knows nothing of the ten seconds before it was started.
        time.sleep(max(0, ready - time.monotonic()))
        early, later = request("/")[:-2], write(world, "to-nss", b"\r\n")
        for resumed in (False, True, True):
            talk = world.ours.fetch(server, version="tls1.3", ca=world.ca, data=later,
                                    extra=["--session", session, "--early-data", write(world, "nss", early)])
            talk.expect(resumed=resumed)
            early_of(talk, resumed)
            if b"GET / HTTP" not in talk.body:
                talk.fail("selfserv did not say what it had read")


def to_their_servers(world):
    with NssServer(world.database, "rsa", "-u", "-Z") as nss:
        ready = time.monotonic() + 11
        openssl_server(world)
        gnutls_server(world)
        nss_server(world, nss, ready)
