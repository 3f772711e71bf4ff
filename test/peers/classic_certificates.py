"""What the old versions want besides the certificates of certificates.py: DSS keys, an RSA key that export
suites may use, parameters for anonymous Diffie-Hellman, and an NSS database with DSS keys in it."""

import os
import subprocess


class ClassicCertificates:
    """The same interface as Certificates, whose folder this one shares."""

    def __init__(self, modern):
        self.modern = modern
        self.path, self.pair, self.ca = modern.path, modern.pair, modern.ca
        self.database = modern.path("nss-classic")
        if not os.path.exists(self.path(".classic-complete")):
            self._make()
            open(self.path(".classic-complete"), "w").close()

    def _make(self):
        openssl = self.modern._openssl
        # The DSS of the day had a q of 160 bits; what dsaparam makes by itself today has 224.
        openssl("genpkey", "-genparam", "-algorithm", "DSA", "-pkeyopt", "dsa_paramgen_bits:1024", "-pkeyopt",
                "dsa_paramgen_q_bits:160", "-out", "dss.param")
        openssl("dsaparam", "-out", "client-dss.param", "1024")
        for name, section, subject in (("dss", "server", "/CN=server dss"),
                                       ("client-dss", "client", "/CN=client dss")):
            self.modern._config("DNS:localhost, DNS:first.test, IP:127.0.0.1", False)
            openssl("req", "-newkey", f"dsa:{name}.param", "-nodes", "-keyout", name + ".key", "-out", name + ".csr",
                    "-subj", subject, "-config", "extensions.cnf")
            openssl("x509", "-req", "-in", name + ".csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
                    "-days", "20", "-sha256", "-out", name + ".leaf", "-extfile", "extensions.cnf",
                    "-extensions", section)
            with open(self.path(name + ".pem"), "w") as chain:
                for part in (name + ".leaf", "ca.pem"):
                    with open(self.path(part)) as file:
                        chain.write(file.read())
        openssl("genrsa", "-out", "export.key", "512")
        openssl("dhparam", "-dsaparam", "-outform", "DER", "-out", "dh.der", "2048")
        self._nss()

    def _nss(self):
        folder = "sql:" + self.database
        os.makedirs(self.database, exist_ok=True)

        def nss(*arguments):
            subprocess.run(arguments, check=True, capture_output=True, cwd=self.modern.folder)

        nss("certutil", "-N", "-d", folder, "--empty-password")
        nss("certutil", "-A", "-d", folder, "-n", "authority", "-t", "CT,C,C", "-i", "ca.pem")
        for name in ("rsa", "p256", "dss", "client-rsa", "client-p256", "client-dss"):
            self.modern._openssl("pkcs12", "-export", "-in", name + ".leaf", "-inkey", name + ".key", "-name", name,
                                 "-out", name + ".p12", "-passout", "pass:x")
            nss("pk12util", "-i", name + ".p12", "-d", folder, "-W", "x", "-n", name)
