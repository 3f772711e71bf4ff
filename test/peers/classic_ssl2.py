"""SSL 2.0 against scapy, both roles: all six kinds, client certificates, resumption, and the 2.0-format hello
that offers later versions."""

import base64
import contextlib
import hashlib
import os
import socket
import struct

import classic_names
import harness
from classic_programs import Scapy
from harness import Failure, Talk
from programs import request, status_page
from world import equal_bytes

KINDS = classic_names.KINDS
SIZE = 300000


def text(size):
    """Bytes that scapy cannot mistake for a handshake message, whatever piece it gets."""
    return b"".join(hashlib.sha256(b"%d" % number).hexdigest().encode() for number in range(size // 64 + 1))[:size]


def took(account):
    """Scapy's account as a Talk; its complaints are failures."""
    talk = Talk(version={2: "ssl2", 0x300: "ssl3", 0x301: "tls1.0", 0x302: "tls1.1", 0x303: "tls1.2"}.get(
        account.get("version")), text=str({key: value for key, value in account.items() if key != "received"}),
                command="classic_scapy.py", facts=account)
    talk.answer = base64.b64decode(account.get("received", ""))
    head, _, talk.body = talk.answer.partition(b"\r\n\r\n")
    return talk


def clean(talk):
    if talk.facts["problems"]:
        talk.fail(f"scapy says {talk.facts['problems']}")
    return talk


def page(talk):
    account = status_page(talk.body.decode("latin-1"))
    if account.version is None:
        talk.fail("our server sent no status page")
    return account


STATUS = base64.b64encode(request("/status.txt")).decode()


def connections(world):
    title = "ssl2"
    data = text(SIZE)
    echo = base64.b64encode(request("/echo", body=data)).decode()
    with Scapy() as scapy, world.serving(title, "ssl2", "--v2export", suites=KINDS.values(), kinds=("rsa",)) as server:
        for kind, name in KINDS.items():
            for challenge in (16, 32):
                with world.check(f"{title}: scapy client {name}, challenge of {challenge}"):
                    talk = clean(took(scapy.client(server.port, kinds=[kind], send=STATUS, expect=250,
                                                   challenge=challenge))).expect(version="ssl2")
                    page(talk).expect(version="ssl2", suite=name, resumed=False)
                    if talk.facts["suite"] != kind:
                        talk.fail(f"scapy says kind {talk.facts['suite']:06x}")
            with world.check(f"{title}: scapy client sends and gets 300 KB, {name}"):
                talk = clean(took(scapy.client(server.port, kinds=[kind], send=echo, expect=SIZE + 130)))
                equal_bytes(talk, talk.body, data)
            with world.check(f"{title}: scapy client resumes, {name}"):
                talk = clean(took(scapy.client(server.port, kinds=[kind], send=STATUS, expect=250)))
                for _ in range(2):
                    talk = clean(took(scapy.client(server.port, kinds=[kind], send=STATUS, expect=250,
                                                   resume=talk.facts["session"])))
                    page(talk).expect(version="ssl2", suite=name, resumed=True)
                    if not talk.facts["hit"]:
                        talk.fail("SERVER-HELLO does not say so")
        with world.check(f"{title}: scapy client offers all kinds"):
            talk = clean(took(scapy.client(server.port, kinds=[0x0700C0, 0x010080, 0x030080, 0x060040], send=STATUS,
                                           expect=250)))
            page(talk).expect(version="ssl2", suite=KINDS[talk.facts["suite"]])
        with world.check(f"{title}: a session ID that nobody knows"):
            talk = clean(took(scapy.client(server.port, kinds=[0x010080], send=STATUS, expect=250, resume={
                "sid": "00" * 16, "kind": 0x010080, "key_arg": "", "master": "00" * 16})))
            page(talk).expect(version="ssl2", resumed=False)
    path = os.path.join(world.scratch, "ssl2-text")
    with open(path, "wb") as file:
        file.write(data)
    with Scapy() as scapy:
        for kind, name in KINDS.items():
            with world.check(f"{title}: ours to scapy, 300 KB there and back, {name}"):
                talk = to_scapy(world, scapy, name, data=path, extra=["--expect", str(len(data))])
                equal_bytes(talk, talk.body, data)
                account = clean(took(scapy.finish()))
                equal_bytes(account, account.answer, data)
                if account.facts["suite"] != kind or account.version != "ssl2":
                    account.fail("scapy says another kind or version")


class Port:
    """Where scapy listens, in the place of a server."""
    path = "/"

    def __init__(self):
        self.port = harness.free_port()


def to_scapy(world, scapy, name, extra=(), client_auth=False, expected=0, **options):
    certificates, where = world.certificates, Port()
    scapy.server(where.port, cert=certificates.path("rsa.leaf"), key=certificates.path("rsa.key"),
                 client_auth=client_auth)
    # In SSL 2.0 a server sends its leaf alone: it is found under the authority all the same.
    talk = world.ours.fetch(where, version="ssl2", ca=world.ca, extra=["--suites", name, *extra], **options)
    if talk.status != expected:
        scapy.finish()
        talk.fail("the talk failed" if expected == 0 else "the talk should have failed")
    return talk.expect(version="ssl2", suite=name, peer="CN=server rsa") if expected == 0 else talk


def client_certificates(world):
    title = "ssl2 client certificate"
    own = {"cert": world.certificates.path("client-rsa.leaf"), "key": world.certificates.path("client-rsa.key")}
    unknown = {"cert": world.certificates.path("stranger-client.leaf"),
               "key": world.certificates.path("stranger-client.key")}
    forged = {"cert": own["cert"], "key": unknown["key"]}
    with Scapy() as scapy:
        for how in ("request", "require"):
            with world.serving(title, "ssl2", "--v2export", f"--{how}-cert", "--ca", world.ca, suites=KINDS.values(),
                               kinds=("rsa",)) as server:
                for kind, name in KINDS.items():
                    with world.check(f"{title}: scapy client {name}, {how}"):
                        talk = clean(took(scapy.client(server.port, kinds=[kind], send=STATUS, expect=250, **own)))
                        page(talk).expect(version="ssl2", suite=name, peer="CN=client rsa").known("peer")
                with world.check(f"{title}: scapy client without one, {how}"):
                    talk = took(scapy.client(server.port, kinds=[0x0700C0], send=STATUS, expect=250))
                    if how == "request":
                        if page(clean(talk)).peer is not None:
                            talk.fail("our server reports a certificate that nobody sent")
                    elif talk.answer:
                        talk.fail("our server answers a client without a certificate")
                for name, pair in (("of an unknown authority", unknown), ("with a wrong signature", forged)):
                    with world.check(f"{title}: scapy client with one {name}, {how}"):
                        talk = took(scapy.client(server.port, kinds=[0x0700C0], send=STATUS, expect=250, **pair))
                        if talk.answer:
                            talk.fail("our server answers such a client")
        path = os.path.join(world.scratch, "ssl2-line")
        with open(path, "wb") as file:
            file.write(b"hello, scapy\n")
        for kind, name in KINDS.items():
            with world.check(f"{title}: ours to scapy, {name}"):
                talk = to_scapy(world, scapy, name, client_auth=True, data=path, extra=["--expect", "13"],
                                pair=world.pair("client-rsa"))
                account = clean(took(scapy.finish()))
                if account.facts["peer"] != ["/CN=client rsa"] or account.facts["signatures"] != 1:
                    account.fail("scapy does not know our certificate, or has not checked our signature")
                equal_bytes(talk, talk.body, b"hello, scapy\n")
        with world.check(f"{title}: ours to scapy, none"):
            # Scapy's server wants a certificate; our ERROR NO-CERTIFICATE is no such message, so it leaves.
            to_scapy(world, scapy, "SSL_RSA_WITH_3DES_EDE_CBC_MD5", client_auth=True, data=path, expected=1,
                     extra=["--expect", "13", "--timeout", "5"])
            account = took(scapy.finish())
            if "SSLv2Error" not in account.facts.get("messages", []):
                account.fail("no ERROR arrived")


def answer_to_hello(port, version, challenge, suites=(0x002F,)):
    """Send a 2.0-format hello by hand; the first record of the answer."""
    kinds = b"".join(number.to_bytes(3, "big") for number in suites)
    message = struct.pack(">BHHHH", 1, version, len(kinds), 0, challenge) + kinds + bytes(range(challenge))
    with socket.create_connection(("127.0.0.1", port), 10) as connection:
        connection.sendall(struct.pack(">H", 0x8000 | len(message)) + message)
        connection.settimeout(10)
        answer = b""
        with contextlib.suppress(OSError):
            while len(answer) < 5 or len(answer) < 5 + int.from_bytes(answer[3:5], "big"):
                piece = connection.recv(4096)
                if not piece:
                    break
                answer += piece
    return answer


SERVER_HELLO, ALERT = b"\x16", b"\x15"


def odd_hellos(world, title):
    suites = ["TLS_RSA_WITH_AES_128_CBC_SHA", "TLS_AES_128_GCM_SHA256"]
    with world.serving(title, "tls1.3", "--v2hello", minimum="ssl3", suites=suites, kinds=("rsa",)) as server:
        for version in (0x0303, 0x0304, 0x0305, 0x03FF):
            with world.check(f"{title}: {version:04x} means TLS 1.2 to a server that has TLS 1.3"):
                answer = answer_to_hello(server.port, version, 32, (0x1301, 0x002F))
                if answer[:1] != SERVER_HELLO or answer[9:11] != b"\x03\x03":
                    raise Failure(f"it answers {answer[:16].hex()}")
        for name, version, challenge, offer in (("a challenge of 15", 0x0301, 15, (0x2F,)),
                                                ("only kinds of 2.0", 0x0301, 32, (0x0700C0, 0x010080)),
                                                ("only a suite of TLS 1.3", 0x0303, 32, (0x1301,))):
            with world.check(f"{title}: {name} is refused with an alert"):
                answer = answer_to_hello(server.port, version, challenge, offer)
                if answer[:1] != ALERT or answer[5:6] != b"\x02":
                    raise Failure(f"it answers {answer[:16].hex()}")
        with world.check(f"{title}: a fallback without need is told"):
            answer = answer_to_hello(server.port, 0x0301, 32, (0x2F, 0x5600))
            if answer[:1] != ALERT or answer[5:7] != b"\x02\x56":
                raise Failure(f"it answers {answer[:16].hex()}")


def later_versions(world):
    """A hello of SSL 2.0 that offers SSL 3.0 to TLS 1.2: only where it is allowed."""
    title = "ssl2 hello"
    versions = {"ssl3": 0x0300, "tls1.0": 0x0301, "tls1.1": 0x0302, "tls1.2": 0x0303}
    suites = ["TLS_RSA_WITH_AES_128_CBC_SHA", "TLS_RSA_WITH_3DES_EDE_CBC_SHA", "SSL_RSA_WITH_3DES_EDE_CBC_MD5"]
    offer = {"send": STATUS, "expect": 250, "suites": [0x002F]}
    odd_hellos(world, title)
    with Scapy() as scapy:
        setting = {"suites": suites, "kinds": ("rsa",)}
        with world.serving(title, "tls1.2", "--v2hello", minimum="ssl3", **setting) as open_server, \
                world.serving(title, "tls1.2", minimum="ssl3", **setting) as closed, \
                world.serving(title, "tls1.2", minimum="ssl2", **setting) as everything:
            for version, number in versions.items():
                for kinds, what in (([], "alone"), ([0x0700C0], "beside a kind of 2.0")):
                    for server, name in ((open_server, "--v2hello"), (everything, "--min ssl2")):
                        for challenge in (16, 24, 32):
                            with world.check(f"{title}: {version} {what}, {name}, challenge of {challenge}"):
                                talk = clean(took(scapy.client(server.port, version=number, kinds=kinds,
                                                               challenge=challenge, **offer)))
                                talk.expect(version=version)
                                page(talk).expect(version=version, suite=suites[0], ems=False, etm=False)
                    with world.check(f"{title}: {version} {what}, not allowed"):
                        talk = took(scapy.client(closed.port, version=number, kinds=kinds, **offer))
                        if talk.answer or "TLSServerHello" in talk.facts.get("messages", []):
                            talk.fail("our server took the hello")
            with world.check(f"{title}: a real 2.0 hello to a server that begins with SSL 3.0"):
                talk = took(scapy.client(open_server.port, kinds=[0x0700C0], send=STATUS, expect=250))
                if talk.answer or "SSLv2ServerHello" in talk.facts.get("messages", []):
                    talk.fail("our server speaks SSL 2.0")
            with world.check(f"{title}: a real 2.0 hello to a server that has both"):
                talk = clean(took(scapy.client(everything.port, kinds=[0x0700C0], send=STATUS, expect=250)))
                page(talk).expect(version="ssl2", suite=suites[2])
