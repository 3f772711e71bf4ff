#!/usr/bin/env python3
"""Our client and server in SSL 2.0 to TLS 1.1 against NSS, OpenSSL, GnuTLS, scapy and sslscan. run.py calls
all_of(); run by itself, this does nothing else. Options, last line and the rest as in run.py.
Packages: openssl gnutls-bin libnss3-tools python3-scapy python3-cryptography sslscan."""

import contextlib
import os
import sys

import classic_names
import classic_scan
import classic_ssl2
import harness
from classic_certificates import ClassicCertificates
from classic_names import TLS, VERSIONS, key_of, works_in
from classic_programs import (SERVER_KINDS, OldGnutlsClient, OldGnutlsServer, OldNssClient, OldNssServer,
                              OldOpensslClient, OldOpensslServer, OpensslReverser, our_server)
from harness import Failure, same
from programs import request
from world import equal_bytes, read

SIZE = 300001
# The bytes are tried once with each way of protecting records; the key exchanges have their own tests.
PROTECTIONS = [suite for suite in classic_names.SUITES if suite.name.startswith("TLS_RSA_")]


class ClassicWorld:
    """The world of the other scenarios, with the old peers in it."""

    def __init__(self, world):
        self.certificates = ClassicCertificates(world.certificates)
        self.report, self.scratch, self.ours, self.ca = world.report, world.scratch, world.ours, world.ca
        self.check, self.pattern_file = world.check, world.pattern_file
        self.pair, self.database = self.certificates.pair, self.certificates.database
        self.nss, self.openssl = OldNssClient(self.database, world.scratch), OldOpensslClient()
        self.bare_nss = OldNssClient(self.certificates.bare_database, world.scratch)
        self.gnutls = OldGnutlsClient()

    @contextlib.contextmanager
    def serving(self, title, version, *extra, **options):
        server = our_server(self.certificates, version, *extra, **options)
        with server:
            yield server
        with self.check(f"{title}: our server ends with everything freed"):
            if server.status != 0:
                raise Failure(f"status {server.status}\n    $ {' '.join(server.arguments)}\n"
                              f"{server.last_words[-1500:]}")

    def clients(self, version):
        """Each client of this version, with the suites that it has."""
        yield self.nss, classic_names.NSS
        if version != "ssl3":
            yield self.openssl, classic_names.OPENSSL
            yield self.gnutls, classic_names.GNUTLS

    @contextlib.contextmanager
    def servers(self, version):
        """Each server of this version, with the suites that it has."""
        pairs = {kind: self.pair(kind) for kind in SERVER_KINDS}
        with contextlib.ExitStack() as stack:
            found = [(stack.enter_context(OldNssServer(self.database, version)), classic_names.NSS)]
            if version != "ssl3":
                found += [(stack.enter_context(OldGnutlsServer(list(pairs.values()), version)), classic_names.GNUTLS)]
                for kind, fits in (("p256", lambda suite: key_of(suite) != "dss"),
                                   ("dss", lambda suite: key_of(suite) == "dss")):
                    found += [(stack.enter_context(OldOpensslServer([pairs["rsa"], pairs[kind]], version)),
                               list(filter(fits, classic_names.OPENSSL)))]
            yield found


# ---- every suite that a peer has ----

def suites_of_clients(world, version):
    title = f"classic suites {version}"
    with world.serving(title, version) as server:
        for client, suites in world.clients(version):
            for suite in suites:
                if not works_in(suite, version):
                    continue
                with world.check(f"{title}: {client.name} {suite.name}"):
                    anonymous = "_anon_" in suite.name
                    talk = client.fetch(server, version=version, suite=suite, ca=None if anonymous else world.ca)
                    talk.expect(version=version, suite=suite.name)
                    account = server.account(talk).expect(version=version, suite=suite.name)
                    account.known("version", "suite", "ems", "etm")
                    same(talk, account)


def suites_of_servers(world, version):
    title = f"classic suites {version}"
    with world.servers(version) as servers:
        for server, suites in servers:
            for suite in suites:
                if not works_in(suite, version):
                    continue
                with world.check(f"{title}: ours to {server.name} {suite.name}"):
                    # OpenSSL takes a prime of 1024 bits where there is no certificate to measure it by.
                    short = ["--min-dh", "1024"] if "_DH_anon" in suite.name else []
                    talk = world.ours.fetch(server, version=version, suite=suite, ca=world.ca, extra=short)
                    talk.expect(version=version, suite=suite.name).known("version", "suite", "ems", "etm")
                    same(talk, server.account(talk).expect(version=version))


