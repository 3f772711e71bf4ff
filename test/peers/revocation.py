"""Our client against servers whose certificate is revoked, or not: lists and stapled responses made by the
openssl command, stapled by openssl s_server and gnutls-serv."""

import os
import subprocess

from harness import Failure
from programs import BUILD, GnutlsServer, OpensslServer
from world import VERSIONS

CONFIG = """[req]
distinguished_name = name
prompt = no
[name]
CN = unused
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
[leaf]
subjectAltName = DNS:localhost
[promise]
subjectAltName = DNS:localhost
tlsfeature = status_request
[ca]
default_ca = lists
[lists]
database = {folder}/index
default_md = sha256
default_crl_days = 5
crlnumber = {folder}/number
"""
EXPIRES, REVOKED = "400101000000Z", "240101000000Z"


class Authority:
    """An authority with leaves: good, revoked, promise (must-staple)."""

    def __init__(self, folder):
        self.folder = folder
        os.makedirs(folder)
        self._write("config", CONFIG.format(folder=folder))
        self._write("number", "01\n")
        for name in ("ca", "stranger"):
            self.openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                         "-keyout", name + ".key", "-out", name + ".pem", "-days", "30", "-subj", "/CN=" + name,
                         "-config", "config", "-extensions", "authority")
        for serial, name in enumerate(("good", "revoked", "promise"), 0x10):
            self.openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
                         name + ".key", "-out", name + ".csr", "-subj", "/CN=" + name, "-config", "config")
            self.openssl("x509", "-req", "-in", name + ".csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-set_serial",
                         str(serial), "-days", "20", "-out", name + ".pem", "-extfile", "config", "-extensions",
                         "promise" if name == "promise" else "leaf")
        self._write("index", "".join(
            f"{'R' if name == 'revoked' else 'V'}\t{EXPIRES}\t{REVOKED if name == 'revoked' else ''}\t{serial:02X}"
            f"\tunknown\t/CN={name}\n" for serial, name in enumerate(("good", "revoked", "promise"), 0x10)))
        self.openssl("ca", "-gencrl", "-config", "config", "-keyfile", "ca.key", "-cert", "ca.pem", "-out", "list.pem")
        for name in ("good", "revoked", "promise"):
            self._response(name, name, "ca")
        self._response("good", "stranger", "stranger")
        os.makedirs(self.path("hashed"))
        for name in ("ca.pem", "list.pem"):
            os.link(self.path(name), os.path.join(self.path("hashed"), name))
        self.openssl("rehash", "hashed")

    def _write(self, name, text):
        with open(self.path(name), "w") as file:
            file.write(text)

    def path(self, name):
        return os.path.join(self.folder, name)

    def openssl(self, *arguments):
        done = subprocess.run(["openssl", *arguments], capture_output=True, cwd=self.folder, timeout=60,
                              env={**os.environ, "OPENSSL_CONF": "/dev/null"})
        if done.returncode:
            raise Failure(f"openssl {' '.join(arguments)}\n{done.stderr.decode()}")

    def _response(self, leaf, name, signer):
        self.openssl("ocsp", "-index", "index", "-CA", "ca.pem", "-issuer", "ca.pem", "-cert", leaf + ".pem",
                     "-rsigner", signer + ".pem", "-rkey", signer + ".key", "-ndays", "3", "-noverify",
                     "-respout", name + ".response")

    def pair(self, name):
        return self.path(name + ".pem"), self.path(name + ".key")


# What is served, what is stapled, our options, and why we refuse (None: we do not); the alert.
CASES = [
    ("a good staple", "good", "good", ["--revocation", "hard"], None, None),
    ("a good staple for a promise", "promise", "promise", ["--revocation", "soft"], None, None),
    ("a staple that revokes", "revoked", "revoked", ["--revocation", "soft"], "revoked, says the stapled", 44),
    ("a staple by a stranger", "good", "stranger", ["--revocation", "soft"], "not signed by somebody who may", 113),
    ("no staple, hard", "good", None, ["--revocation", "hard"], "nothing proves", 46),
    ("no staple, soft", "good", None, ["--revocation", "soft"], None, None),
    ("no staple for a promise", "promise", None, ["--revocation", "soft"], "promises a stapled", 113),
    ("no staple for a promise, off", "promise", None, ["--revocation", "off"], None, None),
    ("a list, not on it", "good", None, ["--crl", "list.pem", "--revocation", "hard"], None, None),
    ("a list, on it", "revoked", None, ["--crl", "list.pem"], "on the revocation list", 44),
    ("on a list, and a good staple of another", "revoked", "good", ["--crl", "list.pem"], "on the revocation list", 44),
]


def check_stores(world, authority):
    """Where the client finds authorities and lists: a directory with the names that openssl rehash gives, and
    the places that the environment names."""
    for leaf, good in (("good", True), ("revoked", False)):
        with OpensslServer([authority.pair(leaf)]) as server, world.check(f"revocation: a hashed directory, {leaf}"):
            talk = world.ours.fetch(server, ca=authority.path("hashed"), extra=["--revocation", "hard"])
            if good:
                talk.expect()
            else:
                talk.refused("on the revocation list")
    with OpensslServer([authority.pair("good")]) as server:
        command = [os.path.join(BUILD, "samples/client"), "--info", "--host", "127.0.0.1", "--name", "localhost", "--port",
                   str(server.port), "--get", "/"]
        for variable, value, good in (("SSL_CERT_FILE", "ca.pem", True), ("SSL_CERT_DIR", "hashed", True),
                                      ("SSL_CERT_FILE", "stranger.pem", False)):
            with world.check(f"trust: {variable} names {value}"):
                clean = {name: text for name, text in os.environ.items() if not name.startswith("SSL_CERT_")}
                done = subprocess.run(command, capture_output=True, timeout=30, stdin=subprocess.DEVNULL,
                                      env={**clean, variable: authority.path(value)})
                if (done.returncode == 0) != good:
                    raise Failure(f"status {done.returncode}\n{done.stderr.decode()}")


def check_servers(world):
    authority = Authority(os.path.join(world.scratch, "revocation"))
    check_stores(world, authority)
    for title, leaf, staple, options, reason, alert in CASES:
        options = [authority.path(word) if word.endswith(".pem") else word for word in options]
        servers = [OpensslServer([authority.pair(leaf)],
                                 *(["-status_file", authority.path(staple + ".response")] if staple else []))]
        if staple != "stranger" and (staple is None or staple == leaf):  # gnutls-serv staples nothing else
            servers.append(GnutlsServer([authority.pair(leaf)],
                                        *([f"--ocsp-response={authority.path(staple + '.response')}",
                                           "--ignore-ocsp-response-errors"] if staple else [])))
        for server in servers:
            with server:
                for version in VERSIONS:
                    with world.check(f"revocation: {server.name} {version}, {title}"):
                        talk = world.ours.fetch(server, version=version, ca=authority.path("ca.pem"), extra=options)
                        if reason is None:
                            talk.expect(version=version)
                            continue
                        talk.refused(reason)
                        if server.name == "openssl s_server" and f"SSL alert number {alert}" not in server.said():
                            talk.text += server.said()
                            talk.fail(f"the server saw no alert {alert}")
