#!/usr/bin/env python3
"""The arithmetic of SSL 2.0, SSL 3.0 and TLS 1.0 to 1.2, written from the specifications alone.

derive_classic.py header      print the known answers of classic_vectors.h
derive_classic.py verify FILE decode recorded connections: master secret, keys, every MAC, Finished

Nothing is shared with the engine: hashes come from hashlib, HMAC from hmac, RC4 is below, and block
ciphers are the openssl command's. Used by test_classic_answers.c.
"""

import hashlib
import hmac
import subprocess
import sys


def md5(*parts):
    return hashlib.md5(b"".join(parts)).digest()


def sha1(*parts):
    return hashlib.sha1(b"".join(parts)).digest()


def rc4(key, data, skip=0):
    box, j = list(range(256)), 0
    for i in range(256):
        j = (j + box[i] + key[i % len(key)]) & 255
        box[i], box[j] = box[j], box[i]
    out, i, j = bytearray(), 0, 0
    for n in range(skip + len(data)):
        i = (i + 1) & 255
        j = (j + box[i]) & 255
        box[i], box[j] = box[j], box[i]
        if n >= skip:
            out.append(data[n - skip] ^ box[(box[i] + box[j]) & 255])
    return bytes(out)


# ---- SSL 3.0 ----

def ssl3_expand(secret, first, second, length):
    out, i = b"", 0
    while len(out) < length:
        i += 1
        out += md5(secret, sha1(bytes([0x40 + i]) * i, secret, first, second))
    return out[:length]


def ssl3_mac(name, secret, sequence, kind, content):
    pad = 48 if name == "md5" else 40
    inner = hashlib.new(name, secret + b"\x36" * pad + sequence.to_bytes(8, "big") + bytes([kind]) +
                        len(content).to_bytes(2, "big") + content).digest()
    return hashlib.new(name, secret + b"\x5c" * pad + inner).digest()


def ssl3_digests(master, messages, sender):
    def nest(hash_of, pad):
        return hash_of(master, b"\x5c" * pad, hash_of(messages, sender, master, b"\x36" * pad))
    return nest(md5, 48) + nest(sha1, 40)


# ---- TLS ----

def p_hash(name, secret, seed, length):
    out, a = b"", seed
    while len(out) < length:
        a = hmac.new(secret, a, name).digest()
        out += hmac.new(secret, a + seed, name).digest()
    return out[:length]


def prf(version, name, secret, label, seed, length):
    if version >= 0x0303:
        return p_hash(name, secret, label + seed, length)
    half = (len(secret) + 1) // 2
    left = p_hash("md5", secret[:half], label + seed, length)
    right = p_hash("sha1", secret[len(secret) - half:], label + seed, length)
    return bytes(x ^ y for x, y in zip(left, right))


def tls_mac(name, secret, sequence, kind, version, content):
    head = sequence.to_bytes(8, "big") + bytes([kind]) + version.to_bytes(2, "big")
    return hmac.new(secret, head + len(content).to_bytes(2, "big") + content, name).digest()


def transcript_hash(version, name, messages):
    return md5(messages) + sha1(messages) if version < 0x0303 else hashlib.new(name, messages).digest()


# ---- keys of one connection ----

class Suite:
    def __init__(self, text):
        self.exchange, self.cipher, self.mac, export = text.split()
        self.export = int(export)
        self.key, self.iv = {"NULL": (0, 0), "RC4": (16, 0), "RC2": (16, 8), "DES": (8, 8), "3DES": (24, 8),
                             "AES128": (16, 16), "AES256": (32, 16), "CAMELLIA128": (16, 16),
                             "CAMELLIA256": (32, 16), "SEED": (16, 16)}[self.cipher]
        self.material = self.key
        if self.export == 40:
            self.material = 5
        elif self.export == 56 and self.cipher != "DES":
            self.material = 7