def refusals(world):
    """A version that is not allowed, a suite that is not enabled: told in the words of the old versions."""
    title = "classic refusals"
    with world.serving(title, "tls1.0") as server:
        with world.check(f"{title}: tstclnt with SSL 3.0 to a server of TLS 1.0"):
            world.nss.fetch(server, version="ssl3").refused("HANDSHAKE_FAILURE|PROTOCOL_VERSION|NO_CYPHER_OVERLAP|"
                                                            "UNSUPPORTED_VERSION")
        with world.check(f"{title}: openssl s_client with TLS 1.1 at least"):
            world.openssl.fetch(server, version="tls1.1").refused(
                "protocol version|alert number 70|unsupported protocol")
        for version in ("ssl3", "tls1.1"):
            with world.check(f"{title}: ours with {version}"):
                world.ours.fetch(server, version=version, ca=world.ca, extra=[
                    "--suites", "TLS_RSA_WITH_AES_128_CBC_SHA"]).refused("protocol_version|handshake_failure")
    with world.serving(title, "tls1.1", minimum="ssl3") as server:
        for client, version in ((world.nss, "ssl3"), (world.nss, "tls1.0"), (world.openssl, "tls1.0"),
                                (world.openssl, "tls1.1"), (world.gnutls, "tls1.1")):
            with world.check(f"{title}: {client.name} {version} takes its version from a server of three"):
                talk = client.fetch(server, version=version, ca=world.ca).expect(version=version)
                server.account(talk).expect(version=version)
        for client in (world.openssl, world.gnutls):
            with world.check(f"{title}: {client.name} falls back without need"):
                extra = {"extra": ["-fallback_scsv"]} if client is world.openssl else {"options": ":%FALLBACK_SCSV"}
                client.fetch(server, version="tls1.0", ca=world.ca, **extra).refused("inappropriate fallback|number 86")
    with world.serving(title, "ssl3", suites=["TLS_RSA_WITH_RC4_128_SHA"]) as server:
        with world.check(f"{title}: tstclnt has no common suite"):
            aes = classic_names.BY_NAME["TLS_RSA_WITH_AES_128_CBC_SHA"]
            world.nss.fetch(server, version="ssl3", suite=aes).refused(
                "NO_CYPHER_OVERLAP|HANDSHAKE_FAILURE")


def short_keys(world):
    """DSS as it was: 1024 bits with 160, and what openssl dsaparam makes by itself today."""
    title = "classic short keys"
    suite = classic_names.BY_NAME["TLS_DHE_DSS_WITH_3DES_EDE_CBC_SHA"]
    for kind in ("dss-160", "dss-224"):
        with OldGnutlsServer([world.pair(kind)], "tls1.0") as gnutls, \
                OldOpensslServer([world.pair(kind)], "tls1.0") as openssl:
            with world.check(f"{title}: ours to {gnutls.name}, {kind}"):
                world.ours.fetch(gnutls, version="tls1.0", suite=suite).expect(suite=suite.name)
            aes = classic_names.BY_NAME["TLS_DHE_DSS_WITH_AES_128_CBC_SHA"]
            with world.check(f"{title}: ours to {openssl.name}, {kind} and a prime of 1024 bits"):
                talk = world.ours.fetch(openssl, version="tls1.0", suite=aes, extra=["--min-dh", "1024"])
                talk.expect(suite=aes.name)
            with world.check(f"{title}: ours to {openssl.name}, {kind}: such a prime is too short unless named"):
                world.ours.fetch(openssl, version="tls1.0", suite=aes).refused("too small")
            with world.check(f"{title}: ours to {gnutls.name}, {kind}: such a key is too short for an authority"):
                world.ours.fetch(gnutls, version="tls1.0", suite=suite, ca=world.ca).refused("too short")
        for version in VERSIONS:
            with world.serving(title, version, kinds=(kind,)) as server:
                with world.check(f"{title}: tstclnt {version} {kind}"):
                    talk = world.nss.fetch(server, version=version, suite=suite)
                    server.account(talk.expect(version=version)).expect(suite=suite.name)


# ---- client certificates ----

