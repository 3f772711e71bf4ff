"""Certificates for the peer tests, made with openssl: one authority, a server certificate of every
key type, client certificates, and a second authority that nobody trusts. Also the NSS databases."""

import os
import subprocess

KINDS = {
    "rsa": ["-newkey", "rsa:2048"],
    "pss": ["-newkey", "rsa-pss", "-pkeyopt", "rsa_keygen_bits:2048"],
    "p256": ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"],
    "p384": ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-384"],
    "p521": ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-521"],
    "ed25519": ["-newkey", "ed25519"],
}

EXTENSIONS = """
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[server]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature{encipher}
extendedKeyUsage = serverAuth
subjectAltName = {names}
authorityKeyIdentifier = keyid
[client]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = clientAuth
authorityKeyIdentifier = keyid
"""


class Certificates:
    """Paths in a folder: NAME.pem (leaf, then authority), NAME.key, ca.pem, nss/."""

    def __init__(self, folder):
        self.folder = folder
        os.makedirs(folder, exist_ok=True)
        if not os.path.exists(self.path(".complete")):
            self._make()
            open(self.path(".complete"), "w").close()

    def path(self, name):
        return os.path.join(self.folder, name)

    def pair(self, kind):
        return self.path(kind + ".pem"), self.path(kind + ".key")

    @property
    def ca(self):
        return self.path("ca.pem")

    def _openssl(self, *arguments, **options):
        subprocess.run(["openssl", *arguments], check=True, capture_output=True, cwd=self.folder,
                       env={**os.environ, "OPENSSL_CONF": "/dev/null"}, **options)

    def _config(self, names, encipher):
        with open(self.path("extensions.cnf"), "w") as file:
            file.write("[req]\ndistinguished_name = name\nprompt = no\n[name]\nCN = unused\n"
                       + EXTENSIONS.replace("{names}", names)
                       .replace("{encipher}", ", keyEncipherment" if encipher else ""))

    def _authority(self, name, subject):
        self._config("DNS:unused", False)
        self._openssl("req", "-x509", *KINDS["rsa"], "-nodes", "-keyout", name + ".key", "-out",
                      name + ".pem", "-days", "30", "-sha256", "-subj", subject,
                      "-config", "extensions.cnf", "-extensions", "authority")

    def _leaf(self, name, kind, section, subject, names="DNS:unused", authority="ca"):
        self._config(names, kind == "rsa")
        self._openssl("req", *KINDS[kind], "-nodes", "-keyout", name + ".key", "-out", name + ".csr",
                      "-subj", subject, "-config", "extensions.cnf")
        self._openssl("x509", "-req", "-in", name + ".csr", "-CA", authority + ".pem", "-CAkey",
                      authority + ".key", "-CAcreateserial", "-days", "20", "-sha256", "-out",
                      name + ".leaf", "-extfile", "extensions.cnf", "-extensions", section)
        with open(self.path(name + ".pem"), "w") as chain:
            for part in (name + ".leaf", authority + ".pem"):
                with open(self.path(part)) as file:
                    chain.write(file.read())

    def _make(self):
        self._authority("ca", "/CN=Peer test authority")
        self._authority("stranger", "/CN=Untrusted authority")
        local = "DNS:localhost, DNS:first.test, IP:127.0.0.1"
        for kind in KINDS:
            self._leaf(kind, kind, "server", f"/CN=server {kind}", local)
            self._leaf("client-" + kind, kind, "client", f"/CN=client {kind}")
        self._leaf("second", "p256", "server", "/CN=second", "DNS:second.test, DNS:*.wild.test")
        self._leaf("stranger-client", "rsa", "client", "/CN=stranger", authority="stranger")
        self._nss()

    def _nss(self):
        """One database: the authority trusted, server and client pairs that NSS can read."""
        folder = "sql:" + self.path("nss")
        os.makedirs(self.path("nss"), exist_ok=True)

        def nss(*arguments):
            subprocess.run(arguments, check=True, capture_output=True, cwd=self.folder)

        nss("certutil", "-N", "-d", folder, "--empty-password")
        nss("certutil", "-A", "-d", folder, "-n", "authority", "-t", "CT,C,C", "-i", "ca.pem")
        for name in ("rsa", "p256", "p384", "p521", "client-rsa", "client-p256", "second"):
            self._openssl("pkcs12", "-export", "-in", name + ".leaf", "-inkey", name + ".key",
                          "-name", name, "-out", name + ".p12", "-passout", "pass:x")
            nss("pk12util", "-i", name + ".p12", "-d", folder, "-W", "x", "-n", name)
