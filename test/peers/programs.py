"""The programs that talk: ours, OpenSSL's, GnuTLS's and NSS's clients and servers, each behind the same
few calls, and how to read what they say. One class a program.

A client's fetch() asks a server for one path over one connection and returns a Talk; a server's
account() is its own Talk of the same connection, read from the page it sent or from its log."""

import os
import re
import shlex
import subprocess

from harness import Server, Talk, converse, find, version_name
from names import (CURVES, FIELDS, KEY_CURVES, NSS_GROUPS, OPENSSL_GROUPS, SUITES, gnutls_group, group_of,
                   suite_of)

BUILD = os.path.abspath(os.environ.get("BUILD", "build"))
ALL_GROUPS = CURVES + FIELDS


def request(path, close=True, body=None):
    head = f"{'GET' if body is None else 'POST'} {path} HTTP/1.1\r\nHost: localhost\r\n"
    if close:
        head += "Connection: close\r\n"
    if body is not None:
        head += f"Content-Length: {len(body)}\r\n"
    return head.encode() + b"\r\n" + (body or b"")


def http_body(output):
    """What follows the head of the HTTP answer, and what the program printed before it."""
    start = re.search(rb"HTTP/1\.[01] \d\d\d", output)
    if not start:
        return b"", output
    end = output.find(b"\r\n\r\n", start.start())
    if end < 0:
        return b"", output
    head = output[start.start():end].decode("latin-1")
    body = output[end + 4:]
    length = find(r"^content-length: *(\d+)", head, re.M | re.I)
    if length is not None:
        return body[:int(length)], output[:start.start()] + body[int(length):]
    return body, output[:start.start()]


def offered(suite, group, kind):
    """The groups that a client offers to get this one. In TLS 1.2 it must also name the curve of an
    ECDSA certificate (RFC 8422 5.1); the server is then one that has the wanted group alone."""
    curve = KEY_CURVES.get(kind)
    if suite is not None and not suite.tls13 and curve and group != curve:
        return [group, curve]
    return [group]


def truth(word):
    return None if word is None else word.strip().lower() in ("1", "yes", "true", "on")


def status_page(text):
    """The key=value lines of our programs, as a Talk."""
    said = dict(line.split("=", 1) for line in text.split("\n") if "=" in line)
    said = {key.strip(): value.strip() for key, value in said.items() if value.strip() not in ("", "-")}
    talk = Talk(version=version_name(said.get("version")), suite=suite_of(said.get("suite")),
                group=group_of(said.get("group")), signature=said.get("sigalg"), alpn=said.get("alpn"),
                sni=said.get("sni"), resumed=truth(said.get("resumed")), ems=truth(said.get("ems")),
                etm=truth(said.get("etm")), peer=said.get("peer"), text=text)
    talk.facts = said
    return talk


# ---- ours ----

class OurServer(Server):
    name = "our server"
    ready = r"port=(\d+)"

    def __init__(self, pairs, *extra, minimum="tls1.2", maximum="tls1.3", suites="all", groups=ALL_GROUPS,
                 seconds=300):
        """pairs: (certificate, key) files, in order. suites "all": those off by default too; None:
        as the program has them."""
        if suites == "all":
            suites = [suite.name for suite in SUITES]
        self.arguments = [os.path.join(BUILD, "samples/server"), "--port", "0", "--max-seconds", str(seconds),
                          "--min", minimum, "--max", maximum]
        for certificate, key in pairs:
            self.arguments += ["--cert", certificate, "--key", key]
        if suites:
            self.arguments += ["--suites", ",".join(suites)]
        if groups:
            self.arguments += ["--groups", ",".join(groups)]
        self.arguments += extra

    def command(self, port):
        return self.arguments

    path = "/status.txt"

    def account(self, talk):
        account = status_page(talk.body.decode("latin-1"))
        account.command, account.text = talk.command, talk.text + talk.body.decode("latin-1")
        if account.version is None:
            account.fail("our server sent no status page")
        return account


