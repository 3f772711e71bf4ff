"""Later handshakes up to TLS 1.2, both roles: begun by either side, complete and abbreviated, with a
client certificate that is asked for later, and refused. And that certificate in TLS 1.3."""

import concurrent.futures
import os
import re
import socket
import ssl
import subprocess
import time

from harness import Failure
from programs import GnutlsServer, NssServer, OpensslServer, OpensslTalker, OurServer, request
from world import equal_bytes

OLD = ["tls1.0", "tls1.1", "tls1.2"]


def handshakes(server):
    """ServerHellos that our server (--trace) has drawn so far."""
    return len(re.findall(r"ServerHello,", server.said()))


class Counted:
    """How many handshakes our server counts while this block runs."""

    def __init__(self, server, wanted):
        self.server, self.wanted = server, wanted

    def __enter__(self):
        self.before = handshakes(self.server)
        return self

    def __exit__(self, kind, *_):
        until = time.monotonic() + 3
        while handshakes(self.server) - self.before < self.wanted and time.monotonic() < until:
            time.sleep(0.05)
        made = handshakes(self.server) - self.before
        if kind is None and made != self.wanted:
            raise Failure(f"our server counts {made} handshakes, wanted {self.wanted}\n{self.server.said()[-1500:]}")


def clients_begin(world):
    title = "renegotiation"
    with world.serving(title, "--trace", "--allow-renegotiation", "--ca", world.ca, minimum="tls1.0",
                       maximum="tls1.2") as server, \
            world.serving(title, "--trace", maximum="tls1.2") as refusing:
        for times in (1, 3):
            with world.check(f"{title}: openssl s_client begins, {times}"), Counted(server, times + 1):
                steps = [("Verify return code", b"R\n")] + [("RENEGOTIATING(?s:.*?)verify return", b"R\n")] * (times - 1)
                steps += [("RENEGOTIATING(?s:.*?)verify return", request("/status.txt"))]
                talk = world.openssl.fetch(server, version="tls1.2", ca=world.ca, send=b"", steps=steps)
                server.account(talk.expect(version="tls1.2")).expect(version="tls1.2")
        for version in OLD:
            with world.check(f"{title}: gnutls-cli begins, {version}"), Counted(server, 2):
                talk = world.gnutls.fetch(server, ca=world.ca, extra=["--rehandshake"],
                                          priority=f"NORMAL:-VERS-ALL:+VERS-{version.upper()}:%UNSAFE_RENEGOTIATION")
                server.account(talk.expect(version=version)).expect(version=version)
        with world.check(f"{title}: tstclnt begins"), Counted(server, 2):
            talk = world.nss.fetch(server, version="tls1.2", extra=["-r", "1"]).expect()
            server.account(talk).expect(version="tls1.2")
        for how, resumed in (("full", False), ("abbreviated", True)):
            for version in OLD:
                with world.check(f"{title}: ours begins, {how}, {version}"), Counted(server, 2):
                    talk = world.ours.fetch(server, version=version, ca=world.ca, extra=["--renegotiate", how])
                    server.account(talk.expect(version=version)).expect(version=version, resumed=resumed)
        with world.check(f"{title}: ours begins behind every 600 bytes"):
            talk = world.ours.fetch(server, version="tls1.2", ca=world.ca, path="/bytes/20000",
                                    extra=["--renegotiate-bytes", "600"])
            if len(talk.expect().body) != 20000:
                talk.fail("not everything came")
        with world.check(f"{title}: a server that is not told to refuses openssl s_client"):
            talk = world.openssl.fetch(refusing, version="tls1.2", ca=world.ca, send=b"",
                                       steps=[("Verify return code", b"R\n"), ("RENEGOTIATING", request("/status.txt"))])
            if "no renegotiation" not in talk.text:
                talk.fail("s_client does not say that it was refused")
        with world.check(f"{title}: a server that is not told to refuses ours"):
            world.ours.fetch(refusing, version="tls1.2", ca=world.ca,
                             extra=["--renegotiate", "full"]).refused("refuses to renegotiate")


