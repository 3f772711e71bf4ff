"""What is tried around the handshake, and the list of everything. Each scenario starts its servers, runs
its checks one after the other and stops them; two scenarios run at a time. The peers' part in a scenario
is as large as the peer's abilities. bytes_carried.py and web.py hold the other scenarios."""

import concurrent.futures
import os
import re
import time

import bytes_carried
import early_data
import libssl
import matrix
import names
import psk
import redis_store
import renegotiation
import revocation
import tickets
import web
from harness import Failure, same
from programs import NSS_SUITES, GnutlsServer, NssServer, OpensslServer, OpensslTalker, gnutls_everything, request
from world import KINDS, NSS_KINDS, VERSIONS, equal_bytes, read

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
                       lambda suite, group, kind: suite.exchange == "dhe")
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

def resumption13(world):
    """Tickets of TLS 1.3, both roles."""
    title = "resumption in TLS 1.3"
    kept = os.path.join(world.scratch, "kept-ticket")
    suites = [suite for suite in names.SUITES if suite.tls13 and "CCM_8" not in suite.name]
    with world.serving(title, kinds=("rsa", "p256")) as server, \
            world.serving(title, "--cookie") as retrying, world.serving(title, "--no-tickets") as keeping, \
            world.serving(title, "--no-sessions") as forgetful:
        for suite in suites:
            for where, label in ((server, "our server"), (retrying, "our server behind HelloRetryRequest"),
                                 (keeping, "our server that keeps sessions")):
                with world.check(f"{title}: openssl s_client to {label}, {suite.name}"):
                    world.openssl.fetch(where, version="tls1.3", suite=suite, ca=world.ca,
                                        extra=["-sess_out", kept]).expect(resumed=False)
                    talk = world.openssl.fetch(where, version="tls1.3", suite=suite, ca=world.ca,
                                               extra=["-sess_in", kept]).expect(resumed=True)
                    where.account(talk).expect(resumed=True, suite=suite.name)
            with world.check(f"{title}: gnutls-cli, {suite.name}"):
                talk = world.gnutls.fetch(server, version="tls1.3", suite=suite, ca=world.ca, extra=["--resume"])
                server.account(talk.expect(resumed=True)).expect(resumed=True, suite=suite.name)
        with world.check(f"{title}: a server without sessions gives no ticket"):
            open(kept, "w").close()
            world.openssl.fetch(forgetful, version="tls1.3", ca=world.ca, extra=["-sess_out", kept]).expect(resumed=False)
            if os.path.getsize(kept):
                raise Failure("a ticket came")
        with world.check(f"{title}: ours to ours"):
            talk = world.ours.fetch(server, version="tls1.3", ca=world.ca, extra=["--reconnect", "3"]).expect()
            if [one.resumed for one in talk.all] != [False, True, True, True]:
                talk.fail("not resumed as it should be")
    with OpensslServer([world.pair("rsa")]) as openssl, GnutlsServer([world.pair("rsa")]) as gnutls, \
            NssServer(world.database, "rsa", "-u") as nss:
        for server in (openssl, gnutls, nss):
            for suite in suites:
                if server is nss and "CCM" in suite.name:
                    continue
                with world.check(f"{title}: ours to {server.name}, {suite.name}"):
                    talk = world.ours.fetch(server, version="tls1.3", suite=suite, ca=world.ca,
                                            extra=["--reconnect", "2"]).expect(suite=suite.name)
                    if [one.resumed for one in talk.all] != [False, True, True]:
                        talk.fail("not resumed as it should be")


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
    long = [("megabytes to our server", bytes_carried.bulk_to_our_server),
            ("megabytes from our client", bytes_carried.bulk_from_our_client)]
    short = [("client certificates", client_certificates), ("trust", trust), ("server names", server_names),
             ("alpn", alpn), ("hello retry", hello_retry), ("key update", key_update),
             ("key update from the server", key_update_from_server), ("record sizes", bytes_carried.record_sizes),
             ("wire", bytes_carried.on_the_wire), ("extensions of TLS 1.2", old_extensions), ("versions", versions),
             ("resumption", resumption), ("resumption in TLS 1.3", resumption13), ("stapling", stapling), ("revocation", revocation.check_servers), ("key log", key_log),
             ("early data", early_data.to_our_server), ("early data to others", early_data.to_their_servers),
             ("crowd", bytes_carried.crowd), ("curl", web.curl), ("nginx", web.nginx)]

    def jobs(scenarios):
        return [(name, lambda job=job: job(world)) for name, job in scenarios]

    return jobs(long) + all_matrices(world) + jobs(short) + tickets.all_of(world) + renegotiation.all_of(world) \
        + redis_store.all_of(world) + libssl.all_of(world) + psk.all_of(world)