def client_certificates(world, version):
    title = f"classic client certificate {version}"
    kinds = [kind for kind in ("rsa", "dss", "p256") if not (kind == "p256" and version == "ssl3")]

    def bare(client):  # tstclnt takes a certificate that fits out of its database by itself
        return world.bare_nss if client is world.nss else client

    with world.serving(title, version, "--request-cert", "--ca", world.ca) as server, \
            world.serving(title, version, "--require-cert", "--ca", world.ca) as strict:
        for kind in kinds:
            for client, _ in world.clients(version):
                if kind == "dss" and client is world.gnutls:
                    continue  # gnutls-cli 3.7 does not sign with DSA
                for asking, how in ((server, "requested"), (strict, "required")):
                    with world.check(f"{title}: {client.name} {kind} {how}"):
                        own = {"nickname": "client-" + kind} if client is world.nss else \
                            {"pair": world.pair("client-" + kind)}
                        talk = client.fetch(asking, version=version, ca=world.ca, **own).expect(version=version)
                        asking.account(talk).expect(version=version, peer=f"CN=client {kind}").known("peer")
        for client, _ in world.clients(version):
            with world.check(f"{title}: {client.name} none, requested"):
                talk = bare(client).fetch(server, version=version, ca=world.ca).expect(version=version)
                if server.account(talk).peer is not None:
                    talk.fail("our server reports a certificate that nobody sent")
            with world.check(f"{title}: {client.name} none, required"):
                bare(client).fetch(strict, version=version, ca=world.ca).refused(
                    r"alert number (40|41)|Received alert \[40\]|HANDSHAKE_FAILURE|NO_CERTIFICATE|BAD_CERT")
    with contextlib.ExitStack() as stack:
        servers = [OldNssServer(world.database, version, "-r", "-r"), OldNssServer(world.database, version, "-r")]
        if version != "ssl3":
            servers += [OldGnutlsServer([world.pair("rsa")], version, client="require", ca=world.ca),
                        OldOpensslServer([world.pair("rsa")], version, "-Verify", "1", "-verify_return_error",
                                         ca=world.ca)]
        nss = servers[1]
        for asking in servers:
            stack.enter_context(asking)
            for kind in kinds if asking is not nss else ["rsa"]:
                how = "requested" if asking is nss else "required"
                with world.check(f"{title}: ours to {asking.name} {kind} {how}"):
                    if kind == "dss" and asking.name == "gnutls-serv":
                        continue  # as above
                    talk = world.ours.fetch(asking, version=version, ca=world.ca, pair=world.pair("client-" + kind),
                                            extra=ALL_SUITES).expect(version=version)
                    said = asking.account(talk)
                    if f"client {kind}" not in (said.peer or said.text + talk.body.decode("latin-1")):
                        said.fail(f"{asking.name} did not see our certificate")
            with world.check(f"{title}: ours to {asking.name} none, {'requested' if asking is nss else 'required'}"):
                talk = world.ours.fetch(asking, version=version, ca=world.ca, extra=ALL_SUITES)
                if asking is nss:
                    talk.expect(version=version)
                else:
                    talk.refused()


ALL_SUITES = ["--suites", ",".join(suite.name for suite in classic_names.SUITES if "_anon_" not in suite.name)]


# ---- resumption ----

RESUMED = ("TLS_RSA_WITH_AES_128_CBC_SHA", "TLS_RSA_WITH_RC4_128_SHA", "TLS_DHE_RSA_WITH_AES_256_CBC_SHA")


