"""The cipher suites of SSL 3.0 to TLS 1.1 under the names of OpenSSL and GnuTLS, and which peer of Debian
has them: none has all. The kinds of SSL 2.0 too."""

import names
from names import Suite

VERSIONS = ["ssl3", "tls1.0", "tls1.1"]
TLS = ["tls1.0", "tls1.1"]

# (cipher and hash, OpenSSL's ending, GnuTLS's cipher and MAC, numbers with each key exchange)
_CIPHERS = (
    ("NULL_MD5", "NULL-MD5", "+NULL:+MD5", {"RSA": 0x0001}),
    ("NULL_SHA", "NULL-SHA", "+NULL:+SHA1",
     {"RSA": 0x0002, "ECDHE_ECDSA": 0xC006, "ECDHE_RSA": 0xC010, "ECDH_anon": 0xC015}),
    ("RC4_128_MD5", "RC4-MD5", "+ARCFOUR-128:+MD5", {"RSA": 0x0004, "DH_anon": 0x0018}),
    ("RC4_128_SHA", "RC4-SHA", "+ARCFOUR-128:+SHA1",
     {"RSA": 0x0005, "DHE_DSS": 0x0066, "ECDHE_ECDSA": 0xC007, "ECDHE_RSA": 0xC011, "ECDH_anon": 0xC016}),
    ("DES_CBC_SHA", "DES-CBC-SHA", None, {"RSA": 0x0009, "DHE_DSS": 0x0012, "DHE_RSA": 0x0015, "DH_anon": 0x001A}),
    ("3DES_EDE_CBC_SHA", "DES-CBC3-SHA", "+3DES-CBC:+SHA1",
     {"RSA": 0x000A, "DHE_DSS": 0x0013, "DHE_RSA": 0x0016, "DH_anon": 0x001B, "ECDHE_ECDSA": 0xC008,
      "ECDHE_RSA": 0xC012, "ECDH_anon": 0xC017}),
    ("AES_128_CBC_SHA", "AES128-SHA", "+AES-128-CBC:+SHA1",
     {"RSA": 0x002F, "DHE_DSS": 0x0032, "DHE_RSA": 0x0033, "DH_anon": 0x0034, "ECDHE_ECDSA": 0xC009,
      "ECDHE_RSA": 0xC013, "ECDH_anon": 0xC018}),
    ("AES_256_CBC_SHA", "AES256-SHA", "+AES-256-CBC:+SHA1",
     {"RSA": 0x0035, "DHE_DSS": 0x0038, "DHE_RSA": 0x0039, "DH_anon": 0x003A, "ECDHE_ECDSA": 0xC00A,
      "ECDHE_RSA": 0xC014, "ECDH_anon": 0xC019}),
    ("CAMELLIA_128_CBC_SHA", "CAMELLIA128-SHA", "+CAMELLIA-128-CBC:+SHA1",
     {"RSA": 0x0041, "DHE_DSS": 0x0044, "DHE_RSA": 0x0045, "DH_anon": 0x0046}),
    ("CAMELLIA_256_CBC_SHA", "CAMELLIA256-SHA", "+CAMELLIA-256-CBC:+SHA1",
     {"RSA": 0x0084, "DHE_DSS": 0x0087, "DHE_RSA": 0x0088, "DH_anon": 0x0089}),
    ("SEED_CBC_SHA", "SEED-SHA", None, {"RSA": 0x0096, "DHE_DSS": 0x0099, "DHE_RSA": 0x009A, "DH_anon": 0x009B}),
)

_OPENSSL_PREFIX = {"RSA": "", "DH_anon": "ADH-", "ECDH_anon": "AECDH-"}
_GNUTLS_EXCHANGE = {"DH_anon": "ANON-DH", "ECDH_anon": "ANON-ECDH"}


def _suites():
    for cipher, openssl, gnutls, numbers in _CIPHERS:
        for exchange, number in numbers.items():
            yield Suite(number, f"TLS_{exchange}_WITH_{cipher}",
                        _OPENSSL_PREFIX.get(exchange, exchange.replace("_", "-") + "-") + openssl,
                        f"+{_GNUTLS_EXCHANGE.get(exchange, exchange.replace('_', '-'))}:{gnutls}" if gnutls else "",
                        False)


SUITES = list(_suites())
BY_NAME = {suite.name: suite for suite in SUITES}
for _suite in SUITES:
    names.BY_OPENSSL.setdefault(_suite.openssl, _suite)

# Numbers that only our own side and the scanners know. 1024-bit export suites and short keys among them.
EXPORT = {0x0003: "TLS_RSA_EXPORT_WITH_RC4_40_MD5", 0x0006: "TLS_RSA_EXPORT_WITH_RC2_CBC_40_MD5",
          0x0008: "TLS_RSA_EXPORT_WITH_DES40_CBC_SHA", 0x0011: "TLS_DHE_DSS_EXPORT_WITH_DES40_CBC_SHA",
          0x0014: "TLS_DHE_RSA_EXPORT_WITH_DES40_CBC_SHA", 0x0017: "TLS_DH_anon_EXPORT_WITH_RC4_40_MD5",
          0x0019: "TLS_DH_anon_EXPORT_WITH_DES40_CBC_SHA", 0x0060: "TLS_RSA_EXPORT1024_WITH_RC4_56_MD5",
          0x0061: "TLS_RSA_EXPORT1024_WITH_RC2_CBC_56_MD5", 0x0062: "TLS_RSA_EXPORT1024_WITH_DES_CBC_SHA",
          0x0063: "TLS_DHE_DSS_EXPORT1024_WITH_DES_CBC_SHA", 0x0064: "TLS_RSA_EXPORT1024_WITH_RC4_56_SHA",
          0x0065: "TLS_DHE_DSS_EXPORT1024_WITH_RC4_56_SHA"}
FIPS = {0xFEFE: "SSL_RSA_FIPS_WITH_DES_CBC_SHA", 0xFEFF: "SSL_RSA_FIPS_WITH_3DES_EDE_CBC_SHA"}

# The kinds of SSL 2.0: their three bytes, and the number under which our programs know them.
KINDS = {0x010080: "TLS_RSA_WITH_RC4_128_MD5", 0x020080: "TLS_RSA_EXPORT_WITH_RC4_40_MD5",
         0x030080: "SSL_RSA_WITH_RC2_CBC_MD5", 0x040080: "TLS_RSA_EXPORT_WITH_RC2_CBC_40_MD5",
         0x060040: "SSL_RSA_WITH_DES_CBC_MD5", 0x0700C0: "SSL_RSA_WITH_3DES_EDE_CBC_MD5"}


def needs_curve(suite):
    return "_ECDH" in suite.name


def key_of(suite):
    """The key type of the server's certificate; of an anonymous server any will do, it is not shown."""
    return "dss" if "_DSS_" in suite.name else "p256" if "_ECDSA_" in suite.name else "rsa"


def works_in(suite, version):
    """Curves and Camellia came with TLS (RFC 4492, RFC 4132), SEED too (RFC 4162)."""
    return version != "ssl3" or not (needs_curve(suite) or "CAMELLIA" in suite.name or "SEED" in suite.name)


# SEED needs OpenSSL's legacy provider; RC4, DES and 3DES are not in Debian's build.
OPENSSL = [suite for suite in SUITES if not any(word in suite.name for word in ("RC4", "DES_", "SEED"))]
GNUTLS = [suite for suite in SUITES if suite.gnutls]
# NSS has no anonymous suites, and SEED with RSA alone.
NSS = [suite for suite in SUITES
       if "_anon_" not in suite.name and not ("SEED" in suite.name and suite.number != 0x0096)]
