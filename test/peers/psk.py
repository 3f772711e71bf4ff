"""External pre-shared keys, both roles, in every version that has them: openssl -psk, gnutls --pskusername,
and in TLS 1.3 tstclnt -z (selfserv -z takes no key of anybody, not of tstclnt either)."""

import os
import re

from harness import same
from names import Suite
from programs import GnutlsServer, OpensslServer

IDENTITY, KEY, OTHER_KEY, HINT = "Client_identity", "000102030405060708090a0b0c0d0e0f", "ff" * 16, "the door bell"

# Every method with ciphers of every kind.
SUITES = [Suite(number, name, openssl, gnutls, False) for number, name, openssl, gnutls in [
    (0x008C, "TLS_PSK_WITH_AES_128_CBC_SHA", "PSK-AES128-CBC-SHA", "+PSK:+AES-128-CBC:+SHA1"),
    (0x0091, "TLS_DHE_PSK_WITH_AES_256_CBC_SHA", "DHE-PSK-AES256-CBC-SHA", "+DHE-PSK:+AES-256-CBC:+SHA1"),
    (0x0094, "TLS_RSA_PSK_WITH_AES_128_CBC_SHA", "RSA-PSK-AES128-CBC-SHA", "+RSA-PSK:+AES-128-CBC:+SHA1"),
    (0xC036, "TLS_ECDHE_PSK_WITH_AES_256_CBC_SHA", "ECDHE-PSK-AES256-CBC-SHA", "+ECDHE-PSK:+AES-256-CBC:+SHA1"),
    (0xC037, "TLS_ECDHE_PSK_WITH_AES_128_CBC_SHA256", "ECDHE-PSK-AES128-CBC-SHA256",
     "+ECDHE-PSK:+AES-128-CBC:+SHA256"),
    (0x00AF, "TLS_PSK_WITH_AES_256_CBC_SHA384", "PSK-AES256-CBC-SHA384", "+PSK:+AES-256-CBC:+SHA384"),
    (0x00A8, "TLS_PSK_WITH_AES_128_GCM_SHA256", "PSK-AES128-GCM-SHA256", "+PSK:+AES-128-GCM:+AEAD"),
    (0x00A9, "TLS_PSK_WITH_AES_256_GCM_SHA384", "PSK-AES256-GCM-SHA384", "+PSK:+AES-256-GCM:+AEAD"),
    (0x00AB, "TLS_DHE_PSK_WITH_AES_256_GCM_SHA384", "DHE-PSK-AES256-GCM-SHA384", "+DHE-PSK:+AES-256-GCM:+AEAD"),
    (0x00AC, "TLS_RSA_PSK_WITH_AES_128_GCM_SHA256", "RSA-PSK-AES128-GCM-SHA256", "+RSA-PSK:+AES-128-GCM:+AEAD"),
    (0x00AD, "TLS_RSA_PSK_WITH_AES_256_GCM_SHA384", "RSA-PSK-AES256-GCM-SHA384", "+RSA-PSK:+AES-256-GCM:+AEAD"),
    (0xC0A4, "TLS_PSK_WITH_AES_128_CCM", "PSK-AES128-CCM", "+PSK:+AES-128-CCM:+AEAD"),
    (0xC0A8, "TLS_PSK_WITH_AES_128_CCM_8", "PSK-AES128-CCM8", "+PSK:+AES-128-CCM-8:+AEAD"),
    (0xC0A7, "TLS_DHE_PSK_WITH_AES_256_CCM", "DHE-PSK-AES256-CCM", "+DHE-PSK:+AES-256-CCM:+AEAD"),
    (0xCCAB, "TLS_PSK_WITH_CHACHA20_POLY1305_SHA256", "PSK-CHACHA20-POLY1305", "+PSK:+CHACHA20-POLY1305:+AEAD"),
    (0xCCAC, "TLS_ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256", "ECDHE-PSK-CHACHA20-POLY1305",
     "+ECDHE-PSK:+CHACHA20-POLY1305:+AEAD"),
    (0xCCAD, "TLS_DHE_PSK_WITH_CHACHA20_POLY1305_SHA256", "DHE-PSK-CHACHA20-POLY1305",
     "+DHE-PSK:+CHACHA20-POLY1305:+AEAD"),
    (0xCCAE, "TLS_RSA_PSK_WITH_CHACHA20_POLY1305_SHA256", "RSA-PSK-CHACHA20-POLY1305", None),
]]
OLD = [suite for suite in SUITES if suite.name.endswith("_CBC_SHA")]
TLS13 = ["TLS_AES_128_GCM_SHA256", "TLS_CHACHA20_POLY1305_SHA256", "TLS_AES_256_GCM_SHA384"]
GNUTLS_OLD = "NONE:+VERS-TLS1.2:%s:+SIGN-ALL:+COMP-NULL:+CTYPE-X509:+GROUP-ALL"
GNUTLS_NEW = "NORMAL:-VERS-ALL:+VERS-TLS1.3:+PSK:+DHE-PSK:+ECDHE-PSK"