class OurClient:
    name = "our client"

    def fetch(self, server, version=None, suite=None, group=None, path=None, sni="localhost", ca=None,
              alpn=None, pair=None, extra=(), sigalgs=None, kind=None, data=None, timeout=20,
              **_):
        command = [os.path.join(BUILD, "samples/client"), "--info", "--host", "127.0.0.1", "--name", sni,
                   "--port", str(server.port), "--timeout", str(timeout - 2)]
        if data is None:
            command += ["--get", path or server.path]
        else:
            command += ["--data-out", data]
        if version:
            command += ["--min", version, "--max", version]
        if suite:
            command += ["--suites", suite.name]
        if group:
            command += ["--groups", ",".join(offered(suite, group, kind))]
        command += ["--ca", ca] if ca else ["--insecure"]
        if alpn:
            command += ["--alpn", alpn]
        if pair:
            command += ["--cert", pair[0], "--key", pair[1]]
        if sigalgs:
            command += ["--sigalgs", sigalgs]
        command += list(extra)
        status, out, err = converse(command, timeout=timeout, close_stdin=True)
        text = err.decode("latin-1")
        # One line a connection; the last fact, the peer's name, is the only one with blanks.
        lines = [line for line in text.splitlines() if line.startswith("version=")]
        talks = []
        for line in lines or [""]:
            facts, _, peer = line.partition(" peer=")
            talk = status_page(facts.replace(" ", "\n") + "\npeer=" + peer)
            talk.status, talk.text, talk.command, talk.body = status, text, shlex.join(command), out
            talks.append(talk)
        talk = talks[-1]
        talk.all = talks
        return talk


# ---- OpenSSL ----

class OpensslServer(Server):
    """openssl s_server -www: answers everything with a page about the connection."""
    name = "openssl s_server"
    path = "/"

    def __init__(self, pairs, *extra, page="-www", ca=None, groups=ALL_GROUPS, suites=SUITES, cwd=None):
        ciphers = ":".join(suite.openssl for suite in suites if not suite.tls13)
        tls13 = ":".join(suite.openssl for suite in suites if suite.tls13)
        self.arguments = ["-cert", pairs[0][0], "-key", pairs[0][1], "-groups",
                          ":".join(OPENSSL_GROUPS[group] for group in groups)]
        if ciphers:
            self.arguments += ["-cipher", ciphers + ":@SECLEVEL=0"]
        if tls13:
            self.arguments += ["-ciphersuites", tls13]
        if page:
            self.arguments.append(page)
        if ca:
            self.arguments += ["-CAfile", ca]
        self.arguments += extra
        self.cwd = cwd
        if page == "-WWW":
            self.path = None

    def command(self, port):
        return ["openssl", "s_server", "-accept", f"127.0.0.1:{port}", *self.arguments]

    def account(self, talk):
        text = talk.body.decode("latin-1")
        page = text[max(text.rfind("\nNew, "), text.rfind("\nReused, "), 0):]
        version = find(r"^ *Protocol *: *(\S+)", page)
        if version is None:
            talk.fail("openssl s_server sent no page about the connection")
        ems = find(r"^ *Extended master secret: *(\w+)", page)
        return Talk(version=version_name(version), suite=suite_of(find(r"^ *Cipher *: *(\S+)", page)),
                    resumed="\nReused," in page, ems=truth(ems) if version != "TLSv1.3" else None,
                    peer=find(r"^subject=(.*)$", page) or find(r"Subject: (.*)$", page),
                    text=page, command=shlex.join(self.command(self.port)))


class OpensslTalker(OpensslServer):
    """openssl s_server that sends the lines we write to its input; k, K, r and R are its commands."""
    name = "openssl s_server (by hand)"
    stdin = subprocess.PIPE

    def __init__(self, pairs, *extra, ca=None):
        super().__init__(pairs, *extra, page=None, ca=ca)


def openssl_signature(kind, digest, rsa):
    if kind is None:
        return None
    digest = (digest or "").lower()
    if kind == "Ed25519":
        return "ed25519"
    if kind == "RSA-PSS":
        return None if rsa is None else f"rsa_pss_{rsa}_{digest}"
    if kind == "RSA":
        return f"rsa_pkcs1_{digest}"
    curve = {"sha256": "secp256r1", "sha384": "secp384r1", "sha512": "secp521r1"}.get(digest)
    return f"ecdsa_{curve}_{digest}" if kind == "ECDSA" and curve else None


