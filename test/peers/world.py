"""What the scenarios share: the certificates, the clients, servers of every kind, a place for files."""

import contextlib
import hashlib
import os
import threading

import names
from harness import Failure
from programs import (ALL_GROUPS, GnutlsClient, GnutlsServer, NssClient, NssServer, OpensslClient, OpensslServer,
                      OurClient, OurServer, gnutls_everything)

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
