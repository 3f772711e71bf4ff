"""What is carried once the handshake is done: record sizes, what is seen on the wire, megabytes in both
directions, many connections at once."""

import contextlib
import hashlib
import os
import socket
import ssl

import harness
import names
from harness import Failure
from programs import NSS_SUITES, GnutlsServer, NssServer, OpensslServer, request
from world import SEVERAL_MEGABYTES, VERSIONS, equal_bytes, read

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