class OpensslClient:
    name = "openssl s_client"

    def fetch(self, server, version=None, suite=None, group=None, path=None, sni="localhost", ca=None,
              alpn=None, pair=None, extra=(), send=None, steps=(), kind=None, timeout=20, **_):
        command = ["openssl", "s_client", "-connect", f"127.0.0.1:{server.port}", "-servername", sni]
        if not steps:
            command += ["-ign_eof", "-nocommands"]
        if version:
            command.append("-tls1" if version == "tls1.0" else "-" + version.replace(".", "_"))
        if suite:
            command += ["-ciphersuites", suite.openssl] if suite.tls13 else \
                ["-cipher", suite.openssl + ":@SECLEVEL=0"]
        if group:
            command += ["-groups", ":".join(OPENSSL_GROUPS[name] for name in offered(suite, group, kind))]
        if ca:
            command += ["-CAfile", ca, "-verify_return_error", "-verify_hostname", sni]
        if alpn:
            command += ["-alpn", alpn]
        if pair:
            command += ["-cert", pair[0], "-key", pair[1]]
        command += list(extra)
        status, out, err = converse(command, send if send is not None else request(path or server.path),
                                    steps=steps, timeout=timeout)
        body, rest = http_body(out)
        text = rest.decode("latin-1")
        key = find(r"^Server Temp Key: (.*)$", text)
        field = re.match(r"DH, (\d+) bits", key or "")
        ems = find(r"^ *Extended master secret: *(\w+)", text)
        # "New, TLSv1.0, Cipher is" names the first version that had the suite.
        said = find(r"^(?:New|Reused), (TLSv1.3), Cipher is", text) or \
            find(r"^ *Protocol *: *(TLSv\S+)", text)
        return Talk(status=status, version=version_name(said),
                    suite=suite_of(find(r"^(?:New|Reused), \S+, Cipher is (\S+)", text)),
                    group="ffdhe" + field.group(1) if field else group_of(key),
                    signature=openssl_signature(find(r"^Peer signature type: (\S+)", text),
                                                find(r"^Peer signing digest: (\S+)", text),
                                                {"rsa": "rsae", "pss": "pss"}.get(kind)),
                    alpn=find(r"^ALPN protocol: (\S+)", text), resumed="\nReused," in "\n" + text,
                    ems=truth(ems) if said == "TLSv1.2" else None,
                    body=body, text=text + err.decode("latin-1"), command=shlex.join(command))


# ---- GnuTLS ----

def gnutls_everything(groups=ALL_GROUPS):
    return ("NONE:+VERS-TLS1.3:+VERS-TLS1.2:"
            + ":".join(dict.fromkeys(part for suite in SUITES for part in suite.gnutls.split(":")))
            + ":+SIGN-ALL:+COMP-NULL:+CTYPE-X509:" + ":".join(gnutls_group(group) for group in groups))


GNUTLS_SUITES = {tuple(suite.gnutls.replace("+", "").split(":")): suite.name for suite in SUITES}


def gnutls_priority(version, suite, group, kind=None):
    if not suite:
        base = gnutls_everything()
        return base if not version else re.sub(r"\+VERS-TLS1\.\d:", "", base) \
            + ":+VERS-" + version.upper()
    groups = offered(suite, group, kind) if group else ALL_GROUPS
    return (f"NONE:+VERS-{(version or suite.version).upper()}:{suite.gnutls}:+SIGN-ALL:+COMP-NULL:+CTYPE-X509:"
            + ":".join(gnutls_group(name) for name in groups))


