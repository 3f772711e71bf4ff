"""The peers of programs.py set to SSL 3.0, TLS 1.0 and TLS 1.1, and how they describe such a connection."""

import contextlib
import json
import os
import re
import subprocess
import threading

import classic_names
from harness import Failure, find, version_name
from programs import GnutlsClient, GnutlsServer, NssClient, NssServer, OpensslClient, OpensslServer, OurServer

# Servers have one certificate of each type that the suites know.
SERVER_KINDS = ("rsa", "p256", "dss")


def our_server(certificates, version, *extra, suites=classic_names.SUITES, kinds=SERVER_KINDS, minimum=None):
    names = [suite if isinstance(suite, str) else suite.name for suite in suites]
    return OurServer([certificates.pair(kind) for kind in kinds], "--dh-params", certificates.path("dh.der"), *extra,
                     minimum=minimum or version, maximum=version, suites=names, groups=None)


# ---- OpenSSL ----

OPENSSL_VERSIONS = {"tls1.0": "-tls1", "tls1.1": "-tls1_1", "tls1.2": "-tls1_2"}


def old_openssl(talk):
    """TLS 1.0 is TLSv1 there; what it says of the signature is one thing for MD5 with SHA-1 and SHA-1."""
    talk.version = "tls1.0" if talk.version == "tls1" else talk.version
    talk.signature = talk.group = None
    return talk


class OldOpensslClient(OpensslClient):
    def fetch(self, server, version=None, suite=None, extra=(), **options):
        arguments = [OPENSSL_VERSIONS[version], "-cipher", (suite.openssl if suite else "ALL") + ":@SECLEVEL=0"]
        return old_openssl(super().fetch(server, extra=[*arguments, *extra], **options))


class OldOpensslServer(OpensslServer):
    def __init__(self, pairs, version, *extra, page="-www", **options):
        arguments = [OPENSSL_VERSIONS[version], "-cipher", "ALL:COMPLEMENTOFALL:@SECLEVEL=0"]
        if len(pairs) > 1:
            arguments += ["-dcert", pairs[1][0], "-dkey", pairs[1][1]]
        super().__init__(pairs[:1], *arguments, *extra, page=page, suites=[], **options)

    def account(self, talk):
        return old_openssl(super().account(talk))


class OpensslReverser(OldOpensslServer):
    """openssl s_server -rev: sends every line back, turned around."""
    name = "openssl s_server -rev"

    def __init__(self, pairs, version):
        super().__init__(pairs, version, page="-rev")


# ---- GnuTLS ----

def old_gnutls_priority(version, suite=None):
    suites = [suite] if suite else classic_names.GNUTLS
    parts = dict.fromkeys(part for one in suites for part in one.gnutls.split(":"))
    return (f"NONE:+VERS-{version.upper()}:{':'.join(parts)}:+SIGN-ALL:+COMP-NULL:+CTYPE-X509:+GROUP-ALL:"
            "%VERIFY_ALLOW_BROKEN")


def old_gnutls(talk, text):
    """From "(TLS1.0-X.509)-(DHE-FFDHE2048)-(3DES-CBC)-(SHA1)", which leaves out who signs."""
    parts = re.findall(r"\(([^)]*)\)", find(r"Description:\s*(?:</TD><TD>)?(\(\S+\))", text) or "")
    talk.suite = talk.group = talk.signature = talk.version = None
    if len(parts) >= 4:
        talk.version = version_name(parts[0].split("-")[0])
        talk.facts["algorithms"] = (parts[1], parts[-2], parts[-1])
    return talk


def gnutls_agrees(talk, suite):
    exchange, cipher, mac = (part.lstrip("+") for part in suite.gnutls.split(":"))
    said = talk.facts.get("algorithms")
    if said is None or said[1:] != (cipher, mac) or not (
            said[0] == exchange or exchange.startswith(said[0].split("-")[0] + "-")):
        talk.fail(f"it says {said}, wanted {suite.name}")


class OldGnutlsClient(GnutlsClient):
    def fetch(self, server, version=None, suite=None, **options):
        talk = super().fetch(server, priority=old_gnutls_priority(version, suite), **options)
        old_gnutls(talk, talk.text[max(talk.text.rfind("- Description:"), 0):])
        if suite and talk.status == 0:
            gnutls_agrees(talk, suite)
        return talk


class OldGnutlsServer(GnutlsServer):
    def __init__(self, pairs, version, *extra, **options):
        super().__init__(pairs, *extra, priority=old_gnutls_priority(version), **options)

    def account(self, talk):
        account = super().account(talk)
        return old_gnutls(account, account.text)


# ---- NSS ----

NSS_AUTH = {"RSA": "RSA", "DHE_RSA": "RSA", "ECDHE_RSA": "RSA", "DHE_DSS": "DSA", "ECDHE_ECDSA": "ECDSA"}
NSS_WORDS = re.compile(r"using (\d+)-bit (\S+) with \d+-bit (\S+) MAC\s+\S* ?Server Auth: \d+-bit (\S+), "
                       r"Key Exchange: \d+-bit (\S+)")


def nss_agrees(talk, suite):
    """What NSS calls cipher, MAC, authentication and key exchange, against the suite's name."""
    exchange, _, cipher = suite.name[4:].partition("_WITH_")
    wanted = (cipher.split("_")[0], {"SHA": "SHA1"}.get(cipher.split("_")[-1], cipher.split("_")[-1]),
              NSS_AUTH[exchange], exchange.split("_")[0])
    match = NSS_WORDS.search(talk.text)
    if not match or tuple(match.groups()[1:]) != wanted:
        talk.fail(f"NSS says {match and match.groups()}, wanted {wanted}")
    bits = re.search(r"_(128|256)_", cipher)
    if bits and match.group(1) != bits.group(1):
        talk.fail(f"NSS says {match.group(1)} bits")


class OldNssClient(NssClient):
    def fetch(self, server, version=None, suite=None, **options):
        talk = super().fetch(server, version=version, suite=suite, **options)
        talk.signature = None
        if suite and talk.status == 0:
            nss_agrees(talk, suite)
        return talk


class OldNssServer(NssServer):
    def __init__(self, database, version, *extra, suites=classic_names.NSS):
        suites = [suite for suite in suites if classic_names.works_in(suite, version)]
        super().__init__(database, "rsa", "-S", "dss", "-e", "p256", "-V", f"{version}:{version}", *extra,
                         suites=suites)


# ---- scapy ----

class Scapy:
    """classic_scapy.py as a process that does one job after the other."""
    name = "scapy"

    def __enter__(self):
        path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "classic_scapy.py")
        self.process = subprocess.Popen(["/usr/bin/python3", path], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL, text=True)
        self._answer()
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(15)
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()

    def _answer(self):
        watch = threading.Timer(60, self.process.kill)
        watch.start()
        line = self.process.stdout.readline()
        watch.cancel()
        if not line:
            raise Failure("scapy's process has ended, or said nothing for a minute (is python3-scapy installed?)")
        return json.loads(line)

    def start(self, **job):
        self.process.stdin.write(json.dumps(job) + "\n")
        self.process.stdin.flush()

    def client(self, port, **job):
        self.start(role="client", port=port, **job)
        return self._answer()

    def server(self, port, **job):
        """Start one; it is listening when this returns. Its account comes with finish()."""
        self.start(role="server", port=port, **job)
        answer = self._answer()
        if "listening" not in answer:
            raise Failure(f"scapy did not listen: {answer}")

    def finish(self):
        return self._answer()
