#!/usr/bin/env python3
"""Scanners look at our server in three configurations, and must see what it was configured with, no more
and no less: sslscan within the peer tests, testssl.sh (about three minutes) when this file is run by itself.
Packages: sslscan testssl.sh openssl. The last line is "N passed, N failed"."""

import json
import os
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

import classic_names
import harness
import names
from certificates import Certificates
from classic_certificates import ClassicCertificates
from harness import Failure, converse
from programs import BUILD, OurServer

VERSIONS = ["ssl2", "ssl3", "tls1.0", "tls1.1", "tls1.2", "tls1.3"]

# What a server that is told nothing allows; versions too.
DEFAULT = [0x1301, 0x1302, 0x1303, 0x1304, 0xC009, 0xC00A, 0xC013, 0xC014, 0xC023, 0xC024, 0xC027, 0xC028, 0xC02B,
           0xC02C, 0xC02F, 0xC030, 0xC0AC, 0xC0AD, 0xCCA8, 0xCCA9, 0xCCAA, 0x009E, 0x009F]

# TLS 1.2 alone, beside those of names.py: DSS, no certificate, NULL, Camellia.
MORE_TLS12 = [0x003B, 0x0040, 0x006A, 0x006C, 0x006D, 0x00A2, 0x00A3, 0x00A6, 0x00A7, 0x00BA, 0x00BD, 0x00BE, 0x00BF,
              0x00C0, 0x00C3, 0x00C4, 0x00C5, 0xC072, 0xC073, 0xC076, 0xC077, 0xC07A, 0xC07B, 0xC07C, 0xC07D, 0xC086,
              0xC087, 0xC08A, 0xC08B]

RANGES = {suite.number: ("tls1.3", "tls1.3") if suite.tls13 else ("tls1.2", "tls1.2") for suite in names.SUITES}
RANGES.update({number: ("tls1.2", "tls1.2") for number in MORE_TLS12})
RANGES.update({suite.number: ("ssl3" if classic_names.works_in(suite, "ssl3") else "tls1.0", "tls1.2")
               for suite in classic_names.SUITES})
RANGES.update({number: ("ssl3", "tls1.0") for number in classic_names.EXPORT})
RANGES.update({number: ("ssl3", "tls1.2") for number in classic_names.FIPS})
CLASSIC = [number for number, (first, _) in RANGES.items() if first == "ssl3"]
STRONG_KINDS = [kind for kind in classic_names.KINDS if kind not in (0x020080, 0x040080)]

# SHA-1 and DSA sign in TLS 1.2 only if named.
SCHEMES = ("ecdsa_secp256r1_sha256,rsa_pss_rsae_sha256,rsa_pkcs1_sha256,dsa_sha256,rsa_pkcs1_sha1,ecdsa_sha1,"
           "dsa_sha1")
GROUPS = ["x25519", "secp256r1", "secp384r1", "secp521r1", "ffdhe2048", "ffdhe3072", "ffdhe4096"]


class Configuration:
    """How the server is started, and what a scanner must find: {version: numbers of suites}."""

    def __init__(self, certificates, name, kinds, suites, versions, *extra, version2=()):
        self.name, self.kinds, self.versions = name, kinds, versions
        self.expected = {version: {number for number in suites if self._allows(number, version)}
                         for version in VERSIONS[1:] if version in versions}
        if "ssl2" in versions:
            self.expected["ssl2"] = set(version2)
        self.pairs = [certificates.pair(kind) for kind in kinds]
        self.arguments = ["--any-sni", *extra]
        if suites is not DEFAULT:
            # The kinds of SSL 2.0 that have no twin among the suites have numbers of their own here.
            own = [f"0x{number:04x}" for number in suites] + [name for name in classic_names.KINDS.values()
                                                              if name.startswith("SSL_")]
            self.arguments += ["--min", versions[0], "--max", versions[-1], "--suites", ",".join(own), "--dh-params",
                               certificates.path("dh.der"), "--export-key", certificates.path("export.key")]

    def _allows(self, number, version):
        first, last = (VERSIONS.index(limit) for limit in RANGES[number])
        return first <= VERSIONS.index(version) <= last

    def server(self):
        return Plain(self.pairs, self.arguments)


class Plain(OurServer):
    """Our server with nothing but these options."""

    def __init__(self, pairs, arguments):
        self.arguments = [os.path.join(BUILD, "samples/server"), "--port", "0", "--max-seconds", "400"]
        for certificate, key in pairs:
            self.arguments += ["--cert", certificate, "--key", key]
        self.arguments += arguments


def configurations(certificates):
    everything = sorted(RANGES)
    return [Configuration(certificates, "default", ["rsa", "p256"], DEFAULT, ["tls1.2", "tls1.3"]),
            # DROWN: the same key serves SSL 3.0, so the export kinds stay away.
            Configuration(certificates, "classic", ["rsa", "dss"], CLASSIC, ["ssl2", "ssl3"], version2=STRONG_KINDS),
            Configuration(certificates, "everything", ["rsa", "p256", "dss"], everything, VERSIONS, "--v2export",
                          "--sigalgs", SCHEMES, version2=classic_names.KINDS)]


def compare(what, seen, expected):
    if seen != expected:
        raise Failure(f"{what}: not seen {sorted(map(hex, expected - seen))}, "
                      f"seen besides {sorted(map(hex, seen - expected))}")


# ---- sslscan ----