def key_file(world, name="psk", key=KEY):
    path = os.path.join(world.scratch, name)
    with open(path, "w", encoding="ascii") as file:
        file.write(f"{IDENTITY}:{key}\nsomebody else:{'11' * 32}\n")
    return path


def openssl_key(key=KEY, identity=IDENTITY):
    return ["-psk", key, "-psk_identity", identity]


def gnutls_key(key=KEY, identity=IDENTITY):
    return ["--pskusername", identity, "--pskkey", key]


def nss_key(key=KEY, identity=IDENTITY):
    return ["-z", f"0x{key}:{identity}"]


def by_key(account, suite=None, resumed=False):
    """What one of our programs says."""
    if account.facts.get("psk") != IDENTITY:
        account.fail(f"the identity is {account.facts.get('psk')}")
    return account.expect(suite=suite, resumed=resumed)


def says(talk, *patterns):
    for pattern in patterns:
        if not re.search(pattern, talk.text):
            talk.fail(f"nothing like {pattern} is said")
    return talk


def with_their_clients(world):
    title = "psk"
    with world.serving(title, "--psk", key_file(world), "--psk-hint", HINT, minimum="tls1.0",
                       suites=[suite.name for suite in SUITES] + TLS13) as server:
        for version, suites in (("tls1.2", SUITES), ("tls1.1", OLD), ("tls1.0", OLD)):
            for suite in suites:
                with world.check(f"{title}: openssl s_client, {version}, {suite.name}"):
                    talk = world.openssl.fetch(server, version=version, suite=suite, extra=openssl_key(),
                                               ca=world.ca if "RSA" in suite.name else None).expect()
                    says(talk, f"Cipher is {suite.openssl}\n", f"PSK identity: {IDENTITY}\n",
                         f"PSK identity hint: {HINT}\n")
                    by_key(server.account(talk), suite=suite.name).expect(version=version, ems=True)
        for suite in SUITES:
            # gnutls-cli crashes where it should describe DHE_PSK and ECDHE_PSK, with gnutls-serv, too.
            if suite.gnutls and "DHE-PSK" not in suite.gnutls:
                with world.check(f"{title}: gnutls-cli, tls1.2, {suite.name}"):
                    talk = world.gnutls.fetch(server, priority=GNUTLS_OLD % suite.gnutls, extra=gnutls_key(),
                                              ca=world.ca if "RSA" in suite.name else None).expect()
                    if "RSA" not in suite.name:  # it says nothing there
                        says(talk, f"PSK hint '{HINT}'")
                    by_key(server.account(talk), suite=suite.name)
        for name in TLS13:
            with world.check(f"{title}: openssl s_client, tls1.3, with {name} before others"):
                # OpenSSL says "Reused" of every pre-shared key, whose hash is SHA-256.
                talk = world.openssl.fetch(server, version="tls1.3",
                                           extra=openssl_key() + ["-ciphersuites", ":".join([name] + TLS13)]).expect()
                by_key(server.account(talk), suite=TLS13[0])
        with world.check(f"{title}: gnutls-cli, tls1.3"):
            talk = world.gnutls.fetch(server, priority=GNUTLS_NEW, extra=gnutls_key()).expect(suite=TLS13[0])
            by_key(server.account(talk), suite=TLS13[0])
        with world.check(f"{title}: tstclnt, tls1.3"):
            talk = world.nss.fetch(server, version="tls1.3", extra=nss_key()).expect(version="tls1.3")
            by_key(server.account(talk), suite=TLS13[0])
        with world.check(f"{title}: tstclnt with another key, tls1.3"):
            world.nss.fetch(server, version="tls1.3", extra=nss_key(OTHER_KEY)).refused("decrypt|DECRYPT")
        for version in ("tls1.2", "tls1.3"):
            kept = os.path.join(world.scratch, f"kept-psk-{version}")
            extra = openssl_key() + (["-cipher", "PSK"] if version == "tls1.2" else [])
            with world.check(f"{title}: openssl s_client resumes, {version}"):
                by_key(server.account(world.openssl.fetch(server, version=version, extra=extra + ["-sess_out", kept])))
                for _ in range(2):
                    talk = world.openssl.fetch(server, version=version, extra=extra + ["-sess_in", kept])
                    by_key(server.account(talk.expect(resumed=True)), resumed=True)
        with world.check(f"{title}: openssl s_client with another key, tls1.2"):
            world.openssl.fetch(server, version="tls1.2", suite=SUITES[0], extra=openssl_key(OTHER_KEY)).refused(
                "bad record mac")
        with world.check(f"{title}: openssl s_client under another name, tls1.2"):
            world.openssl.fetch(server, version="tls1.2", suite=SUITES[0],
                                extra=openssl_key(identity="nobody")).refused("bad record mac")
        with world.check(f"{title}: openssl s_client with another key, tls1.3"):
            world.openssl.fetch(server, version="tls1.3", extra=openssl_key(OTHER_KEY)).refused("decrypt error")
        with world.check(f"{title}: openssl s_client under another name is shown a certificate, tls1.3"):
            talk = world.openssl.fetch(server, version="tls1.3", ca=world.ca, extra=openssl_key(identity="nobody"))
            account = server.account(talk.expect())
            if "psk" in account.facts:
                account.fail("a stranger has an identity")
        with world.check(f"{title}: gnutls-cli with another key, tls1.3"):
            world.gnutls.fetch(server, priority=GNUTLS_NEW, extra=gnutls_key(OTHER_KEY)).refused("decrypt", "Error")
    with world.serving(title + ", nothing else", "--psk", key_file(world), kinds=(), suites=None) as server:
        with world.check(f"{title}: openssl s_client to a server without certificate, tls1.3"):
            by_key(server.account(world.openssl.fetch(server, version="tls1.3", extra=openssl_key()).expect()))
        with world.check(f"{title}: openssl s_client under another name, no certificate, tls1.3"):
            world.openssl.fetch(server, version="tls1.3", extra=openssl_key(identity="nobody")).refused(
                "unknown psk identity")
        for version in ("tls1.2", "tls1.3"):
            with world.check(f"{title}: ours to ours, {version}"):
                talk = world.ours.fetch(server, version=version, extra=["--psk", key_file(world)]).expect()
                same(by_key(talk), by_key(server.account(talk)))