SUITES = {number: Suite(text) for number, text in {
    0x0001: "RSA NULL md5 0", 0x0002: "RSA NULL sha1 0", 0x0003: "RSA RC4 md5 40", 0x0004: "RSA RC4 md5 0",
    0x0005: "RSA RC4 sha1 0", 0x0006: "RSA RC2 md5 40", 0x0008: "RSA DES sha1 40", 0x0009: "RSA DES sha1 0",
    0x000A: "RSA 3DES sha1 0", 0x0011: "DHE DES sha1 40", 0x0012: "DHE DES sha1 0", 0x0013: "DHE 3DES sha1 0",
    0x0014: "DHE DES sha1 40", 0x0015: "DHE DES sha1 0", 0x0016: "DHE 3DES sha1 0", 0x0017: "DHE RC4 md5 40",
    0x0018: "DHE RC4 md5 0", 0x0019: "DHE DES sha1 40", 0x001A: "DHE DES sha1 0", 0x001B: "DHE 3DES sha1 0",
    0x002F: "RSA AES128 sha1 0", 0x0032: "DHE AES128 sha1 0", 0x0033: "DHE AES128 sha1 0",
    0x0034: "DHE AES128 sha1 0", 0x0035: "RSA AES256 sha1 0", 0x0038: "DHE AES256 sha1 0",
    0x0039: "DHE AES256 sha1 0", 0x003A: "DHE AES256 sha1 0", 0x003B: "RSA NULL sha256 0",
    0x0040: "DHE AES128 sha256 0", 0x006A: "DHE AES256 sha256 0",
    0x0041: "RSA CAMELLIA128 sha1 0", 0x0044: "DHE CAMELLIA128 sha1 0", 0x0045: "DHE CAMELLIA128 sha1 0",
    0x0046: "DHE CAMELLIA128 sha1 0", 0x0060: "RSA RC4 md5 56", 0x0061: "RSA RC2 md5 56",
    0x0062: "RSA DES sha1 56", 0x0063: "DHE DES sha1 56", 0x0064: "RSA RC4 sha1 56", 0x0065: "DHE RC4 sha1 56",
    0x0066: "DHE RC4 sha1 0", 0x006C: "DHE AES128 sha256 0", 0x006D: "DHE AES256 sha256 0",
    0x0084: "RSA CAMELLIA256 sha1 0", 0x0087: "DHE CAMELLIA256 sha1 0", 0x0088: "DHE CAMELLIA256 sha1 0",
    0x0089: "DHE CAMELLIA256 sha1 0", 0x0096: "RSA SEED sha1 0", 0x0099: "DHE SEED sha1 0",
    0x009A: "DHE SEED sha1 0", 0x009B: "DHE SEED sha1 0", 0x00BA: "RSA CAMELLIA128 sha256 0",
    0x00BD: "DHE CAMELLIA128 sha256 0", 0x00BE: "DHE CAMELLIA128 sha256 0", 0x00BF: "DHE CAMELLIA128 sha256 0",
    0x00C0: "RSA CAMELLIA256 sha256 0", 0x00C3: "DHE CAMELLIA256 sha256 0", 0x00C4: "DHE CAMELLIA256 sha256 0",
    0x00C5: "DHE CAMELLIA256 sha256 0", 0xC006: "ECDHE NULL sha1 0", 0xC007: "ECDHE RC4 sha1 0",
    0xC010: "ECDHE NULL sha1 0", 0xC011: "ECDHE RC4 sha1 0", 0xC015: "ECDHE NULL sha1 0",
    0xC016: "ECDHE RC4 sha1 0", 0xC017: "ECDHE 3DES sha1 0", 0xC018: "ECDHE AES128 sha1 0", 0xC019: "ECDHE AES256 sha1 0",
    0xC072: "ECDHE CAMELLIA128 sha256 0", 0xC073: "ECDHE CAMELLIA256 sha384 0",
    0xC076: "ECDHE CAMELLIA128 sha256 0", 0xC077: "ECDHE CAMELLIA256 sha384 0",
    0xFEFE: "RSA DES sha1 0", 0xFEFF: "RSA 3DES sha1 0",
}.items()}

FIPS = (0xFEFE, 0xFEFF)


def prf_hash(number):
    return "sha384" if number in (0xC073, 0xC077) else "sha256"


def master_secret(version, number, premaster, client, server, session_hash=None):
    if version == 0x0300 and number not in FIPS:
        return ssl3_expand(premaster, client, server, 48)
    if session_hash is not None:
        return prf(version, prf_hash(number), premaster, b"extended master secret", session_hash, 48)
    return prf(version, prf_hash(number), premaster, b"master secret", client + server, 48)


def key_block(version, number, master, client, server, length):
    if version == 0x0300 and number not in FIPS:
        return ssl3_expand(master, server, client, length)
    return prf(version, prf_hash(number), master, b"key expansion", server + client, length)