def resumption(world, version):
    title = f"classic resumption {version}"
    with world.serving(title, version) as server:
        for suite in (classic_names.BY_NAME[name] for name in RESUMED):
            if version == "ssl3":
                continue
            if suite in classic_names.OPENSSL:
                with world.check(f"{title}: openssl s_client {suite.name}"):
                    talk = world.openssl.fetch(server, version=version, suite=suite, ca=world.ca,
                                               extra=["-reconnect", "-no_ticket"]).expect(resumed=True)
                    if talk.text.count("\nReused, ") != 5:
                        talk.fail("not every connection was resumed")
                    server.account(talk).expect(resumed=True, suite=suite.name)
            with world.check(f"{title}: gnutls-cli {suite.name}"):
                talk = world.gnutls.fetch(server, version=version, suite=suite, ca=world.ca,
                                          extra=["--resume", "--noticket"])
                server.account(talk.expect(resumed=True)).expect(resumed=True, suite=suite.name)
    for name in RESUMED[::2]:  # with -c, tstclnt crashes when it comes again; left alone it has no RC4
        with world.serving(title, version, suites=[name]) as server, world.check(f"{title}: tstclnt {name}"):
            talk = world.nss.fetch(server, version=version, extra=["-L", "3"]).expect()
            if not harness.find(r"(2) cache hits; 1 cache misses", talk.text):
                talk.fail("not resumed as it should be")
            server.account(talk).expect(version=version, suite=name)
            pages = talk.body + talk.text.encode("latin-1")
            if (pages.count(b"resumed=0"), pages.count(b"resumed=1")) != (1, 2):
                talk.fail("our server does not say so")
    with contextlib.ExitStack() as stack:
        servers = [OldNssServer(world.database, version)]
        if version != "ssl3":
            servers += [OldOpensslServer([world.pair("rsa")], version, "-no_ticket"),
                        OldGnutlsServer([world.pair("rsa")], version, "--noticket")]
        for server in map(stack.enter_context, servers):
            for suite in (classic_names.BY_NAME[name] for name in RESUMED):
                if suite not in classic_names.OPENSSL and server.name == "openssl s_server":
                    continue
                with world.check(f"{title}: ours to {server.name} {suite.name}"):
                    talk = world.ours.fetch(server, version=version, suite=suite, ca=world.ca,
                                            extra=["--reconnect", "2"]).expect(version=version, suite=suite.name)
                    if [one.resumed for one in talk.all] != [False, True, True]:
                        talk.fail("not resumed as it should be")
                    server.account(talk).expect(resumed=True)


# ---- every byte ----

def bytes_from_clients(world, version):
    title = f"classic bytes {version}"
    data = read(world.pattern_file(SIZE))
    with world.serving(title, version) as split, world.serving(title, version, "--no-split") as whole:
        for server, how in ((split, "split"), (whole, "whole")):
            for client, suites in world.clients(version):
                for suite in PROTECTIONS:
                    if suite not in suites or not works_in(suite, version):
                        continue
                    if how == "whole" and "CBC" not in suite.name:
                        continue
                    with world.check(f"{title}: {client.name} sends and gets 300 KB, {suite.name}, {how}"):
                        own = {"path": "/echo", "body": data} if client is world.nss else \
                            {"send": request("/echo", body=data)}
                        talk = client.fetch(server, version=version, suite=suite, ca=world.ca, **own)
                        equal_bytes(talk.expect(version=version, suite=suite.name), talk.body, data)


def bytes_from_us(world, version):
    title = f"classic bytes {version}"
    pattern = world.pattern_file(SIZE)
    lines = b"".join(b"%064x\n" % (number * 7919 ** 15) for number in range(1, 4600))
    path = os.path.join(world.scratch, f"lines-{version}")
    with open(path, "wb") as file:
        file.write(lines)
    turned = b"".join(line[::-1] + b"\n" for line in lines.split(b"\n")[:-1])
    # selfserv sends a POST back whole if its body is one line and ends like a head.
    post = b"POST / HTTP/1.0\r\n\r\n" + lines.replace(b"\n", b"")[:9000] + b"\r\n\r\n"
    question = os.path.join(world.scratch, f"post-{version}")
    with open(question, "wb") as file:
        file.write(post)

    def tried(server, suites):
        for suite in PROTECTIONS:
            if suite in suites and works_in(suite, version):
                for how in ((["--no-split"], []) if "CBC" in suite.name else ([],)):
                    yield suite, how, f"{server.name}, {suite.name}{', whole' if how else ''}"

    with OldNssServer(world.database, version) as server:
        for suite, how, name in tried(server, classic_names.NSS):
            with world.check(f"{title}: ours gets 300 KB from {name}"):
                talk = world.ours.fetch(server, version=version, suite=suite, ca=world.ca, path=pattern, extra=how)
                equal_bytes(talk.expect(suite=suite.name), talk.body, read(pattern))
            with world.check(f"{title}: ours sends 9 KB to {name}"):
                talk = world.ours.fetch(server, version=version, suite=suite, ca=world.ca, data=question,
                                        extra=how + ["--expect", str(len(post) + 50)]).expect(suite=suite.name)
                answer = talk.body[max(talk.body.find(b"POST /"), 0):]
                equal_bytes(talk, answer[:8900], post[:8900])
    if version == "ssl3":
        return
    with OpensslReverser([world.pair("rsa")], version) as server:
        for suite, how, name in tried(server, classic_names.OPENSSL):
            with world.check(f"{title}: ours sends and gets 300 KB, {name}"):
                talk = world.ours.fetch(server, version=version, suite=suite, ca=world.ca, data=path,
                                        extra=how + ["--expect", str(len(turned))]).expect(suite=suite.name)
                equal_bytes(talk, talk.body, turned)
    with OldGnutlsServer([world.pair("rsa")], version, "--crlf", mode="--echo") as server:
        for suite, how, name in tried(server, classic_names.GNUTLS):
            with world.check(f"{title}: ours sends and gets 300 KB, {name}"):
                talk = world.ours.fetch(server, version=version, suite=suite, ca=world.ca, data=path,
                                        extra=how + ["--expect", str(len(lines))]).expect(suite=suite.name)
                equal_bytes(talk, talk.body, lines)