def our_server_asks(world):
    """/secret: the certificate is asked for once the page is."""
    title = "renegotiation: /secret"
    with world.serving(title, "--trace", "--ca", world.ca, maximum="tls1.2") as server:
        for kind in ("rsa", "p256", "ed25519"):
            for client in (world.openssl, world.ours):
                with world.check(f"{title} to {client.name}, {kind}"), Counted(server, 2):
                    talk = client.fetch(server, version="tls1.2", ca=world.ca, path="/secret",
                                        pair=world.pair("client-" + kind))
                    server.account(talk.expect()).expect(peer=f"CN=client {kind}", version="tls1.2")
        with world.check(f"{title} to tstclnt"), Counted(server, 2):
            talk = world.nss.fetch(server, version="tls1.2", path="/secret", nickname="client-rsa").expect()
            server.account(talk).expect(peer="CN=client rsa")
        with world.check(f"{title} to curl"), Counted(server, 2):
            certificate, key = world.pair("client-p256")
            done = subprocess.run(["curl", "-sS", "--max-time", "15", "--cacert", world.ca, "--cert", certificate, "--key", key,
                                   "--resolve", f"localhost:{server.port}:127.0.0.1",
                                   f"https://localhost:{server.port}/secret"], capture_output=True, timeout=20)
            if b"CN=client p256" not in done.stdout:
                raise Failure(f"curl got {done.stdout[-300:]} {done.stderr[-300:]}")
        for client in (world.openssl, world.ours):
            with world.check(f"{title} to {client.name} without a certificate"), Counted(server, 2):
                talk = client.fetch(server, version="tls1.2", ca=world.ca, path="/secret")
                if b"403" not in talk.body:
                    talk.fail("the secret was told")
        with world.check(f"{title} to a client of an unknown authority"):
            world.openssl.fetch(server, version="tls1.2", ca=world.ca, path="/secret",
                                pair=world.pair("stranger-client")).refused(r"alert number 48")
        with world.check(f"{title} to a client that sends requests instead of an answer"):
            context = ssl.create_default_context(cafile=world.ca)
            with socket.create_connection(("127.0.0.1", server.port), 5) as plain, \
                    context.wrap_socket(plain, server_hostname="localhost") as client:
                client.sendall(b"GET /secret HTTP/1.1\r\n\r\n")
                time.sleep(0.3)
                client.sendall(20000 * b"A")
                try:
                    while client.recv(4096):
                        pass
                except ssl.SSLError:
                    pass
                except TimeoutError:
                    raise Failure("the server goes on as if nothing were wrong") from None


def servers_begin(world):
    """Ours is the client."""
    title = "renegotiation: ours"
    path = os.path.join(world.scratch, "greeting-again")
    with open(path, "wb") as file:
        file.write(b"greeting\n")
    lines = [b"first\n", b"second\n", b"third\n"]
    for letters, pair in ((b"rrr", None), (b"rRr", world.pair("client-rsa"))):
        # A resumed handshake asks for no certificate.
        extra = ["-no_resumption_on_reneg"] if pair else []
        with OpensslTalker([world.pair("rsa")], *extra, ca=world.ca) as server, \
                world.check(f"{title} asked by openssl s_server, {letters.decode()}"), \
                concurrent.futures.ThreadPoolExecutor(1) as pool:
            talk = pool.submit(world.ours.fetch, server, version="tls1.2", ca=world.ca, data=path, pair=pair,
                               extra=["--expect", str(sum(map(len, lines)))])
            for number, line in enumerate(lines):
                server.tell("greeting", letters[number:number + 1] + b"\n")
                time.sleep(0.3)
                server.tell("greeting", line)
                time.sleep(0.1)
            equal_bytes(talk.result().expect(version="tls1.2"), talk.result().body, b"".join(lines))
            if pair and "client rsa" not in server.said():
                talk.result().fail("s_server did not see our certificate")
    with OpensslServer([world.pair("rsa")], "-client_renegotiation") as openssl, \
            GnutlsServer([world.pair("rsa")]) as gnutls, NssServer(world.database, "rsa") as nss:
        for server in (openssl, gnutls, nss):
            # gnutls-serv fails when it shall give a new ticket in the midst of a connection.
            for how in ("full",) if server is gnutls else ("full", "abbreviated"):
                with world.check(f"{title} begins with {server.name}, {how}"):
                    talk = world.ours.fetch(server, version="tls1.2", ca=world.ca, extra=["--renegotiate", how])
                    talk.expect(version="tls1.2")
                    if not talk.body and server is not nss:
                        talk.fail("nothing came behind the second handshake")
    with OpensslServer([world.pair("rsa")]) as openssl, \
            world.check(f"{title} is refused by openssl s_server"):
        world.ours.fetch(openssl, version="tls1.2", ca=world.ca,
                         extra=["--renegotiate", "full"]).refused("refuses to renegotiate")
    with NssServer(world.database, "rsa", "-r", "-r", "-r", "-r") as nss, \
            world.check(f"{title} is asked for a certificate by selfserv"):
        talk = world.ours.fetch(nss, version="tls1.2", ca=world.ca, pair=world.pair("client-rsa")).expect()
        if "client rsa" not in nss.said():
            talk.fail("selfserv did not see our certificate")