def weaken(version, suite, keys, client, server):
    """(client key, server key), (client IV, server IV) of an export suite."""
    if version == 0x0300:
        return ((md5(keys[0], client, server)[:suite.key], md5(keys[1], server, client)[:suite.key]),
                (md5(client, server)[:suite.iv], md5(server, client)[:suite.iv]))
    ivs = prf(version, "", b"", b"IV block", client + server, 2 * suite.iv)
    return (tuple(prf(version, "", key, label, client + server, suite.key)
                  for key, label in zip(keys, (b"client write key", b"server write key"))),
            (ivs[:suite.iv], ivs[suite.iv:]))


def connection_keys(version, number, master, client, server):
    """[(MAC secret, key, IV)] of the client, of the server."""
    suite, mac = SUITES[number], hashlib.new(SUITES[number].mac).digest_size
    ivs = suite.iv if version <= 0x0301 and not suite.export else 0
    block = key_block(version, number, master, client, server, 2 * (mac + suite.material + ivs))
    parts = []
    for size in (mac, mac, suite.material, suite.material, ivs, ivs):
        parts.append(block[:size])
        block = block[size:]
    keys, vectors = (parts[2], parts[3]), (parts[4], parts[5])
    if suite.export:
        keys, vectors = weaken(version, suite, keys, client, server)
    return [(parts[i], keys[i], vectors[i]) for i in (0, 1)]


# ---- SSL 2.0 ----

KINDS = {b"\x01\x00\x80": ("RC4", 16, 0, 0), b"\x02\x00\x80": ("RC4", 16, 11, 0),
         b"\x03\x00\x80": ("RC2", 16, 0, 8), b"\x04\x00\x80": ("RC2", 16, 11, 8),
         b"\x06\x00\x40": ("DES", 8, 0, 8), b"\x07\x00\xc0": ("3DES", 24, 0, 8)}


def ssl2_material(master, challenge, connection_id, length):
    out, digit = b"", 0x30
    while len(out) < length:
        out += md5(master, bytes([digit]), challenge, connection_id)
        digit += 1
    return out[:length]


def ssl2_mac(secret, data, sequence):
    return md5(secret, data, sequence.to_bytes(4, "big"))


# ---- known answers ----

def header():
    pms3, pms1 = b"\x03\x00" + bytes(range(46)), b"\x03\x01" + bytes(range(46))
    client, server = bytes(range(0x40, 0x60)), bytes(range(0x80, 0xA0))
    text, data = b"handshake", b"GET /\r\n"
    answers = {}
    for name, version, pms in (("SSL3", 0x0300, pms3), ("TLS10", 0x0301, pms1), ("TLS11", 0x0302, pms1),
                               ("TLS12", 0x0303, pms1)):
        master = master_secret(version, 5, pms, client, server)
        block = key_block(version, 5, master, client, server, 104)
        answers[name + "_MASTER"] = master
        answers[name + "_KEY_BLOCK"] = block
        for label, sender in (("CLIENT", (b"CLNT", b"client finished")), ("SERVER", (b"SRVR", b"server finished"))):
            answers["%s_%s_FINISHED" % (name, label)] = (
                ssl3_digests(master, text, sender[0]) if version == 0x0300 else
                prf(version, "sha256", master, sender[1], transcript_hash(version, "sha256", text), 12))
        for mac, size in (("md5", 16), ("sha1", 20)):
            answers["%s_MAC_%s" % (name, mac.upper())] = (
                ssl3_mac(mac, block[:size], 1, 23, data) if version == 0x0300 else
                tls_mac(mac, block[:size], 1, 23, version, data))
        if version <= 0x0301:
            for number in (0x0003, 0x0006, 0x0008, 0x0060, 0x0061, 0x0062, 0x0064):
                keys = connection_keys(version, number, master, client, server)
                answers["%s_EXPORT_%04X" % (name, number)] = b"".join(k + i for _, k, i in keys)
    answers["SSL3_CERTIFICATE_VERIFY"] = ssl3_digests(answers["SSL3_MASTER"], text, b"")
    master = master_secret(0x0300, 0xFEFF, pms3, client, server)
    answers["FIPS_MASTER"] = master
    answers["FIPS_KEY_BLOCK"] = key_block(0x0300, 0xFEFF, master, client, server, 104)
    master, challenge, identity = bytes(range(24)), bytes(range(16, 32)), bytes(range(32, 48))
    for key in (8, 16, 24):
        material = ssl2_material(master[:key], challenge, identity, 2 * key)
        answers["SSL2_MATERIAL_%d" % key] = material
    secret = answers["SSL2_MATERIAL_16"][16:]
    answers["SSL2_FIRST_RECORD"] = rc4(secret, ssl2_mac(secret, b"\x03" + identity, 2) + b"\x03" + identity)
    check_published(answers)
    print("/* Made by derive_classic.py; do not change. */\n/* clang-format off */")
    for name, value in answers.items():
        text = value.hex()
        lines = [text[at:at + 64] for at in range(0, len(text), 64)]
        print("#define %s \\\n%s" % (name, " \\\n".join('    "%s"' % line for line in lines)))
    print("/* clang-format on */")