def to_their_servers(world):
    title = "psk: ours"
    ours, wrong = ["--psk", key_file(world)], ["--psk", key_file(world, "wrong-psk", OTHER_KEY)]
    everything = "NORMAL:+AES-128-CBC:+AES-256-CBC:+SHA256:+SHA384:+AES-128-CCM-8:+PSK:+DHE-PSK:+ECDHE-PSK"
    theirs = ["--pskpasswd", key_file(world), "--pskhint", HINT]
    with OpensslServer([world.pair("rsa")], *openssl_key(), "-psk_hint", HINT, suites=SUITES) as openssl, \
            GnutlsServer([world.pair("rsa")], *theirs, priority=everything) as gnutls, \
            GnutlsServer([world.pair("rsa")], *theirs, priority="NORMAL:+AES-128-CBC:+SHA1:+RSA-PSK") as rsa_psk:
        # With RSA-PSK in its list gnutls-serv takes no key in TLS 1.3.
        for suite in SUITES:
            if suite.gnutls and "RSA-PSK" in suite.gnutls:
                with world.check(f"{title} to gnutls-serv, tls1.2, {suite.name}"):
                    talk = world.ours.fetch(rsa_psk, version="tls1.2", suite=suite, extra=ours, ca=world.ca)
                    by_key(talk.expect(), suite=suite.name)
                    says(rsa_psk.account(talk), f"Connected as '{IDENTITY}'")
        for server in (openssl, gnutls):
            for suite in SUITES:
                if server is gnutls and (suite.gnutls is None or "RSA-PSK" in suite.gnutls):
                    continue
                with world.check(f"{title} to {server.name}, tls1.2, {suite.name}"):
                    talk = world.ours.fetch(server, version="tls1.2", suite=suite, extra=ours,
                                            ca=world.ca if "RSA" in suite.name else None).expect(suite=suite.name)
                    by_key(talk, suite=suite.name)
                    if server is gnutls:
                        says(server.account(talk), f"Connected as '{IDENTITY}'")
                    else:
                        says(server.account(talk), f"Cipher +: {suite.openssl}\n", f"PSK identity: {IDENTITY}\n")
            for what, extra in (("", []), (", behind a HelloRetryRequest", ["--groups", "ffdhe4096,x25519"])):
                with world.check(f"{title} to {server.name}, tls1.3{what}"):
                    talk = world.ours.fetch(server, version="tls1.3", extra=ours + extra).expect(suite=TLS13[0])
                    by_key(talk)
                    if server is gnutls:
                        says(server.account(talk), f"Connected as '{IDENTITY}'")
            with world.check(f"{title} to {server.name}, tls1.3, the ticket is taken before the key"):
                talk = world.ours.fetch(server, version="tls1.3", extra=ours + ["--reconnect", "2"]).expect()
                if [one.resumed for one in talk.all] != [False, True, True]:
                    talk.fail("not every connection was resumed")
                by_key(talk, resumed=True)
            with world.check(f"{title} to {server.name} with another key, tls1.3"):
                world.ours.fetch(server, version="tls1.3", extra=wrong).refused("alert received")
            with world.check(f"{title} to {server.name} with another key, tls1.2"):
                world.ours.fetch(server, version="tls1.2", suite=SUITES[0], extra=wrong).refused("alert received")


def all_of(world):
    return [("psk, clients", lambda: with_their_clients(world)), ("psk, servers", lambda: to_their_servers(world))]