# One byte, a MAC of SHA-1 and the padding to a block of AES; or the MAC behind the padded block.
DATA, SHORTEST = 23, (32, 36)


def splitting(world):
    """1/n-1 as it looks on the wire: a record of one byte before each write, only where IVs are foreseeable."""
    title = "classic splitting"
    page = world.pattern_file(60000)
    suite = classic_names.BY_NAME["TLS_RSA_WITH_AES_128_CBC_SHA"]
    for version in VERSIONS:
        for option in ((), ("--no-split",)):
            with world.serving(title, version, "--root", world.scratch, *option) as server, \
                    harness.Relay(server) as relay:
                with world.check(f"{title}: our server, {version} {' '.join(option)}"):
                    talk = world.nss.fetch(relay, version=version, suite=suite, path="/" + os.path.basename(page))
                    equal_bytes(talk.expect(version=version), talk.body, read(page))
                    check_split(talk, relay.to_client, version != "tls1.1" and not option)
                with world.check(f"{title}: our client, {version} {' '.join(option)}"):
                    relay.forget()
                    talk = world.ours.fetch(relay, version=version, suite=suite, ca=world.ca, extra=option)
                    check_split(talk.expect(version=version), relay.to_server, version != "tls1.1" and not option)


def check_split(talk, records, wanted):
    first = next(length for kind, length in records if kind == DATA)
    if (first in SHORTEST) != wanted:
        talk.fail(f"the first record of data has {first} bytes")


# ---- the 2.0-format hello ----

def hello_of_version_2(world):
    """Ours to OpenSSL and GnuTLS, which still take one. NSS has given it up."""
    title = "classic 2.0 hello"
    offer = ["--min", "ssl2", "--suites", "TLS_RSA_WITH_AES_128_CBC_SHA,SSL_RSA_WITH_3DES_EDE_CBC_MD5"]
    for version in TLS:
        with OldOpensslServer([world.pair("rsa")], version) as openssl, \
                OldGnutlsServer([world.pair("rsa")], version) as gnutls:
            for server in (openssl, gnutls):
                with world.check(f"{title}: ours to {server.name} {version}"):
                    talk = world.ours.fetch(server, ca=world.ca, extra=offer + ["--max", version])
                    talk.expect(version=version, suite="TLS_RSA_WITH_AES_128_CBC_SHA", ems=False)
                    server.account(talk).expect(version=version)
    with OldNssServer(world.database, "ssl3") as server, world.check(f"{title}: ours to selfserv ends by itself"):
        world.ours.fetch(server, ca=world.ca, extra=offer + ["--max", "ssl3", "--timeout", "2"]).refused()


def all_of(world):
    old = ClassicWorld(world)

    def each(name, scenario, versions):
        return [(f"classic {name} {version}", lambda version=version: scenario(old, version)) for version in versions]

    return (each("bytes from clients", bytes_from_clients, VERSIONS) + each("bytes from us", bytes_from_us, VERSIONS)
            + each("suites of clients", suites_of_clients, VERSIONS)
            + each("suites of servers", suites_of_servers, VERSIONS)
            + each("client certificates", client_certificates, VERSIONS) + each("resumption", resumption, VERSIONS)
            + [(f"classic {name}", lambda scenario=scenario: scenario(old)) for name, scenario in (
                ("splitting", splitting), ("2.0 hello", hello_of_version_2), ("refusals", refusals),
                ("short keys", short_keys),
                ("ssl2", classic_ssl2.connections), ("ssl2 certificates", classic_ssl2.client_certificates),
                ("ssl2 hello", classic_ssl2.later_versions), ("sslscan", classic_scan.sslscan))])


if __name__ == "__main__":
    import run
    sys.exit(run.main(all_of))