def check_published(answers):
    """The vectors of protocol/ssl2.md, ssl3.md and tls10-12.md, which interoperated on the wire."""
    export = bytes.fromhex
    known = {
        "SSL3_MASTER": "01bc3b9ba68a5a79b630bd361fe2b4ddd246cbf7966b33fe1de2211b488d888aff4e2592465f2fc2464e55a92e2b7547",
        "SSL3_KEY_BLOCK": "155fd57067fd02fa2f828b7fa7091b757c7f75602703bf9e83241b33710b52a7a2beebc244ca5aac82b737472d317c11",
        "SSL3_EXPORT_0006": "0e9d01a48176f30c793d1b4b445605e25e2dc597dc8f71e2e53c9dc5ee43bf93aa166d4a0aca203063b8f42b13dbccad",
        "SSL3_MAC_MD5": "27b91d48f4e04892304bb4c7abb44578",
        "SSL3_MAC_SHA1": "de6fbe2959f1cf890e7fc7c6f128f82e2983d3ac",
        "SSL3_CLIENT_FINISHED": "5c7d8451dd5218e414f50969b2a008067278c81f2defe41b4d81de5107e14c29ee64661f",
        "SSL3_SERVER_FINISHED": "e0e4b28384209ddea69d35bf7663290b76d7202678c7ea57a027fe5d5d9725b51efc82ff",
        "TLS10_MASTER": "9c96f6bde2c40cbcf1ec5f9d03e2711c3795b069ff88c6d308f6bffc7d474bfe17717633820b005816d0906b8bcd9f0d",
        "TLS10_KEY_BLOCK": "7aa00b4056b38cd47e6f86c741f1e6a1c0cfe00354b22c5885f174a153226a0ea0d301d66259a0d1ee22",
        "TLS10_EXPORT_0006": "8299d9fe4d53fae2ade3c4bd47493b8ba1954aa00f605f6c354c317ac350d9a5aaf1e0cf31d74459b14dbdf693dd0bd8",
        "SSL2_MATERIAL_16": "baf636b66aaac3a73ac57fc1489a2f1d9157b392b47c6201bf02111d5aa5b1ae",
    }
    for name, value in known.items():
        if answers[name][:len(value) // 2] != export(value):
            sys.exit("%s is not the published value" % name)
    secret = answers["SSL2_MATERIAL_16"][16:]
    if ssl2_mac(secret, b"\x03" + bytes(range(32, 48)), 2) != export("66ae051e33a0b37da5ee4abdfeeb7063"):
        sys.exit("the MAC of SSL 2.0 is not the published value")


# ---- recorded connections ----

class Wrong(Exception):
    pass


def need(condition, what):
    if not condition:
        raise Wrong(what)


OPENSSL = {"RC2": "rc2-cbc", "DES": "des-cbc", "3DES": "des-ede3-cbc", "AES128": "aes-128-cbc", "SEED": "seed-cbc",
           "AES256": "aes-256-cbc", "CAMELLIA128": "camellia-128-cbc", "CAMELLIA256": "camellia-256-cbc"}


def decrypt(cipher, key, iv, data):
    if cipher == "NULL" or not data:
        return data
    if cipher == "RC4":
        return rc4(key, data)
    command = ["openssl", "enc", "-d", "-" + OPENSSL[cipher], "-K", key.hex(), "-iv", iv.hex(), "-nopad",
               "-provider", "legacy", "-provider", "default"]
    done = subprocess.run(command, input=data, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    need(done.returncode == 0, done.stderr.decode())
    return done.stdout


def rsa_block(n, exponent, data):
    return pow(int.from_bytes(data, "big"), exponent, n).to_bytes((n.bit_length() + 7) // 8, "big")


def unpad(block):
    need(block[:2] == b"\x00\x02", "the RSA block does not begin with 00 02")
    end = block.index(0, 2)
    need(end >= 10, "less than eight bytes of padding")
    return block[2:end], block[end + 1:]


def records_of(stream):
    """(type, version, fragment) of every record; a hello in 2.0 format has type 0x80."""
    at, out = 0, []
    if stream[0] & 0x80:
        length = int.from_bytes(stream[:2], "big") & 0x7FFF
        out.append((0x80, 2, stream[2:2 + length]))
        at = 2 + length
    while at < len(stream):
        length = int.from_bytes(stream[at + 3:at + 5], "big")
        need(at + 5 + length <= len(stream), "a record is cut")
        out.append((stream[at], int.from_bytes(stream[at + 1:at + 3], "big"), stream[at + 5:at + 5 + length]))
        at += 5 + length
    return out


def messages_of(records):
    joined, out = b"".join(fragment for kind, _, fragment in records if kind == 22), []
    while joined:
        length = 4 + int.from_bytes(joined[1:4], "big")
        need(length <= len(joined), "a message is cut")
        out.append(joined[:length])
        joined = joined[length:]
    return out


class Hello:
    def __init__(self, message, server):
        body, at = message[4:], 35
        self.version, self.random = int.from_bytes(body[:2], "big"), body[2:34]
        self.session_id = body[at:at + body[34]]
        at += body[34]
        if server:
            self.suite = int.from_bytes(body[at:at + 2], "big")
            at += 3
        else:
            at += 2 + int.from_bytes(body[at:at + 2], "big")
            at += 1 + body[at]
        self.extensions, at = {}, at + 2
        while at < len(body):
            length = int.from_bytes(body[at + 2:at + 4], "big")
            self.extensions[int.from_bytes(body[at:at + 2], "big")] = body[at + 4:at + 4 + length]
            at += 4 + length


class OldHello:
    def __init__(self, body):
        self.version = int.from_bytes(body[1:3], "big")
        specs, session, challenge = (int.from_bytes(body[i:i + 2], "big") for i in (3, 5, 7))
        need(len(body) == 9 + specs + session + challenge, "lengths of the 2.0-format hello")
        self.random = body[len(body) - challenge:].rjust(32, b"\0")
        self.extensions = {}


class Opened:
    """One direction behind its ChangeCipherSpec: (type, content) of every record."""

    def __init__(self, version, suite, keys, records, etm):
        secret, key, iv = keys
        size = hashlib.new(suite.mac).digest_size
        block = suite.iv
        prefix = block if block and version >= 0x0302 else 0
        bodies = [fragment[:-size] if etm else fragment for _, _, fragment in records]
        plain = decrypt(suite.cipher, key, b"\0" * block if prefix else iv, b"".join(bodies))
        self.out = []
        for sequence, ((kind, seen, fragment), body) in enumerate(zip(records, bodies)):
            need(seen == version, "version of a record")
            content, plain = plain[prefix:len(body)], plain[len(body):]
            if etm:
                need(tls_mac(suite.mac, secret, sequence, kind, version, body) == fragment[-size:], "outer MAC")
            if block:
                padding = content[-1]
                need(padding < block if version == 0x0300 else content[-padding - 1:] == bytes([padding]) * (padding + 1),
                     "padding of record %d" % sequence)
                content = content[:-padding - 1]
            if not etm:
                content, received = content[:-size], content[-size:]
                expected = (ssl3_mac(suite.mac, secret, sequence, kind, content) if version == 0x0300
                            else tls_mac(suite.mac, secret, sequence, kind, version, content))
                need(received == expected, "MAC of record %d" % sequence)
            self.out.append((kind, content))

    def of(self, kind):
        return b"".join(content for k, content in self.out if k == kind)


def split(records):
    at = [kind for kind, _, _ in records].index(20)
    need(records[at][2] == b"\x01", "ChangeCipherSpec")
    return records[:at], records[at + 1:]


def check_premaster(case, version, number, hello, answer, clear, master, session_hash):
    exchange = [m for m in clear if m[0] == 16][0][4:]
    if version > 0x0300:
        need(int.from_bytes(exchange[:2], "big") == len(exchange) - 2, "length of the encrypted premaster")
        exchange = exchange[2:]
    _, premaster = unpad(rsa_block(case["key_n"], case["key_d"], exchange))
    need(len(premaster) == 48 and int.from_bytes(premaster[:2], "big") == hello.version, "version in the premaster")
    need(master == master_secret(version, number, premaster, hello.random, answer.random, session_hash),
         "master secret")


def check_signature(case, version, hello, answer, exchange):
    """An RSA-signed ServerKeyExchange up to TLS 1.1."""
    signature = exchange[-len(case["cert_n"].to_bytes((case["cert_n"].bit_length() + 7) // 8, "big")):]
    signed = hello.random + answer.random + exchange[:-2 - len(signature)]
    block = rsa_block(case["cert_n"], case["cert_e"], signature)
    need(block[:2] == b"\x00\x01" and block[-37:] == b"\0" + md5(signed) + sha1(signed) and
         set(block[2:-37]) == {0xFF}, "signature of the ServerKeyExchange")


def check_client_signature(case, version, master, before, verify):
    signature = verify[6:]
    block = rsa_block(case["client_n"], case["client_e"], signature)
    digest = ssl3_digests(master, before, b"") if version == 0x0300 else md5(before) + sha1(before)
    need(block[-37:] == b"\0" + digest, "signature of the CertificateVerify")


def check_tls(case):
    up, down = records_of(case["up"]), records_of(case["down"])
    old = up[0][0] == 0x80
    clear_up, sealed_up = split(up)
    clear_down, sealed_down = split(down)
    from_client, from_server = messages_of(clear_up), messages_of(clear_down)
    hello = OldHello(up[0][2]) if old else Hello(from_client.pop(0), False)
    first = up[0][2] if old else messages_of(clear_up)[0]
    answer = Hello(from_server[0], True)
    version, number = answer.version, answer.suite
    need(version == case["version"] and number == case["suite"], "version or suite")
    suite, master, name = SUITES[number], case["secret"], prf_hash(number)
    need(version > 0x0300 or not answer.extensions.keys() - {0xFF01}, "extensions in SSL 3.0")
    resumed = 14 not in [m[0] for m in from_server]
    need(resumed == bool(case["resumed"]), "resumption")
    until_exchange = first + b"".join(from_server)
    for message in from_client:
        until_exchange += message
        if message[0] == 16:
            break
    ems = 23 in answer.extensions
    if not resumed:
        if suite.exchange == "RSA":
            check_premaster(case, version, number, hello, answer, from_client, master,
                            transcript_hash(version, name, until_exchange) if ems else None)
        for message in from_server:
            if message[0] == 12 and version < 0x0303 and case["cert_n"]:
                check_signature(case, version, hello, answer, message[4:])
        for message in from_client:
            if message[0] == 15 and version < 0x0303:
                check_client_signature(case, version, master, until_exchange, message)
    keys = connection_keys(version, number, master, hello.random, answer.random)
    etm = 22 in answer.extensions
    need(not etm or (suite.iv and version > 0x0300), "encrypt-then-MAC where it may not be")
    opened = [Opened(version, suite, keys[0], sealed_up, etm), Opened(version, suite, keys[1], sealed_down, etm)]
    transcript = first + b"".join(from_server) + b"".join(from_client)
    for side in ((1, 0) if resumed else (0, 1)):
        finished = opened[side].of(22)
        expected = (ssl3_digests(master, transcript, (b"CLNT", b"SRVR")[side]) if version == 0x0300 else
                    prf(version, name, master, (b"client finished", b"server finished")[side],
                        transcript_hash(version, name, transcript), 12))
        need(finished == b"\x14" + len(expected).to_bytes(3, "big") + expected, "Finished of side %d" % side)
        transcript += finished
    need(opened[0].of(23) == case["data_up"] and opened[1].of(23) == case["data_down"], "data")
    need(opened[0].of(21) == b"\x01\x00", "close_notify")


def ssl2_records(stream):
    at, out = 0, []
    while at < len(stream):
        head = 2 if stream[at] & 0x80 else 3
        length = int.from_bytes(stream[at:at + 2], "big") & (0x7FFF if head == 2 else 0x3FFF)
        padding = 0 if head == 2 else stream[at + 2]
        out.append((stream[at + head:at + head + length], padding))
        at += head + length
    return out


def ssl2_open(cipher, key, iv, records, sequence):
    plain = decrypt(cipher, key, iv, b"".join(body for body, _ in records))
    out = []
    for body, padding in records:
        part, plain = plain[:len(body)], plain[len(body):]
        need(part[:16] == ssl2_mac(key, part[16:], sequence), "MAC of record %d" % sequence)
        need(padding == (-(len(part) - padding)) % 8 if cipher != "RC4" else padding == 0, "padding")
        out.append(part[16:len(part) - padding])
        sequence += 1
    return out


def check_ssl2(case):
    up, down = ssl2_records(case["up"]), ssl2_records(case["down"])
    hello, answer = up[0][0], down[0][0]
    challenge = hello[-int.from_bytes(hello[7:9], "big"):]
    need(answer[0] == 4 and answer[3:5] == b"\0\2", "SERVER-HELLO")
    identity = answer[-int.from_bytes(answer[9:11], "big"):]
    certificate = answer[11:11 + int.from_bytes(answer[5:7], "big")]
    kind = case["secret"][32:35]
    cipher, size, clear, iv_size = KINDS[kind]
    master, iv = case["secret"][:size], case["secret"][24:24 + iv_size]
    clear_up = 1 if case["resumed"] else 2
    need(bool(answer[1]) == bool(case["resumed"]), "session-id-hit")
    if not case["resumed"]:
        message = up[1][0]
        lengths = [int.from_bytes(message[i:i + 2], "big") for i in (4, 6, 8)]
        need(message[:4] == b"\2" + kind and lengths[0] == clear and lengths[2] == iv_size and
             len(message) == 10 + sum(lengths), "CLIENT-MASTER-KEY")
        padding, secret = unpad(rsa_block(case["key_n"], case["key_d"], message[10 + clear:10 + clear + lengths[1]]))
        need(message[10:10 + clear] + secret == master, "master key")
        need(message[len(message) - iv_size:] == iv, "KEY-ARG")
        need((padding[-8:] == b"\3" * 8) == bool(case["marker"]), "rollback marker")
    material = ssl2_material(master, challenge, identity, 2 * size)
    sent = ssl2_open(cipher, material[size:], iv, up[clear_up:], clear_up)
    got = ssl2_open(cipher, material[:size], iv, down[1:], 1)
    need(sent[0] == b"\3" + identity, "CLIENT-FINISHED")
    need(got[0] == b"\5" + challenge, "SERVER-VERIFY")
    if got[1][0] == 7:
        request, reply = got.pop(1), sent.pop(1)
        need(request[1] == 1 and reply[:2] == b"\x08\x01", "client certificate")
        length = int.from_bytes(reply[2:4], "big")
        block = rsa_block(case["client_n"], case["client_e"], reply[6 + length:])
        digest = md5(material, request[2:], certificate)
        info = bytes.fromhex("3020300c06082a864886f70d020505000410")
        need(block[-35:] == b"\0" + info + digest, "the client's answer to the challenge")
    need(got[1][0] == 6 and len(got[1]) == 17, "SERVER-FINISHED")
    need(b"".join(sent[1:]) == case["data_up"] and b"".join(got[2:]) == case["data_down"], "data")


def verify(path):
    checked = 0
    for block in open(path).read().strip().split("\n\n"):
        case = {"cert_n": 0, "marker": 0}
        for line in block.splitlines():
            key, _, value = line.partition(" ")
            if key in ("version", "suite", "resumed", "marker"):
                case[key] = int(value, 16)
            elif key.startswith(("key_", "cert_", "client_")):
                case[key] = int(value, 16)
            else:
                case[key] = value if key == "name" else bytes.fromhex(value)
        try:
            (check_ssl2 if case["version"] == 2 else check_tls)(case)
        except (Wrong, IndexError, ValueError, KeyError) as error:
            sys.exit("%s in version %04x: %s %s" % (case["name"], case["version"], type(error).__name__, error))
        checked += 1
    print(checked)


if __name__ == "__main__":
    if sys.argv[1:2] == ["header"]:
        header()
    elif sys.argv[1:2] == ["verify"]:
        verify(sys.argv[2])
    else:
        sys.exit(__doc__)
