"""What the old versions want besides the certificates of certificates.py: DSS keys, an RSA key that export
suites may use, parameters for anonymous Diffie-Hellman, and an NSS database with DSS keys in it."""

import os
import subprocess


class ClassicCertificates:
    """The same interface as Certificates, whose folder this one shares."""

    def __init__(self, modern):
        self.modern = modern
        self.path, self.pair, self.ca = modern.path, modern.pair, modern.ca
        self.database, self.bare_database = modern.path("nss-classic"), modern.path("nss-bare")
        if not os.path.exists(self.path(".classic-complete")):
            self._make()
            open(self.path(".classic-complete"), "w").close()

    def _make(self):
        openssl = self.modern._openssl
        # The DSS of the day had 1024 and 160 bits; dsaparam by itself makes 1024 and 224 today.
        openssl("dsaparam", "-out", "dss-224.param", "1024")
        for name, bits, q_bits in (("dss", 2048, 256), ("client-dss", 2048, 224), ("dss-160", 1024, 160)):
            openssl("genpkey", "-genparam", "-algorithm", "DSA", "-pkeyopt", f"dsa_paramgen_bits:{bits}",
                    "-pkeyopt", f"dsa_paramgen_q_bits:{q_bits}", "-out", name + ".param")
        for name, section, subject in (("dss", "server", "/CN=server dss"), ("client-dss", "client", "/CN=client dss"),
                                       ("dss-160", "server", "/CN=short dss"), ("dss-224", "server", "/CN=short dss")):
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
        def nss(*arguments):
            subprocess.run(arguments, check=True, capture_output=True, cwd=self.modern.folder)

        for database in (self.database, self.bare_database):
            os.makedirs(database, exist_ok=True)
            nss("certutil", "-N", "-d", "sql:" + database, "--empty-password")
            nss("certutil", "-A", "-d", "sql:" + database, "-n", "authority", "-t", "CT,C,C", "-i", "ca.pem")
        for name in ("rsa", "p256", "dss", "client-rsa", "client-p256", "client-dss"):
            self.modern._openssl("pkcs12", "-export", "-in", name + ".leaf", "-inkey", name + ".key", "-name", name,
                                 "-out", name + ".p12", "-passout", "pass:x")
            nss("pk12util", "-i", name + ".p12", "-d", "sql:" + self.database, "-W", "x", "-n", name)
