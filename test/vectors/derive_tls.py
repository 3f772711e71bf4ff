#!/usr/bin/env python3
"""Key schedules of TLS 1.3 and TLS 1.2, written down once more from RFC 8446, 5246, 7627 and 5705.

    derive_tls.py > test/vectors/schedule_vectors.h

Only hashlib and hmac are used, and nothing of the engine. The messages of the transcript are any
bytes: the schedules do not look into them. test_schedule.c computes the same with the engine.
"""

import hashlib
import hmac


def digest(name, data):
    return hashlib.new(name, data).digest()


def mac(name, key, data):
    return hmac.new(key, data, name).digest()


# ---- TLS 1.3, RFC 8446 7.1 and RFC 5869 ----

def expand(name, secret, info, length):
    out, block = b"", b""
    for number in range(1, 256):
        block = mac(name, secret, block + info + bytes([number]))
        out += block
        if len(out) >= length:
            return out[:length]
    raise ValueError(length)


def expand_label(name, secret, label, context, length):
    label = b"tls13 " + label.encode()
    info = length.to_bytes(2, "big") + bytes([len(label)]) + label + bytes([len(context)]) + context
    return expand(name, secret, info, length)


def derive_secret(name, secret, label, messages):
    size = hashlib.new(name).digest_size
    return expand_label(name, secret, label, digest(name, messages), size)


def tls13(name, key_length, shared, hello, flight, finish):
    """The stages with their names; the three messages end at ServerHello and both Finished."""
    size = hashlib.new(name).digest_size
    zeros = bytes(size)
    out = {}
    early = mac(name, zeros, zeros)
    handshake = mac(name, derive_secret(name, early, "derived", b""), shared)
    main = mac(name, derive_secret(name, handshake, "derived", b""), zeros)
    out["early"] = early
    out["derived"] = derive_secret(name, early, "derived", b"")
    out["handshake"] = handshake
    out["main"] = main
    client = derive_secret(name, handshake, "c hs traffic", hello)
    server = derive_secret(name, handshake, "s hs traffic", hello)
    out["client_handshake"] = client
    out["server_handshake"] = server
    for side, secret in ("client", client), ("server", server):
        out[side + "_handshake_key"] = expand_label(name, secret, "key", b"", key_length)
        out[side + "_handshake_iv"] = expand_label(name, secret, "iv", b"", 12)
    finished_key = expand_label(name, server, "finished", b"", size)
    out["server_finished"] = mac(name, finished_key, digest(name, hello + flight))
    for side, letter in ("client", "c"), ("server", "s"):
        secret = derive_secret(name, main, letter + " ap traffic", hello + flight + finish)
        out[side + "_application"] = secret
        out[side + "_application_key"] = expand_label(name, secret, "key", b"", key_length)
        out[side + "_application_iv"] = expand_label(name, secret, "iv", b"", 12)
        secret = expand_label(name, secret, "traffic upd", b"", size)
        out[side + "_updated"] = secret
        out[side + "_updated_key"] = expand_label(name, secret, "key", b"", key_length)
        out[side + "_updated_iv"] = expand_label(name, secret, "iv", b"", 12)
    finished_key = expand_label(name, client, "finished", b"", size)
    out["client_finished"] = mac(name, finished_key, digest(name, hello + flight + finish))
    exporter = derive_secret(name, main, "exp master", hello + flight + finish)
    out["exporter"] = exporter
    for what, context in ("exported", b"context"), ("exported_empty", b""):
        secret = derive_secret(name, exporter, "EXPORTER-test", b"")
        out[what] = expand_label(name, secret, "exporter", digest(name, context), 50)
    spaces = 64 * b" "
    for side in "server", "client":
        out[side + "_signed"] = (spaces + b"TLS 1.3, " + side.encode() + b" CertificateVerify\0"
                                 + digest(name, hello + flight))
    return out


# ---- TLS 1.2, RFC 5246 5 ----

def prf(name, secret, label, seed, length):
    seed = label.encode() + seed
    out, chain = b"", seed
    while len(out) < length:
        chain = mac(name, secret, chain)
        out += mac(name, secret, chain + seed)
    return out[:length]


def tls12(name, extended, premaster, client_random, server_random, messages, sizes):
    mac_size, key_size, iv_size = sizes
    out = {}
    if extended:
        master = prf(name, premaster, "extended master secret", digest(name, messages), 48)
    else:
        master = prf(name, premaster, "master secret", client_random + server_random, 48)
    out["master"] = master
    block = prf(name, master, "key expansion", server_random + client_random,
                2 * (mac_size + key_size + iv_size))
    for what, size in ("mac", mac_size), ("key", key_size), ("iv", iv_size):
        for side in "client", "server":
            if size:
                out[side + "_" + what] = block[:size]
            block = block[size:]
    for side in "client", "server":
        out[side + "_finished"] = prf(name, master, side + " finished", digest(name, messages), 12)
    randoms = client_random + server_random
    out["exported"] = prf(name, master, "EXPORTER-test", randoms + b"\0\7context", 50)
    out["exported_empty"] = prf(name, master, "EXPORTER-test", randoms + b"\0\0", 50)
    out["exported_without"] = prf(name, master, "EXPORTER-test", randoms, 50)
    return out


# ---- as a C header ----

def literal(data):
    text = data.hex()
    lines = [text[i:i + 80] for i in range(0, len(text), 80)] or [""]
    return " \\\n    ".join(f'"{line}"' for line in lines)


def show(prefix, values):
    for name, value in values.items():
        print(f"#define {prefix}_{name.upper()} \\\n    {literal(value)}")
    print()


def main():
    shared = bytes(range(32))
    hello, flight, finish = b"ClientHello and ServerHello", b"to CertificateVerify", b"Finished"
    premaster = bytes(range(3, 51))
    client_random, server_random = bytes(range(0x40, 0x60)), bytes(range(0x80, 0xA0))
    print("""/*
 * schedule_vectors.h - made by derive_tls.py; do not edit. Results of the key schedules for the
 * inputs of test_schedule.c, as hexadecimal strings.
 */
#ifndef SSLREF_TEST_SCHEDULE_VECTORS_H
#define SSLREF_TEST_SCHEDULE_VECTORS_H

/* clang-format off */""")
    show("SHA256_13", tls13("sha256", 16, shared, hello, flight, finish))
    show("SHA384_13", tls13("sha384", 32, shared, hello, flight, finish))
    messages = hello + flight
    gcm128, gcm256, chacha, cbc = (0, 16, 4), (0, 32, 4), (0, 32, 12), (20, 16, 0)
    for prefix, name, extended, sizes in (("SHA256_12", "sha256", True, gcm128),
                                          ("SHA384_12", "sha384", True, gcm256),
                                          ("CHACHA_12", "sha256", True, chacha),
                                          ("CBC_12", "sha256", True, cbc),
                                          ("PLAIN_12", "sha256", False, gcm128)):
        show(prefix, tls12(name, extended, premaster, client_random, server_random, messages,
                           sizes))
    print("/* clang-format on */\n\n#endif")


if __name__ == "__main__":
    main()
