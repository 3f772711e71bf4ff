"""What is tried. Each scenario starts its servers, runs its checks one after the other and stops them;
two scenarios run at a time. The peers' part in a scenario is as large as the peer's abilities."""

import concurrent.futures
import contextlib
import hashlib
import os
import re
import socket
import ssl
import subprocess
import threading
import time

import harness
import matrix
import names
import web
from harness import Failure, converse, same
from programs import (ALL_GROUPS, GnutlsClient, GnutlsServer, NssClient, NssServer, NSS_SUITES, OpensslClient,
                      OpensslServer, OurClient, OurServer, gnutls_everything, http_body, request)

KINDS = ["rsa", "pss", "p256", "p384", "p521", "ed25519"]
NSS_KINDS = ["rsa", "p256", "p384", "p521"]
VERSIONS = ["tls1.2", "tls1.3"]
SEVERAL_MEGABYTES = 4 * 1024 * 1024 + 12345


class World:
    """What the scenarios share."""

    def __init__(self, report, certificates, scratch):
        self.report, self.certificates, self.scratch = report, certificates, scratch
        self.database = certificates.path("nss")
        self.ca, self.stranger = certificates.ca, certificates.path("stranger.pem")
        self.openssl, self.gnutls = OpensslClient(), GnutlsClient()
        self.nss, self.ours = NssClient(self.database, scratch), OurClient()
        self.lock = threading.Lock()

    def pair(self, kind):
        return self.certificates.pair(kind)

    def check(self, name):
        return self.report.check(name)

    # Servers by certificate type and groups, for the matrix.
    def our_server(self, kind, groups=None):
        return OurServer([self.pair(kind)], groups=groups or ALL_GROUPS)

    def openssl_server(self, kind, groups=None):
        return OpensslServer([self.pair(kind)], groups=groups or ALL_GROUPS)

    def gnutls_server(self, kind, groups=None):
        return GnutlsServer([self.pair(kind)], priority=gnutls_everything(groups or ALL_GROUPS))

    def nss_server(self, kind, groups=None):
        # NSS wants the curve of its own certificate among its groups too.
        if groups and names.KEY_CURVES.get(kind):
            groups = list(dict.fromkeys(groups + [names.KEY_CURVES[kind]]))
        return NssServer(self.database, kind, groups=groups or ALL_GROUPS)

    @contextlib.contextmanager
    def serving(self, title, *extra, kinds=("rsa",), **options):
        """Our server; that it ends cleanly when it is told to is a check too."""
        server = OurServer([self.pair(kind) for kind in kinds], *extra, **options)
        with server:
            yield server
        with self.check(f"{title}: our server ends with everything freed"):
            if server.status != 0:
                raise Failure(f"status {server.status}\n    $ {' '.join(server.arguments)}\n"
                              f"{server.last_words[-1500:]}")

    def pattern_file(self, size):
        """A file of bytes that never repeat in step with records; its path."""
        path = os.path.join(self.scratch, f"pattern-{size}")
        with self.lock:
            if not os.path.exists(path):
                block = b"".join(hashlib.sha256(b"%d" % number).digest() for number in range(1024))[:-7]
                with open(path, "wb") as file:
                    file.write((block * (size // len(block) + 1))[:size])
        return path


def read(path):
    with open(path, "rb") as file:
        return file.read()


def equal_bytes(talk, got, wanted):
    if got != wanted:
        at = next((index for index, (a, b) in enumerate(zip(got, wanted)) if a != b), min(len(got), len(wanted)))
        talk.fail(f"{len(got)} bytes came, {len(wanted)} were sent; the first difference is at {at}")


# ---- every suite, group and certificate type ----

def matrices(world, title, client, make_server, kinds, suites, skip=None):
    def job(kind):
        return lambda: matrix.run(world.report, title, client, lambda groups: make_server(kind, groups), suites,
                                  kind, world.ca, full=True, skip=skip)

    return [(f"{title} {kind}", job(kind)) for kind in kinds]


def openssl_fields(suite, group, _kind):
    """OpenSSL 3.0 has the named fields in TLS 1.3 alone; before, its server takes a prime by the size of
    its key and its client takes any."""
    return suite.exchange == "dhe" and group != "ffdhe2048"


def nss_strength(suite, group, kind):
    """In TLS 1.2 selfserv leaves a curve that is weaker than the cipher for that of its certificate."""
    return (not suite.tls13 and kind in ("p384", "p521") and group != names.KEY_CURVES[kind]
            and "AES_128" not in suite.name)


def self_check(world):
    """The peers against each other: what fails here is not ours."""
    return (matrices(world, "openssl - gnutls", world.openssl, world.gnutls_server, KINDS, names.SUITES,
                     openssl_fields)
            + matrices(world, "gnutls - openssl", world.gnutls, world.openssl_server, KINDS, names.SUITES,
                       openssl_fields)
            + matrices(world, "nss - openssl", world.nss, world.openssl_server, NSS_KINDS, NSS_SUITES,
                       openssl_fields)
            + matrices(world, "openssl - nss", world.openssl, world.nss_server, NSS_KINDS, NSS_SUITES,
                       lambda *what: openssl_fields(*what) or nss_strength(*what)))


def all_matrices(world):
    return (matrices(world, "openssl client", world.openssl, world.our_server, KINDS, names.SUITES, openssl_fields)
            + matrices(world, "openssl server", world.ours, world.openssl_server, KINDS, names.SUITES,
                       openssl_fields)
            + matrices(world, "gnutls client", world.gnutls, world.our_server, KINDS, names.SUITES)
            + matrices(world, "gnutls server", world.ours, world.gnutls_server, KINDS, names.SUITES)
            + matrices(world, "nss client", world.nss, world.our_server, NSS_KINDS, NSS_SUITES)
            + matrices(world, "nss server", world.ours, world.nss_server, NSS_KINDS, NSS_SUITES,
                       nss_strength))


# ---- client certificates ----

def client_certificates(world):
    title = "client certificate"
    shown = {kind: f"CN=client {kind}" for kind in KINDS}
    with world.serving(title, "--request-cert", "--ca", world.ca, kinds=("rsa", "p256")) as server, \
            world.serving(title, "--require-cert", "--ca", world.ca, kinds=("rsa", "p256")) as strict:
        for version in VERSIONS:
            for kind in KINDS:
                for client in (world.openssl, world.gnutls):
                    for asked in (server, strict):
                        with world.check(f"{title}: {client.name} {version} {kind} "
                                         f"{'required' if asked is strict else 'requested'}"):
                            talk = client.fetch(asked, version=version, ca=world.ca,
                                                pair=world.pair("client-" + kind)).expect(version=version)
                            asked.account(talk).expect(version=version, peer=shown[kind])
            for kind in ("rsa", "p256"):
                with world.check(f"{title}: tstclnt {version} {kind}"):
                    talk = world.nss.fetch(strict, version=version, nickname="client-" + kind).expect()
                    strict.account(talk).expect(version=version, peer=shown[kind])
            for client in (world.openssl, world.gnutls):
                with world.check(f"{title}: {client.name} {version} none, requested"):
                    talk = client.fetch(server, version=version, ca=world.ca).expect()
                    if server.account(talk).peer is not None:
                        talk.fail("our server reports a certificate that nobody sent")
                with world.check(f"{title}: {client.name} {version} none, required"):
                    client.fetch(strict, version=version, ca=world.ca).refused(
                        r"alert number (116|40)|Received alert \[(116|40)\]")
                with world.check(f"{title}: {client.name} {version} of an unknown authority"):
                    client.fetch(strict, version=version, ca=world.ca,
                                 pair=world.pair("stranger-client")).refused(
                                     r"alert number 48|Received alert \[48\]")
    with OpensslServer([world.pair("rsa")], "-Verify", "1", "-verify_return_error", ca=world.ca) as strict, \
            OpensslServer([world.pair("rsa")], "-verify", "1", ca=world.ca) as server, \
            GnutlsServer([world.pair("rsa")], client="require", ca=world.ca) as gnutls, \
            NssServer(world.database, "rsa", "-r", "-r") as nss:
        for version in VERSIONS:
            for kind in KINDS:
                for asking in (strict, gnutls) + ((nss,) if kind in NSS_KINDS else ()):
                    with world.check(f"{title}: ours to {asking.name} {version} {kind}"):
                        talk = world.ours.fetch(asking, version=version, ca=world.ca,
                                                pair=world.pair("client-" + kind)).expect(version=version)
                        said = asking.account(talk)
                        if f"client {kind}" not in (said.peer or said.text + talk.body.decode("latin-1")):
                            said.fail(f"{asking.name} did not see our certificate")
            with world.check(f"{title}: ours to {server.name} {version} none, requested"):
                world.ours.fetch(server, version=version, ca=world.ca).expect(version=version)
            for asking in (strict, gnutls):
                with world.check(f"{title}: ours to {asking.name} {version} none, required"):
                    world.ours.fetch(asking, version=version, ca=world.ca).refused()


# ---- trust, names ----

def trust(world):
    title = "trust"
    with OpensslServer([world.pair("rsa")]) as server:
        for version in VERSIONS:
            with world.check(f"{title}: ours refuses an unknown authority, {version}"):
                world.ours.fetch(server, version=version, ca=world.stranger).refused("issuer|anchor|authority|trust")
            with world.check(f"{title}: ours refuses another name, {version}"):
                world.ours.fetch(server, version=version, ca=world.ca, sni="elsewhere.test").refused("name")
            with world.check(f"{title}: ours accepts another name of the certificate, {version}"):
                world.ours.fetch(server, version=version, ca=world.ca, sni="first.test").expect(version=version)
            with world.check(f"{title}: ours accepts anything when told to, {version}"):
                world.ours.fetch(server, version=version, sni="elsewhere.test").expect(version=version)


def server_names(world):
    title = "server name"
    with world.serving(title, kinds=("rsa", "second")) as server, \
            world.serving(title, "--any-sni", kinds=("rsa", "second")) as lenient:
        for version in VERSIONS:
            for client in (world.openssl, world.gnutls):
                for name in ("first.test", "second.test", "some.wild.test"):
                    with world.check(f"{title}: {client.name} {version} {name}"):
                        talk = client.fetch(server, version=version, sni=name, ca=world.ca).expect(version=version)
                        server.account(talk).expect(sni=name)
                with world.check(f"{title}: {client.name} {version} unknown"):
                    client.fetch(server, version=version, sni="third.test").refused(
                        r"alert number 112|Received alert \[112\]")
                with world.check(f"{title}: {client.name} {version} unknown, allowed"):
                    talk = client.fetch(lenient, version=version, sni="third.test").expect(version=version)
                    lenient.account(talk).expect(sni="third.test")
            with world.check(f"{title}: tstclnt {version} second.test"):
                talk = world.nss.fetch(server, version=version, sni="second.test").expect(version=version)
                server.account(talk).expect(sni="second.test")
    second = world.pair("second")
    with OpensslServer([world.pair("rsa")], "-servername", "second.test", "-cert2", second[0], "-key2",
                       second[1]) as server:
        for version in VERSIONS:
            for name, peer in (("localhost", "CN=server rsa"), ("second.test", "CN=second")):
                with world.check(f"{title}: ours to {server.name} {version} {name}"):
                    world.ours.fetch(server, version=version, sni=name, ca=world.ca).expect(
                        version=version, peer=peer)


# ---- application protocols ----

def alpn(world):
    title = "alpn"
    with world.serving(title, "--alpn", "spdy/1,http/1.1") as server:
        for version in VERSIONS:
            for client in (world.openssl, world.gnutls):
                with world.check(f"{title}: {client.name} {version} agreed"):
                    talk = client.fetch(server, version=version, ca=world.ca, alpn="http/1.1").expect(alpn="http/1.1")
                    talk.known("alpn")
                    same(talk, server.account(talk).expect(alpn="http/1.1").known("alpn"))
                with world.check(f"{title}: {client.name} {version} none offered"):
                    talk = client.fetch(server, version=version, ca=world.ca).expect()
                    if server.account(talk).alpn:
                        talk.fail("our server reports a protocol that nobody offered")
                with world.check(f"{title}: {client.name} {version} no overlap"):
                    client.fetch(server, version=version, ca=world.ca, alpn="imap").refused(
                        r"alert number 120|Received alert \[120\]")
            with world.check(f"{title}: openssl s_client {version} our order decides"):
                world.openssl.fetch(server, version=version, ca=world.ca, alpn="http/1.1,spdy/1").expect(
                    alpn="spdy/1").known("alpn")
    with OpensslServer([world.pair("rsa")], "-alpn", "b,a") as openssl, \
            GnutlsServer([world.pair("rsa")], "--alpn", "b", "--alpn-fatal") as gnutls:
        for version in VERSIONS:
            for server in (openssl, gnutls):
                with world.check(f"{title}: ours to {server.name} {version}"):
                    talk = world.ours.fetch(server, version=version, ca=world.ca, alpn="a,b").expect(alpn="b")
                    talk.known("alpn")
            with world.check(f"{title}: ours to gnutls-serv {version} no overlap"):
                world.ours.fetch(gnutls, version=version, ca=world.ca, alpn="c").refused("no_application_protocol")


# ---- HelloRetryRequest ----

def hello_retry(world):
    title = "hello retry"
    for group in ("secp256r1", "secp384r1", "secp521r1", "x25519", "ffdhe2048", "ffdhe3072"):
        first = "secp256r1" if group == "x25519" else "x25519"
        with OpensslServer([world.pair("rsa")], groups=[group]) as openssl, \
                GnutlsServer([world.pair("rsa")], priority=gnutls_everything([group])) as gnutls, \
                NssServer(world.database, "rsa", groups=[group]) as nss:
            for server in (openssl, gnutls, nss):
                with world.check(f"{title}: ours to {server.name} {group}"):
                    talk = world.ours.fetch(server, version="tls1.3", ca=world.ca,
                                            extra=["--groups", f"{first},{group}", "--trace"])
                    talk.expect(version="tls1.3", group=group).known("group")
                    if not re.search("hello.?retry", talk.text, re.I):
                        talk.fail("no HelloRetryRequest was drawn")
        with world.serving(title, groups=[group]) as server:
            for client, both in ((world.openssl, ["-groups", ":".join(names.OPENSSL_GROUPS[name]
                                                                      for name in (first, group))]),
                                 (world.gnutls, ["--single-key-share"]),
                                 (world.nss, ["-I", f"{names.NSS_GROUPS[first]},{names.NSS_GROUPS[group]}"])):
                with world.check(f"{title}: {client.name} {group}"):
                    priority = ("NORMAL:-GROUP-ALL:" + names.gnutls_group(first) + ":" + names.gnutls_group(group)
                                if client is world.gnutls else None)
                    talk = client.fetch(server, version="tls1.3", ca=world.ca, extra=both, priority=priority)
                    talk.expect(version="tls1.3", group=group)
                    server.account(talk).expect(version="tls1.3", group=group).known("group")
    with world.serving(title, "--cookie") as server:
        # gnutls-cli 3.7 refuses a HelloRetryRequest that names no group; it has its turn below.
        for client in (world.openssl, world.nss, world.ours):
            with world.check(f"{title}: {client.name} brings the cookie back"):
                talk = client.fetch(server, version="tls1.3", ca=world.ca).expect(version="tls1.3")
                server.account(talk).expect(version="tls1.3")
    with world.serving(title, "--cookie", groups=["secp384r1"]) as server:
        with world.check(f"{title}: openssl s_client: cookie and another group"):
            talk = world.openssl.fetch(server, version="tls1.3", ca=world.ca, extra=["-groups", "X25519:P-384"])
            server.account(talk.expect(group="secp384r1")).expect(group="secp384r1")
        with world.check(f"{title}: gnutls-cli: cookie and another group"):
            talk = world.gnutls.fetch(server, version="tls1.3", ca=world.ca, extra=["--single-key-share"],
                                      priority="NORMAL:-GROUP-ALL:+GROUP-X25519:+GROUP-SECP384R1")
            server.account(talk.expect(group="secp384r1")).expect(group="secp384r1")


# ---- KeyUpdate ----

def key_update(world):
    title = "key update"
    with world.serving(title) as server:
        for letters in ("k", "K", "kKkK"):
            with world.check(f"{title}: openssl s_client sends {letters}"):
                steps = [("read R BLOCK|Verify return code", letters[:1].encode() + b"\n")]
                steps += [("KEYUPDATE", letter.encode() + b"\n") for letter in letters[1:]]
                steps += [("KEYUPDATE", request("/status.txt"))]
                talk = world.openssl.fetch(server, version="tls1.3", ca=world.ca, send=b"", steps=steps)
                server.account(talk.expect(version="tls1.3")).expect(version="tls1.3")
        for suite in names.TLS13:
            for client in (world.openssl, world.gnutls, world.nss, world.ours):
                if client is world.nss and suite not in NSS_SUITES:
                    continue
                with world.check(f"{title}: our server to {client.name}, {suite.name}"):
                    talk = client.fetch(server, version="tls1.3", suite=suite, group="x25519", ca=world.ca,
                                        path="/keyupdate")
                    talk.expect(version="tls1.3")
                    if not talk.body:
                        talk.fail("no answer after the KeyUpdate")
        with world.check(f"{title}: our client to our server"):
            talk = world.ours.fetch(server, version="tls1.3", ca=world.ca, extra=["--keyupdate"])
            server.account(talk.expect(version="tls1.3")).expect(version="tls1.3")
        with world.check(f"{title}: gnutls-cli rekeys"):
            talk = world.gnutls.fetch(server, version="tls1.3", ca=world.ca, extra=["--inline-commands"], send=b"",
                                      steps=[("Simple Client Mode", b"^rekey^\n"),
                                             ("rekey|Rekey", request("/status.txt"))])
            server.account(talk.expect(version="tls1.3")).expect(version="tls1.3")
    with OpensslServer([world.pair("rsa")]) as openssl, GnutlsServer([world.pair("rsa")]) as gnutls, \
            NssServer(world.database, "rsa") as nss:
        for server in (openssl, gnutls, nss):
            with world.check(f"{title}: ours to {server.name}"):
                talk = world.ours.fetch(server, version="tls1.3", ca=world.ca, extra=["--keyupdate"])
                server.account(talk.expect(version="tls1.3")).expect(version="tls1.3")


class OpensslTalker(OpensslServer):
    """openssl s_server that sends the lines we write to its input; k and K are its commands."""
    name = "openssl s_server (by hand)"
    stdin = subprocess.PIPE

    def __init__(self, pairs):
        super().__init__(pairs, page=None)


def key_update_from_server(world):
    """The server's own KeyUpdates, with and without a request, between lines of data."""
    title = "key update"
    path = os.path.join(world.scratch, "greeting")
    with open(path, "wb") as file:
        file.write(b"greeting\n")
    lines = [b"first\n", b"second\n", b"third\n"]
    with OpensslTalker([world.pair("rsa")]) as server:
        with world.check(f"{title}: ours to {server.name}"), concurrent.futures.ThreadPoolExecutor(1) as pool:
            talk = pool.submit(world.ours.fetch, server, version="tls1.3", ca=world.ca, data=path,
                               extra=["--expect", str(sum(map(len, lines)))])
            server.tell("greeting", b"K\n")
            for line, letter in zip(lines, (b"k\n", b"K\n", b"")):
                time.sleep(0.1)
                server.tell("greeting", line)
                time.sleep(0.1)
                if letter:
                    server.tell("greeting", letter)
            equal_bytes(talk.result().expect(version="tls1.3"), talk.result().body, b"".join(lines))


# ---- record sizes ----

def record_sizes(world):
    title = "record size"
    big = world.pattern_file(100000)
    wanted = read(big)
    with world.serving(title, "--root", world.scratch) as server, \
            world.serving(title, "--root", world.scratch, "--record-limit", "512") as limited, \
            world.serving(title, "--root", world.scratch, "--padding", "512") as padded:
        path = "/" + os.path.basename(big)
        for version in VERSIONS:
            for size in ("512", "1024", "2048", "4096"):
                with world.check(f"{title}: openssl s_client max_fragment_length {size} {version}"):
                    talk = world.openssl.fetch(server, version=version, ca=world.ca, path=path,
                                               extra=["-maxfraglen", size]).expect(version=version)
                    equal_bytes(talk, talk.body, wanted)
                with world.check(f"{title}: gnutls-cli record_size_limit {size} {version}"):
                    talk = world.gnutls.fetch(server, version=version, ca=world.ca, path=path,
                                              extra=["--recordsize", size]).expect(version=version)
                    equal_bytes(talk, talk.body, wanted)
            for client in (world.openssl, world.gnutls, world.nss):
                for kind, asked in (("limit 512", limited),) + ((("padding", padded),) if version == "tls1.3" else ()):
                    with world.check(f"{title}: {client.name} to our server with {kind} {version}"):
                        talk = client.fetch(asked, version=version, ca=world.ca, path=path).expect(version=version)
                        equal_bytes(talk, talk.body, wanted)
    page = world.pattern_file(60000)
    with OpensslServer([world.pair("rsa")], page="-WWW", cwd=world.scratch) as openssl, \
            GnutlsServer([world.pair("rsa")], "--httpdata", page) as gnutls, \
            NssServer(world.database, "rsa") as nss:
        for version in VERSIONS:
            for option, size in (("--max-fragment", "512"), ("--max-fragment", "4096"), ("--record-limit", "300"),
                                 ("--record-limit", "5000")):
                for server in (openssl, gnutls, nss):
                    if server is gnutls and option == "--max-fragment" and version == "tls1.2":
                        continue  # gnutls-serv 3.7 agrees to it and then sends longer records of data
                    with world.check(f"{title}: ours to {server.name} {option} {size} {version}"):
                        path = "/" + os.path.basename(page) if server is openssl else "/"
                        talk = world.ours.fetch(server, version=version, ca=world.ca, path=path, extra=[option, size])
                        talk.expect(version=version)
                        if server is not nss:
                            equal_bytes(talk, talk.body, read(page))


HANDSHAKE, CHANGE_CIPHER_SPEC, DATA = 22, 20, 23


def on_the_wire(world):
    """What a record looks like from outside: its length, and how many there are."""
    title = "wire"
    page = world.pattern_file(60000)
    path = "/" + os.path.basename(page)
    wanted = read(page)

    def data(records):
        return [length for kind, length in records if kind == DATA]

    with contextlib.ExitStack() as stack:
        def relay(server):
            return stack.enter_context(harness.Relay(stack.enter_context(server)))

        plain = relay(world.serving(title, "--root", world.scratch))
        padded = relay(world.serving(title, "--root", world.scratch, "--padding", "512"))
        small = relay(world.serving(title, "--root", world.scratch, "--max-record", "1000"))
        openssl = relay(OpensslServer([world.pair("rsa")], page="-WWW", cwd=world.scratch))
        gnutls = relay(GnutlsServer([world.pair("rsa")], "--httpdata", page))
        gcm = names.BY_NAME["TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"]

        def fetch(client, server, version, **options):
            server.forget()
            suite = gcm if version == "tls1.2" else names.BY_NAME["TLS_AES_128_GCM_SHA256"]
            talk = client.fetch(server, version=version, suite=suite, ca=world.ca, **options).expect(version=version)
            if "path" in options:
                equal_bytes(talk, talk.body, wanted)
            return talk

        for version in VERSIONS:
            extra = 17 if version == "tls1.3" else 24  # the tag; the content type, or a part of the nonce
            with world.check(f"{title}: the status page is one record, {version}"):
                talk = fetch(world.openssl, plain, version)
                long = [length for length in data(plain.to_client) if length > extra + 2]
                # In TLS 1.3 the handshake's flight looks like data too; the page comes behind it.
                if long[-1] < len(talk.body) + extra or (version == "tls1.2" and len(long) != 1):
                    talk.fail(f"records of {long} bytes came for a page of {len(talk.body)}")
            for client, arguments, limit in ((world.openssl, ["-maxfraglen", "1024"], 1024),
                                             (world.gnutls, ["--recordsize", "600"], 600)):
                with world.check(f"{title}: our server obeys {client.name} {' '.join(arguments)} {version}"):
                    talk = fetch(client, plain, version, path=path, extra=arguments)
                    if max(data(plain.to_client)) > limit + extra:
                        talk.fail(f"a record of {max(data(plain.to_client))} bytes came")
            with world.check(f"{title}: our server's own limit, {version}"):
                talk = fetch(world.openssl, small, version, path=path)
                if max(data(small.to_client)) > 1000 + extra:
                    talk.fail(f"a record of {max(data(small.to_client))} bytes came")
            for server, option, size in ((openssl, "--max-fragment", 512), (gnutls, "--record-limit", 700)):
                with world.check(f"{title}: {server.name} obeys {option} {size} {version}"):
                    talk = fetch(world.ours, server, version, path="/" if server is gnutls else path,
                                 extra=[option, str(size)])
                    if max(data(server.to_client)) > size + extra:
                        talk.fail(f"a record of {max(data(server.to_client))} bytes came")
        with world.check(f"{title}: padded records all have full steps"):
            talk = fetch(world.openssl, padded, "tls1.3", path=path)
            alert = 2 + 17  # close_notify must fit its reserved place and is not padded
            odd = [length for length in data(padded.to_client) if (length - 17) % 512 and length != alert]
            if odd:
                talk.fail(f"records of {odd[:5]} bytes came")
        with world.check(f"{title}: TLS 1.3 looks like resumed TLS 1.2 to a box in the middle"):
            talk = fetch(world.ours, plain, "tls1.3")
            for side, records in (("client", plain.to_server), ("server", plain.to_client)):
                kinds = [kind for kind, _ in records]
                if kinds[:2] != [HANDSHAKE, CHANGE_CIPHER_SPEC] or set(kinds[2:]) != {DATA}:
                    talk.fail(f"record types from the {side}: {kinds}")


# ---- encrypt-then-MAC, extended master secret, fallback ----

CBC = [suite for suite in names.TLS12 if suite.cbc]


def old_extensions(world):
    title = "extensions of TLS 1.2"
    with world.serving(title, kinds=("rsa", "p256")) as server, GnutlsServer([world.pair("rsa")]) as gnutls, \
            GnutlsServer([world.pair("rsa")], priority=gnutls_everything() + ":%NO_ETM") as no_etm, \
            GnutlsServer([world.pair("rsa")], priority=gnutls_everything() + ":%NO_SESSION_HASH") as no_ems, \
            OpensslServer([world.pair("rsa")]) as openssl:
        for suite in CBC:
            group = {"ecdhe": "secp256r1", "dhe": "ffdhe2048"}.get(suite.exchange)
            for etm in (True, False):
                with world.check(f"{title}: gnutls-cli {suite.name} encrypt-then-MAC {etm}"):
                    talk = world.gnutls.fetch(server, suite=suite, group=group, ca=world.ca,
                                              options="" if etm else ":%NO_ETM")
                    talk.expect(suite=suite.name, etm=etm, ems=True).known("etm", "ems")
                    same(talk, server.account(talk).expect(etm=etm).known("etm", "ems"))
                with world.check(f"{title}: openssl s_client {suite.name} encrypt-then-MAC {etm}"):
                    talk = world.openssl.fetch(server, version="tls1.2", suite=suite, group=group, ca=world.ca,
                                               extra=[] if etm else ["-no_etm"])
                    server.account(talk.expect(suite=suite.name, ems=True)).expect(etm=etm, ems=True).known("etm")
                if "ECDSA" in suite.name:
                    continue
                with world.check(f"{title}: ours to gnutls-serv {suite.name} encrypt-then-MAC {etm}"):
                    asked = gnutls if etm else no_etm
                    talk = world.ours.fetch(asked, suite=suite, version="tls1.2", ca=world.ca)
                    talk.expect(etm=etm, ems=True).known("etm", "ems")
                    same(talk, asked.account(talk).expect(etm=etm))
        for suite in (names.BY_NAME["TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"],
                      names.BY_NAME["TLS_DHE_RSA_WITH_AES_256_CBC_SHA256"],
                      names.BY_NAME["TLS_RSA_WITH_AES_128_CBC_SHA"]):
            with world.check(f"{title}: gnutls-cli {suite.name} without the extended master secret"):
                talk = world.gnutls.fetch(server, suite=suite, ca=world.ca, options=":%NO_SESSION_HASH")
                talk.expect(suite=suite.name, ems=False).known("ems")
                same(talk, server.account(talk).expect(ems=False).known("ems"))
            with world.check(f"{title}: ours to gnutls-serv {suite.name} without the extended master secret"):
                talk = world.ours.fetch(no_ems, suite=suite, version="tls1.2", ca=world.ca)
                talk.expect(suite=suite.name, ems=False).known("ems")
                same(talk, no_ems.account(talk).expect(ems=False))
        with world.check(f"{title}: openssl s_client falls back without need"):
            world.openssl.fetch(server, version="tls1.2", ca=world.ca, extra=["-fallback_scsv"]).refused(
                "inappropriate fallback|alert number 86")
        with world.check(f"{title}: gnutls-cli falls back without need"):
            world.gnutls.fetch(server, version="tls1.2", ca=world.ca, options=":%FALLBACK_SCSV").refused(
                "inappropriate fallback")
        with world.check(f"{title}: tstclnt falls back without need"):
            world.nss.fetch(server, version="tls1.2", extra=["-K"]).refused("INAPPROPRIATE_FALLBACK")
        for peer in (openssl, gnutls):
            with world.check(f"{title}: ours falls back without need to {peer.name}"):
                world.ours.fetch(peer, version="tls1.2", ca=world.ca, extra=["--fallback"]).refused(
                    "inappropriate_fallback")
    with world.serving(title, maximum="tls1.2") as server:
        with world.check(f"{title}: openssl s_client falls back with need"):
            talk = world.openssl.fetch(server, version="tls1.2", ca=world.ca, extra=["-fallback_scsv"])
            server.account(talk.expect(version="tls1.2")).expect(version="tls1.2")
    with OpensslServer([world.pair("rsa")], "-no_tls1_3") as server:
        with world.check(f"{title}: ours falls back with need"):
            world.ours.fetch(server, version="tls1.2", ca=world.ca, extra=["--fallback"]).expect(version="tls1.2")


def versions(world):
    title = "versions"
    with world.serving(title) as both, world.serving(title, maximum="tls1.2") as old, \
            world.serving(title, minimum="tls1.3") as new:
        for client in (world.openssl, world.gnutls, world.nss, world.ours):
            for server, version in ((both, "tls1.3"), (old, "tls1.2"), (new, "tls1.3")):
                with world.check(f"{title}: {client.name} takes {version} "
                                 f"from {'both' if server is both else 'one'}"):
                    talk = client.fetch(server, ca=world.ca, sni="localhost")
                    talk.expect(version=version).known("version")
                    server.account(talk).expect(version=version)
        with world.check(f"{title}: openssl s_client with TLS 1.1 is told protocol_version"):
            world.openssl.fetch(both, version="tls1.1", extra=["-cipher", "ALL:@SECLEVEL=0"]).refused(
                "protocol version|alert number 70")
        with world.check(f"{title}: openssl s_client with TLS 1.2 to a server of 1.3"):
            world.openssl.fetch(new, version="tls1.2").refused("protocol version|alert number 70")
        with world.check(f"{title}: openssl s_client with TLS 1.3 to a server of 1.2"):
            world.openssl.fetch(old, version="tls1.3").refused("protocol version|alert number 70")
        with world.check(f"{title}: no common suite"):
            world.openssl.fetch(both, version="tls1.2", extra=["-cipher", "ARIA256-GCM-SHA384:@SECLEVEL=0"]).refused(
                "handshake failure|alert number 40")
    with OpensslServer([world.pair("rsa")], "-no_tls1_3", "-no_tls1_2") as older, \
            OpensslServer([world.pair("rsa")], "-no_tls1_3") as old, OpensslServer([world.pair("rsa")]) as both:
        with world.check(f"{title}: ours refuses TLS 1.1"):
            world.ours.fetch(older, ca=world.ca).refused()
        with world.check(f"{title}: ours takes TLS 1.2"):
            world.ours.fetch(old, ca=world.ca).expect(version="tls1.2").known("version")
        with world.check(f"{title}: ours takes TLS 1.3"):
            world.ours.fetch(both, ca=world.ca).expect(version="tls1.3").known("version")
        with world.check(f"{title}: ours with TLS 1.2 at most takes no sentinel for an attack"):
            world.ours.fetch(both, version="tls1.2", ca=world.ca).expect(version="tls1.2")


# ---- resumption by session ID ----

def resumption(world):
    title = "resumption"
    with world.serving(title, kinds=("rsa", "p256")) as server, \
            world.serving(title, "--no-sessions") as forgetful:
        for suite in (names.BY_NAME["TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"],
                      names.BY_NAME["TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384"],
                      names.BY_NAME["TLS_RSA_WITH_AES_128_CBC_SHA"]):
            with world.check(f"{title}: openssl s_client {suite.name}"):
                # s_client reconnects five times by itself and then carries on.
                talk = world.openssl.fetch(server, version="tls1.2", suite=suite, ca=world.ca,
                                           extra=["-reconnect", "-no_ticket"])
                talk.expect(resumed=True, ems=True)
                if len(re.findall(r"^Reused, ", talk.text, re.M)) != 5:
                    talk.fail("not every connection was resumed")
                same(talk, server.account(talk).expect(resumed=True, suite=suite.name))
            with world.check(f"{title}: gnutls-cli {suite.name}"):
                talk = world.gnutls.fetch(server, suite=suite, ca=world.ca, extra=["--resume", "--noticket"])
                server.account(talk.expect(resumed=True)).expect(resumed=True, suite=suite.name)
        with world.check(f"{title}: tstclnt"):
            talk = world.nss.fetch(server, version="tls1.2", extra=["-L", "3"]).expect()
            if not re.search(r"[1-9]\d* cache hits", talk.text):
                talk.fail("nothing was resumed")
        with world.check(f"{title}: ours to ours"):
            talk = world.ours.fetch(server, version="tls1.2", ca=world.ca, extra=["--reconnect", "2"]).expect()
            if [one.resumed for one in talk.all] != [False, True, True]:
                talk.fail("not resumed as it should be")
        with world.check(f"{title}: openssl s_client to a server without sessions"):
            talk = world.openssl.fetch(forgetful, version="tls1.2", ca=world.ca,
                                       extra=["-reconnect", "-no_ticket"]).expect(resumed=False)
            forgetful.account(talk).expect(resumed=False)
        with world.check(f"{title}: openssl s_client in TLS 1.3 gets no ticket yet"):
            talk = world.openssl.fetch(server, version="tls1.3", ca=world.ca).expect(resumed=False)
            server.account(talk).expect(resumed=False)
    with OpensslServer([world.pair("rsa")], "-no_ticket") as openssl, \
            GnutlsServer([world.pair("rsa")], "--noticket") as gnutls, NssServer(world.database, "rsa") as nss:
        for server in (openssl, gnutls, nss):
            for suite in (names.BY_NAME["TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"],
                          names.BY_NAME["TLS_DHE_RSA_WITH_AES_128_CBC_SHA"]):
                with world.check(f"{title}: ours to {server.name} {suite.name}"):
                    talk = world.ours.fetch(server, version="tls1.2", suite=suite, ca=world.ca,
                                            extra=["--reconnect", "2"])
                    talk.expect(version="tls1.2", suite=suite.name)
                    if [one.resumed for one in talk.all] != [False, True, True]:
                        talk.fail("not resumed as it should be")
                    server.account(talk).expect(resumed=True)


# ---- every byte, both directions ----

# One suite for each way of protecting records.
PROTECTIONS = names.TLS13 + [names.BY_NAME["TLS_ECDHE_RSA_WITH_" + cipher] for cipher in (
    "AES_128_GCM_SHA256", "AES_256_GCM_SHA384", "CHACHA20_POLY1305_SHA256", "AES_128_CBC_SHA",
    "AES_256_CBC_SHA", "AES_128_CBC_SHA256", "AES_256_CBC_SHA384")] + [
    names.BY_NAME["TLS_DHE_RSA_WITH_" + cipher] for cipher in (
        "AES_128_CCM", "AES_256_CCM", "AES_128_CCM_8", "AES_256_CCM_8")]


def bulk_to_our_server(world):
    title = "megabytes"
    small, large = world.pattern_file(300001), world.pattern_file(SEVERAL_MEGABYTES)
    with world.serving(title, "--root", world.scratch) as server:
        for suite in PROTECTIONS:
            for client in (world.openssl, world.gnutls, world.nss):
                if client is world.nss and suite not in NSS_SUITES:
                    continue
                with world.check(f"{title}: {client.name} sends and gets 300 KB, {suite.name}"):
                    data = read(small)
                    if client is world.nss:
                        talk = client.fetch(server, version=suite.version, suite=suite, path="/echo", body=data)
                    else:
                        talk = client.fetch(server, version=suite.version, suite=suite, ca=world.ca,
                                            send=request("/echo", body=data))
                    equal_bytes(talk.expect(), talk.body, data)
        for client in (world.openssl, world.gnutls, world.nss):
            for version in VERSIONS:
                with world.check(f"{title}: {client.name} gets several MB, {version}"):
                    talk = client.fetch(server, version=version, ca=world.ca, path="/" + os.path.basename(large),
                                        timeout=60)
                    equal_bytes(talk.expect(version=version), talk.body, read(large))
                with world.check(f"{title}: {client.name} sends and gets several MB, {version}"):
                    data = read(large)
                    options = {"path": "/echo", "body": data} if client is world.nss else \
                        {"send": request("/echo", body=data)}
                    talk = client.fetch(server, version=version, ca=world.ca, timeout=60, **options)
                    equal_bytes(talk.expect(version=version), talk.body, data)


class GnutlsEcho(GnutlsServer):
    name = "gnutls-serv --echo"

    def __init__(self, pairs):
        super().__init__(pairs, "--crlf", mode="--echo")


def bulk_from_our_client(world):
    title = "megabytes"
    large = world.pattern_file(SEVERAL_MEGABYTES)
    name = "/" + os.path.basename(large)
    with OpensslServer([world.pair("rsa")], page="-WWW", cwd=world.scratch) as openssl, \
            GnutlsServer([world.pair("rsa")], "--httpdata", large) as gnutls:
        for version in VERSIONS:
            for server, path in ((openssl, name), (gnutls, "/")):
                with world.check(f"{title}: ours gets several MB from {server.name}, {version}"):
                    talk = world.ours.fetch(server, version=version, ca=world.ca, path=path, timeout=60)
                    equal_bytes(talk.expect(version=version), talk.body, read(large))
        for suite in PROTECTIONS:
            with world.check(f"{title}: ours gets several MB from {gnutls.name}, {suite.name}"):
                talk = world.ours.fetch(gnutls, version=suite.version, suite=suite, ca=world.ca, path="/", timeout=60)
                equal_bytes(talk.expect(suite=suite.name), talk.body, read(large))
    # gnutls-serv echoes what it gets line by line, so the bytes are made of lines.
    lines = b"".join(hashlib.sha256(b"%d" % number).hexdigest().encode() + b"\n" for number in range(30000))
    path = os.path.join(world.scratch, "lines")
    with open(path, "wb") as file:
        file.write(lines)
    with GnutlsEcho([world.pair("rsa")]) as echo:
        for suite in PROTECTIONS:
            with world.check(f"{title}: ours sends and gets 2 MB, {echo.name}, {suite.name}"):
                talk = world.ours.fetch(echo, version=suite.version, suite=suite, ca=world.ca, data=path,
                                        extra=["--expect", str(len(lines))], timeout=60)
                equal_bytes(talk.expect(suite=suite.name), talk.body, lines)


# ---- many at once, and visitors who do not speak TLS ----

def crowd(world):
    """Python's own TLS (OpenSSL): more connections at a time than programs could be started."""
    title = "crowd"
    context = ssl.create_default_context(cafile=world.ca)
    with world.serving(title, "--root", world.scratch, kinds=("p256",)) as server, contextlib.ExitStack() as stack:
        def connect():
            return stack.enter_context(socket.create_connection(("127.0.0.1", server.port), 10))

        for name, rubbish in (("nothing", b""), ("plain HTTP", b"GET / HTTP/1.0\r\n\r\n"), ("zeros", bytes(100)),
                              ("half a ClientHello", bytes.fromhex("160301020001 0001fc0303") + bytes(50)),
                              ("an endless record", bytes.fromhex("1603014000") + bytes(20000)),
                              ("an SSL 2.0 hello", bytes.fromhex("802e0100020015000000100100800200800300800400800500"
                                                                 "80060040070 0c0".replace(" ", "")) + bytes(16))):
            with world.check(f"{title}: {name}, then the end"):
                visitor = connect()
                with contextlib.suppress(OSError):
                    visitor.sendall(rubbish)
                    visitor.shutdown(socket.SHUT_WR)
                visitor.settimeout(10)
                with contextlib.suppress(ConnectionError):
                    while visitor.recv(4096):
                        pass
        with world.check(f"{title}: 200 connections at once"):
            silent = [connect() for _ in range(20)]  # connected, and nothing more
            busy = [context.wrap_socket(connect(), server_hostname="localhost", do_handshake_on_connect=False)
                    for _ in range(200)]
            for talk in busy:
                talk.do_handshake()
            for talk in busy:
                talk.sendall(request("/status.txt"))
            for talk in busy:
                answer = b""
                while True:
                    piece = talk.recv(65536)
                    if not piece:
                        break
                    answer += piece
                if b"version=tls1.3" not in answer:
                    raise Failure(f"no status page came, but {answer[:200]}")
            for visitor in silent:
                visitor.close()
        with world.check(f"{title}: one request, byte by byte"):
            with context.wrap_socket(connect(), server_hostname="localhost") as talk:
                for byte in request("/status.txt"):
                    talk.sendall(bytes([byte]))
                answer = b"".join(iter(lambda: talk.recv(65536), b""))
            if b"version=tls1.3" not in answer:
                raise Failure(f"no status page came, but {answer[:200]}")


# ---- stapling, key log ----

def stapling(world):
    title = "stapling"
    staple = os.path.join(world.scratch, "staple.der")
    with open(staple, "wb") as file:
        # Carried as it is; what it says is the application's business. An OCSPResponse "tryLater".
        file.write(bytes.fromhex("30030a0103"))
    with world.serving(title, "--staple", staple) as server:
        for version in VERSIONS:
            with world.check(f"{title}: openssl s_client {version}"):
                talk = world.openssl.fetch(server, version=version, ca=world.ca, extra=["-status"]).expect()
                if "trylater" not in talk.text:
                    talk.fail("no stapled response arrived")
            with world.check(f"{title}: ours {version}"):
                world.ours.fetch(server, version=version, ca=world.ca, extra=["--ocsp"]).expect()
    with OpensslServer([world.pair("rsa")], "-status_file", staple) as server:
        for version in VERSIONS:
            with world.check(f"{title}: ours to {server.name} {version}"):
                talk = world.ours.fetch(server, version=version, ca=world.ca, extra=["--ocsp"]).expect()
                if talk.facts.get("ocsp") != "5":
                    talk.fail("the stapled response did not arrive whole")


def key_log(world):
    title = "key log"
    theirs, ours = (os.path.join(world.scratch, name) for name in ("theirs.keys", "ours.keys"))
    for version in VERSIONS:
        with world.check(f"{title}: the same secrets as openssl s_client, {version}"):
            for path in (theirs, ours):
                open(path, "w").close()
            with world.serving(title, "--keylog", ours) as server:
                world.openssl.fetch(server, version=version, ca=world.ca, extra=["-keylogfile", theirs]).expect()
            compare_keys(theirs, ours)
        with world.check(f"{title}: the same secrets as openssl s_server, {version}"):
            for path in (theirs, ours):
                open(path, "w").close()
            with OpensslServer([world.pair("rsa")], "-keylogfile", theirs) as server:
                world.ours.fetch(server, version=version, ca=world.ca, extra=["--keylog", ours]).expect()
            compare_keys(theirs, ours)


def compare_keys(theirs, ours):
    lines = [sorted({line.lower() for line in read(path).decode().splitlines() if line and line[0] != "#"
                     and not line.startswith("RSA ")}) for path in (theirs, ours)]
    if not lines[0] or lines[0] != lines[1]:
        raise Failure("the logs differ:\n" + "\n".join(lines[0]) + "\n----\n" + "\n".join(lines[1]))


def all_of(world):
    # The long ones first, so that two threads end together.
    jobs = [("megabytes to our server", bulk_to_our_server), ("megabytes from our client", bulk_from_our_client)]
    single = [("client certificates", client_certificates), ("trust", trust), ("server names", server_names),
              ("alpn", alpn), ("hello retry", hello_retry), ("key update", key_update),
              ("key update from the server", key_update_from_server),
              ("record sizes", record_sizes), ("wire", on_the_wire), ("extensions of TLS 1.2", old_extensions), ("versions", versions),
              ("resumption", resumption), ("stapling", stapling),
              ("crowd", crowd), ("key log", key_log),
              ("curl", web.curl), ("nginx", web.nginx)]
    return ([(name, lambda job=job: job(world)) for name, job in jobs] + all_matrices(world)
            + [(name, lambda job=job: job(world)) for name, job in single])


__all__ = ["World", "all_of", "self_check", "converse", "harness", "http_body"]