def gnutls_signature(text):
    if text is None:
        return None
    text = text.upper()
    if text == "EDDSA-ED25519":
        return "ed25519"
    for theirs, ours in (("RSA-PSS-RSAE-", "rsa_pss_rsae_"), ("RSA-PSS-", "rsa_pss_pss_"),
                         ("RSA-", "rsa_pkcs1_")):
        if text.startswith(theirs):
            return ours + text[len(theirs):].lower()
    digest = text.split("-")[-1].lower()
    curve = {"sha256": "secp256r1", "sha384": "secp384r1", "sha512": "secp521r1"}.get(digest)
    return f"ecdsa_{curve}_{digest}" if curve else None


def gnutls_talk(text):
    """From "(TLS1.2-X.509)-(ECDHE-X25519)-(RSA-SHA256)-(AES-128-CBC)-(SHA1)"; resumed in TLS 1.3 only
    "(TLS1.3-X.509)--(AES-128-GCM)"."""
    description = find(r"Description:\s*(?:</TD><TD>)?(\(\S+\))", text)
    if not description:
        return Talk(text=text)
    parts = re.findall(r"\(([^)]*)\)", description)
    version = version_name(parts[0].split("-")[0])
    if len(parts) == 2:
        parts.insert(1, "")
    exchange, signature, rest = parts[1], None, parts[2:]
    if exchange != "RSA" and not (rest and rest[0].startswith(("AES", "CHACHA"))):
        signature, rest = rest[0], rest[1:]
    method, _, group = exchange.partition("-")
    cipher, mac = rest[0], rest[1] if len(rest) > 1 else "AEAD"
    if version == "tls1.3":
        suite = GNUTLS_SUITES.get((cipher, "AEAD"))
    else:
        auth = "RSA" if method == "RSA" else method + (
            "-RSA" if signature is None or signature.startswith("RSA") else "-ECDSA")
        suite = GNUTLS_SUITES.get((auth, cipher, mac))
    options = find(r"Options: (.*)$", text)
    # A finite field that is none of the named groups is shown as CUSTOMnnnn.
    return Talk(version=version, suite=suite,
                group=None if not group or group.startswith("CUSTOM") else group.lower(),
                signature=gnutls_signature(signature),
                ems=None if options is None or version == "tls1.3" else "extended master secret" in options,
                etm=None if options is None else "EtM" in options, text=text)


class GnutlsServer(Server):
    """gnutls-serv --http: answers everything with a page about the connection."""
    name = "gnutls-serv"
    path = "/"
    ready = r"listening on IPv4 \S+ port \d+\.\.\.done"

    def __init__(self, pairs, *extra, client=None, ca=None, priority=gnutls_everything(), mode="--http"):
        self.arguments = [mode, "--priority", priority]
        for certificate, key in pairs:
            self.arguments += ["--x509certfile", certificate, "--x509keyfile", key]
        if ca:
            self.arguments += ["--x509cafile", ca]
        self.arguments += {None: ["--disable-client-cert"], "request": [],
                           "require": ["--require-client-cert", "--verify-client-cert"]}[client]
        self.arguments += extra

    def command(self, port):
        return ["stdbuf", "-oL", "gnutls-serv", "--port", str(port), *self.arguments]

    def account(self, talk):
        blocks = self.said().split("* Accepted connection from")
        account = gnutls_talk(blocks[-1])
        if account.version is None:
            talk.text += blocks[-1]
            talk.fail("gnutls-serv says nothing about the connection")
        account.resumed = "This is a resumed session" in blocks[-1]
        account.peer = find(r"^\tSubject: (.*)$", blocks[-1])
        account.sni = find(r"Given server name\[1\]: (\S+)", blocks[-1])
        account.alpn = find(r"Application protocol: (\S+)", blocks[-1])
        account.command = shlex.join(self.command(self.port))
        return account