SSLSCAN_VERSIONS = {("ssl", "2"): "ssl2", ("ssl", "3"): "ssl3", ("tls", "1.0"): "tls1.0", ("tls", "1.1"): "tls1.1",
                    ("tls", "1.2"): "tls1.2", ("tls", "1.3"): "tls1.3"}
# It does not ask for these numbers, and asks for no suites at all in SSL 2.0 and 3.0.
SSLSCAN_UNKNOWN = {0x0066, 0x0060, 0x0061, 0x0062, 0x0063, 0x0064, 0x0065, 0xFEFE, 0xFEFF}


def run_sslscan(port, *arguments):
    command = ["sslscan", "--no-colour", "--no-check-certificate", "--show-cipher-ids", *arguments, "--xml=-",
               f"127.0.0.1:{port}"]
    status, out, err = converse(command, timeout=60, close_stdin=True)
    if status != 0:
        raise Failure(f"sslscan ended with {status}\n    $ {' '.join(command)}\n{err[-500:]}")
    return xml.etree.ElementTree.fromstring(out[out.index(b"<?xml"):].decode("latin-1"))


def sslscan(world):
    for configuration in configurations(world.certificates):
        title = f"sslscan {configuration.name}"
        with configuration.server() as server:
            # Groups have a turn of their own: in TLS 1.2 it does not see several messages in one record, and waits.
            tree = run_sslscan(server.port, "--no-groups")
            with world.check(f"{title}: versions"):
                enabled = {SSLSCAN_VERSIONS[(one.get("type"), one.get("version"))] for one in tree.iter("protocol")
                           if one.get("enabled") == "1"}
                if enabled != set(configuration.versions):
                    raise Failure(f"it sees {sorted(enabled)}")
            for version in configuration.versions:
                if version in ("ssl2", "ssl3"):
                    continue
                with world.check(f"{title}: suites of {version}"):
                    name = "TLSv" + version[3:]
                    seen = {int(one.get("id"), 16) for one in tree.iter("cipher") if one.get("sslversion") == name}
                    compare("sslscan", seen, configuration.expected[version] - SSLSCAN_UNKNOWN)
            with world.check(f"{title}: neither compression nor heartbleed"):
                check_faults(tree)
            if "tls1.3" in configuration.versions:
                with world.check(f"{title}: groups of TLS 1.3"):
                    tree = run_sslscan(server.port, "--tls13", "--no-ciphersuites")
                    seen = {re.sub(r" .*", "", one.get("name")) for one in tree.iter("group")}
                    if seen != set(GROUPS):
                        raise Failure(f"it sees {sorted(seen)}")


def check_faults(tree):
    if any(one.get("supported") == "1" for one in tree.iter("compression")):
        raise Failure("it sees compression")
    if any(one.get("vulnerable") == "1" for one in tree.iter("heartbleed")):
        raise Failure("it sees heartbleed")


# ---- testssl.sh ----

TESTSSL_VERSIONS = {"SSLv2": "ssl2", "SSLv3": "ssl3", "TLS1": "tls1.0", "TLS1_1": "tls1.1", "TLS1_2": "tls1.2",
                    "TLS1_3": "tls1.3"}
TESTSSL_NAMES = {"ssl2": "ssl2", "ssl3": "ssl3", "tls1.0": "tls1", "tls1.1": "tls1_1", "tls1.2": "tls1_2",
                 "tls1.3": "tls1_3"}


def run_testssl(port, folder):
    result = os.path.join(folder, "testssl.json")
    command = ["testssl", "--color", "0", "--quiet", "--warnings", "off", "--nodns", "min", "--assume-http", "-p", "-E",
               "--jsonfile", result, f"https://localhost:{port}"]
    status, out, err = converse(command, timeout=400, close_stdin=True, cwd=folder)
    if status < 0 or not os.path.exists(result):
        raise Failure(f"testssl ended with {status}\n    $ {' '.join(command)}\n{out[-500:]}{err[-500:]}")
    with open(result) as file:
        return json.load(file)


def testssl(report, certificates, configuration, folder):
    title = f"testssl {configuration.name}"
    with configuration.server() as server:
        findings = run_testssl(server.port, folder)
    with report.check(f"{title}: versions"):
        said = {TESTSSL_VERSIONS[one["id"]]: one["finding"] for one in findings if one["id"] in TESTSSL_VERSIONS}
        offered = {version for version, finding in said.items() if re.match(r"(vulnerable|offered)", finding)}
        if offered != set(configuration.versions):
            raise Failure(f"it says {said}")
    for version, expected in configuration.expected.items():
        with report.check(f"{title}: suites of {version}"):
            pattern = re.compile(f"cipher-{TESTSSL_NAMES[version]}_x([0-9a-f]+)$")
            seen = {int(match.group(1), 16) for match in (pattern.match(one["id"]) for one in findings) if match}
            compare("testssl", seen, expected)


def main():
    harness.in_own_network()
    report = harness.Report(verbose=True)
    os.makedirs(BUILD, exist_ok=True)
    certificates = ClassicCertificates(Certificates(os.path.join(BUILD, "peer-certs")))
    for configuration in configurations(certificates):
        with tempfile.TemporaryDirectory(prefix="sslref-scan-") as folder:
            try:
                testssl(report, certificates, configuration, folder)
            except (Failure, OSError, subprocess.SubprocessError) as failure:
                with report.check(f"testssl {configuration.name}: the scan"):
                    raise Failure(str(failure)) from failure
    return report.finish()


if __name__ == "__main__":
    sys.exit(main())