def later_certificates(world):
    """TLS 1.3: our server asks for /secret; other servers ask ours."""
    title = "post-handshake authentication"
    with world.serving(title, "--ca", world.ca) as server:
        for kind in ("rsa", "p256", "ed25519"):
            with world.check(f"{title}: /secret to openssl s_client, {kind}"):
                talk = world.openssl.fetch(server, version="tls1.3", ca=world.ca, path="/secret", extra=["-enable_pha"],
                                           pair=world.pair("client-" + kind))
                server.account(talk.expect()).expect(peer=f"CN=client {kind}", version="tls1.3")
            with world.check(f"{title}: /secret to ours, {kind}"):
                talk = world.ours.fetch(server, version="tls1.3", ca=world.ca, path="/secret",
                                        extra=["--post-handshake-auth"], pair=world.pair("client-" + kind))
                server.account(talk.expect()).expect(peer=f"CN=client {kind}", version="tls1.3")
            with world.check(f"{title}: /secret to gnutls-cli, {kind}"):
                talk = world.gnutls.fetch(server, version="tls1.3", ca=world.ca, path="/secret",
                                          extra=["--post-handshake-auth"], pair=world.pair("client-" + kind))
                server.account(talk.expect()).expect(peer=f"CN=client {kind}", version="tls1.3")
        for keys in (b"k", b"K"):
            with world.check(f"{title}: /secret to openssl s_client behind new keys, {keys.decode()}"):
                talk = world.openssl.fetch(server, version="tls1.3", ca=world.ca, extra=["-enable_pha"],
                                           pair=world.pair("client-rsa"), send=b"",
                                           steps=[("Verify return code", keys + b"\n"), ("KEYUPDATE", request("/secret"))])
                server.account(talk.expect()).expect(peer="CN=client rsa", version="tls1.3")
        for client, extra in ((world.openssl, ["-enable_pha"]), (world.ours, ["--post-handshake-auth"])):
            with world.check(f"{title}: /secret to {client.name} without a certificate"):
                talk = client.fetch(server, version="tls1.3", ca=world.ca, path="/secret", extra=extra)
                if b"403" not in talk.body:
                    talk.fail("the secret was told")
        with world.check(f"{title}: /secret to openssl s_client that has not offered it"):
            talk = world.openssl.fetch(server, version="tls1.3", ca=world.ca, path="/secret",
                                       pair=world.pair("client-rsa"))
            if b"403" not in talk.body:
                talk.fail("the secret was told")
        with world.check(f"{title}: /secret to curl"):
            certificate, key = world.pair("client-p256")
            done = subprocess.run(["curl", "-sS", "--max-time", "15", "--tlsv1.3", "--cacert", world.ca, "--cert", certificate,
                                   "--key", key, "--resolve", f"localhost:{server.port}:127.0.0.1",
                                   f"https://localhost:{server.port}/secret"], capture_output=True, timeout=20)
            if b"CN=client p256" not in done.stdout:
                raise Failure(f"curl got {done.stdout[-300:]} {done.stderr[-300:]}")
        with world.check(f"{title}: /secret to a client of an unknown authority"):
            world.openssl.fetch(server, version="tls1.3", ca=world.ca, path="/secret", extra=["-enable_pha"],
                                pair=world.pair("stranger-client")).refused(r"alert number 48")
    path = os.path.join(world.scratch, "greeting-later")
    with open(path, "wb") as file:
        file.write(b"greeting\n")
    lines = [b"first\n", b"second\n"]
    with OpensslTalker([world.pair("rsa")], "-verify", "1", ca=world.ca) as server, \
            world.check(f"{title}: ours asked by openssl s_server"), \
            concurrent.futures.ThreadPoolExecutor(1) as pool:
        talk = pool.submit(world.ours.fetch, server, version="tls1.3", ca=world.ca, data=path,
                           pair=world.pair("client-rsa"),
                           extra=["--post-handshake-auth", "--expect", str(sum(map(len, lines)))])
        for line, keys in zip(lines, (b"k\n", b"K\n")):
            server.tell("greeting", keys)
            server.tell("greeting", b"c\n")
            time.sleep(0.3)
            server.tell("greeting", line)
            time.sleep(0.1)
        equal_bytes(talk.result().expect(version="tls1.3"), talk.result().body, b"".join(lines))
        if "client rsa" not in server.said():
            talk.result().fail("s_server did not see our certificate")


def all_of(world):
    return [("renegotiation, clients begin", lambda: clients_begin(world)),
            ("renegotiation, our server asks", lambda: our_server_asks(world)),
            ("renegotiation, servers begin", lambda: servers_begin(world)),
            ("post-handshake authentication", lambda: later_certificates(world))]
