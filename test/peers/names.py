"""One thing, many names: cipher suites, groups and key types as our programs, OpenSSL, GnuTLS and NSS
call them."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Suite:
    number: int
    name: str
    openssl: str
    gnutls: str      # the priority string's parts
    default: bool    # enabled without being named

    @property
    def tls13(self):
        return self.number >> 8 == 0x13

    @property
    def exchange(self):
        if self.tls13:
            return "any"
        return "ecdhe" if "_ECDHE_" in self.name else "dhe" if "_DHE_" in self.name else "rsa"

    @property
    def version(self):
        return "tls1.3" if self.tls13 else "tls1.2"

    @property
    def cbc(self):
        return "_CBC_" in self.name

    def kinds(self):
        """The key types of a server certificate that fit."""
        if self.tls13:
            return ["rsa", "pss", "p256", "p384", "p521", "ed25519"]
        if "_ECDSA_" in self.name:
            return ["p256", "p384", "p521", "ed25519"]
        return ["rsa"] if self.exchange == "rsa" else ["rsa", "pss"]

    def groups(self):
        if self.exchange == "any":
            return CURVES + FIELDS
        return {"ecdhe": CURVES, "dhe": FIELDS, "rsa": [None]}[self.exchange]


CURVES = ["x25519", "secp256r1", "secp384r1", "secp521r1"]
FIELDS = ["ffdhe2048", "ffdhe3072", "ffdhe4096", "ffdhe6144", "ffdhe8192"]

OPENSSL_GROUPS = {"x25519": "X25519", "secp256r1": "P-256", "secp384r1": "P-384", "secp521r1": "P-521",
                  **{name: name for name in FIELDS}}
NSS_GROUPS = {"x25519": "x25519", "secp256r1": "P256", "secp384r1": "P384", "secp521r1": "P521",
              **{name: "FF" + name[5:] for name in FIELDS}}
KEY_CURVES = {"p256": "secp256r1", "p384": "secp384r1", "p521": "secp521r1"}


def gnutls_group(name):
    return "+GROUP-" + name.upper()


def _suites():
    rows = []

    def row(number, name, openssl, gnutls, default=True):
        rows.append(Suite(number, name, openssl, gnutls, default))

    for number, name, cipher in ((0x1301, "TLS_AES_128_GCM_SHA256", "AES-128-GCM"),
                                 (0x1302, "TLS_AES_256_GCM_SHA384", "AES-256-GCM"),
                                 (0x1303, "TLS_CHACHA20_POLY1305_SHA256", "CHACHA20-POLY1305"),
                                 (0x1304, "TLS_AES_128_CCM_SHA256", "AES-128-CCM"),
                                 (0x1305, "TLS_AES_128_CCM_8_SHA256", "AES-128-CCM-8")):
        row(number, name, name, f"+{cipher}:+AEAD", "CCM_8" not in name)

    # (cipher and hash, OpenSSL's ending, GnuTLS's cipher and MAC, numbers with each key exchange)
    ciphers = (
        ("AES_128_CBC_SHA", "AES128-SHA", "+AES-128-CBC:+SHA1",
         {"RSA": 0x002F, "DHE_RSA": 0x0033, "ECDHE_ECDSA": 0xC009, "ECDHE_RSA": 0xC013}),
        ("AES_256_CBC_SHA", "AES256-SHA", "+AES-256-CBC:+SHA1",
         {"RSA": 0x0035, "DHE_RSA": 0x0039, "ECDHE_ECDSA": 0xC00A, "ECDHE_RSA": 0xC014}),
        ("AES_128_CBC_SHA256", "AES128-SHA256", "+AES-128-CBC:+SHA256",
         {"RSA": 0x003C, "DHE_RSA": 0x0067, "ECDHE_ECDSA": 0xC023, "ECDHE_RSA": 0xC027}),
        ("AES_256_CBC_SHA256", "AES256-SHA256", "+AES-256-CBC:+SHA256", {"RSA": 0x003D, "DHE_RSA": 0x006B}),
        ("AES_256_CBC_SHA384", "AES256-SHA384", "+AES-256-CBC:+SHA384",
         {"ECDHE_ECDSA": 0xC024, "ECDHE_RSA": 0xC028}),
        ("AES_128_GCM_SHA256", "AES128-GCM-SHA256", "+AES-128-GCM:+AEAD",
         {"RSA": 0x009C, "DHE_RSA": 0x009E, "ECDHE_ECDSA": 0xC02B, "ECDHE_RSA": 0xC02F}),
        ("AES_256_GCM_SHA384", "AES256-GCM-SHA384", "+AES-256-GCM:+AEAD",
         {"RSA": 0x009D, "DHE_RSA": 0x009F, "ECDHE_ECDSA": 0xC02C, "ECDHE_RSA": 0xC030}),
        ("AES_128_CCM", "AES128-CCM", "+AES-128-CCM:+AEAD",
         {"RSA": 0xC09C, "DHE_RSA": 0xC09E, "ECDHE_ECDSA": 0xC0AC}),
        ("AES_256_CCM", "AES256-CCM", "+AES-256-CCM:+AEAD",
         {"RSA": 0xC09D, "DHE_RSA": 0xC09F, "ECDHE_ECDSA": 0xC0AD}),
        ("AES_128_CCM_8", "AES128-CCM8", "+AES-128-CCM-8:+AEAD",
         {"RSA": 0xC0A0, "DHE_RSA": 0xC0A2, "ECDHE_ECDSA": 0xC0AE}),
        ("AES_256_CCM_8", "AES256-CCM8", "+AES-256-CCM-8:+AEAD",
         {"RSA": 0xC0A1, "DHE_RSA": 0xC0A3, "ECDHE_ECDSA": 0xC0AF}),
        ("CHACHA20_POLY1305_SHA256", "CHACHA20-POLY1305", "+CHACHA20-POLY1305:+AEAD",
         {"DHE_RSA": 0xCCAA, "ECDHE_ECDSA": 0xCCA9, "ECDHE_RSA": 0xCCA8}),
    )
    for name, openssl, gnutls, numbers in ciphers:
        for exchange, number in numbers.items():
            prefix = "" if exchange == "RSA" else exchange.replace("_", "-") + "-"
            row(number, f"TLS_{exchange}_WITH_{name}", prefix + openssl,
                f"+{exchange.replace('_', '-')}:{gnutls}", exchange != "RSA" and "CCM_8" not in name)
    # A server prefers them in this order when all are enabled: the best first.
    order = {"any": 0, "ecdhe": 1, "dhe": 2, "rsa": 3}
    return sorted(rows, key=lambda suite: (order[suite.exchange], suite.cbc, not suite.default))


SUITES = _suites()
BY_NAME = {suite.name: suite for suite in SUITES}
BY_OPENSSL = {suite.openssl: suite for suite in SUITES}
TLS13 = [suite for suite in SUITES if suite.tls13]
TLS12 = [suite for suite in SUITES if not suite.tls13]


def suite_of(text):
    """Any of a suite's names -> the IANA one."""
    if text is None:
        return None
    if text in BY_OPENSSL:
        return BY_OPENSSL[text].name
    return text


def group_of(text):
    """"X25519, 253 bits", "ECDH, prime256v1, 256 bits", "SECP256R1", "P-256" -> our name."""
    if text is None:
        return None
    text = text.lower().replace("ecdh,", "").replace("dh,", "").split(",")[0].strip()
    return {"prime256v1": "secp256r1", "p-256": "secp256r1", "p-384": "secp384r1", "p-521": "secp521r1",
            "none": None, "": None, "unknown": None, "0": None}.get(text, text)