class GnutlsClient:
    name = "gnutls-cli"

    def fetch(self, server, version=None, suite=None, group=None, path=None, sni="localhost", ca=None,
              alpn=None, pair=None, extra=(), send=None, steps=(), priority=None, options="", kind=None, timeout=20, **_):
        command = ["gnutls-cli", "--port", str(server.port), "127.0.0.1", "--sni-hostname", sni,
                   "--priority", (priority or gnutls_priority(version, suite, group, kind)) + options]
        command += ["--x509cafile", ca, "--verify-hostname", sni] if ca else ["--insecure"]
        if alpn:
            command += ["--alpn", alpn]
        if pair:
            command += ["--x509certfile", pair[0], "--x509keyfile", pair[1]]
        command += list(extra)
        status, out, err = converse(command, send if send is not None else request(path or server.path),
                                    steps=steps, timeout=timeout)
        body, rest = http_body(out)
        text = rest.decode("latin-1") + err.decode("latin-1")
        # With --resume there are two connections; the last one counts.
        talk = gnutls_talk(text[max(text.rfind("- Description:"), 0):])
        talk.status, talk.body, talk.text, talk.command = status, body, text, shlex.join(command)
        talk.resumed = "This is a resumed session" in text
        talk.alpn = find(r"Application protocol: (\S+)", text)
        return talk


# ---- NSS ----

# What tstclnt -c and selfserv -c take by number. NSS has no CCM and no CBC with SHA-256 or SHA-384 over
# all its key exchanges; its tests say which suites it knows by refusing the others.
NSS_SUITES = [suite for suite in SUITES if "CCM" not in suite.name]


class NssServer(Server):
    """selfserv: answers with the request that it read."""
    name = "selfserv"
    path = "/"
    ready = r"About to call accept"

    def __init__(self, database, nickname, *extra, groups=ALL_GROUPS, suites=NSS_SUITES):
        self.arguments = ["-d", "sql:" + database, "-n", nickname, "-V", "tls1.2:tls1.3", "-v", "-G",
                          "-H", "1", "-I", ",".join(NSS_GROUPS[group] for group in groups),
                          "-c", "".join(f":{suite.number:04X}" for suite in suites), *extra]

    def command(self, port):
        return ["stdbuf", "-oL", "selfserv", "-p", str(port), *self.arguments]

    def account(self, talk):
        said = self.said()
        block = said[said.rfind("selfserv: SSL version"):]
        version = find(r"SSL version (\S+) using", block)
        if version is None:
            talk.fail("selfserv says nothing about the connection")
        ems = find(r"Extended Master Secret: (\w+)", block)
        return Talk(version=version_name(version), text=block, command=shlex.join(self.command(self.port)),
                    ems=truth(ems) if version == "3.3" else None,
                    peer=find(r"subject DN: (.*)$", block))


class NssClient:
    name = "tstclnt"

    def __init__(self, database, scratch):
        self.database, self.scratch = database, scratch

    def fetch(self, server, version=None, suite=None, group=None, path=None, sni="localhost", extra=(),
              nickname=None, body=None, kind=None, timeout=20, **_):
        version = version or ""
        question = os.path.join(self.scratch, f"request-{os.getpid()}-{server.port}")
        with open(question, "wb") as file:
            file.write(request(path or server.path, body=body))
        command = ["tstclnt", "-4", "-h", "127.0.0.1", "-p", str(server.port), "-a", sni, "-d",
                   "sql:" + self.database, "-V", f"{version or 'tls1.2'}:{version or 'tls1.3'}", "-G", "-v",
                   "-A", question]
        if suite:
            command += ["-c", f":{suite.number:04X}"]
        if group:
            command += ["-I", ",".join(NSS_GROUPS[name] for name in offered(suite, group, kind))]
            if suite and suite.exchange == "dhe":
                command.append("-H")  # else it does not offer the fields below TLS 1.3
        if nickname:
            command += ["-n", nickname]
        command += list(extra)
        status, out, err = converse(command, timeout=timeout)
        body, rest = http_body(out)
        text = rest.decode("latin-1") + err.decode("latin-1")
        text = "\n".join(line for line in text.splitlines() if "PR_Poll" not in line)
        wire = find(r"SSL version (\S+) using", text)
        ems = find(r"Extended Master Secret: (\w+)", text)
        return Talk(status=status, version=version_name(wire),
                    signature=find(r"Signature Scheme: (\S+)", text),
                    ems=truth(ems) if wire == "3.3" else None, body=body, text=text,
                    command=shlex.join(command))


def describe(suite, group, kind):
    return f"{suite.name if suite else 'any'} {group or '-'} {kind}"
