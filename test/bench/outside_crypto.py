#!/usr/bin/python3
"""Instructions that handshakes and records cost outside cryptography, from callgrind's files.

    outside_crypto.py [--top N] FILE...

Each file is one measurement of bench_instructions; its label ("sslref handshake13 5") says whose it
is, of what, and how often that was done. Accounting is by edges of the call graph: a function of
the engine counts with its own instructions, and what it calls counts by what is called:

    engine      functions of core/, and the C library (memcpy, memset, ...) called from them
    allocator   malloc and free with the alloc callbacks around them, called from core/
    wiping      sslr_wipe, which is in crypto/ but clears the engine's memory too
    crypto      everything else of crypto/ with all that it calls: libtomcrypt, memcpy, malloc
    transport   read, write, random and time callbacks: the bench's, not the engine's

For OpenSSL: instructions in libssl.so and the C library called from it; its malloc is libcrypto's.
"""
import argparse
import re
import sys
from collections import defaultdict

TARGETS = {"handshake": 60000, "resumed": 30000, "record": 1400}
TITLES = {
    "handshake12": "TLS 1.2 full handshake, both sides",
    "handshake13": "TLS 1.3 full handshake, both sides",
    "resumed12": "TLS 1.2 resumed by session ID, both sides",
    "resumed13": "TLS 1.3 resumed by ticket, both sides",
    "record12": "TLS 1.2 record of 100 bytes, sent and received",
    "record13": "TLS 1.3 record of 100 bytes, sent and received",
}


class Profile:
    """One callgrind file: own cost of every function, and cost of every edge between two."""

    def __init__(self, path):
        self.own = defaultdict(int)  # (object, file, function) -> instructions
        self.edges = defaultdict(lambda: [0, 0])  # (caller, callee) -> [calls, instructions]
        self.label = ""
        self.names = defaultdict(dict)
        with open(path, encoding="utf-8") as lines:
            self.read(lines)

    def name(self, kind, text):
        """Names are compressed: "(7) memcpy" first, "(7)" later."""
        match = re.match(r"\((\d+)\)(?: (.*))?$", text)
        if match is None:
            return text
        number, name = match.groups()
        if name is not None:
            self.names[kind][number] = name
        return self.names[kind][number]

    def read(self, lines):
        obj = file = function = caller = None
        callee_object = callee_file = callee = None
        calls = None
        for line in lines:
            line = line.rstrip("\n")
            key, _, value = line.partition("=")
            if key == "ob":
                obj = self.name("ob", value)
            elif key == "fl":
                file = self.name("fl", value)
            elif key in ("fi", "fe"):
                self.name("fl", value)  # inlined from there: still the same function
            elif key == "fn":
                function = self.name("fn", value)
                caller = (obj, file, function)
                callee_object = callee_file = None
            elif key == "cob":
                callee_object = self.name("ob", value)
            elif key in ("cfi", "cfl"):
                callee_file = self.name("fl", value)
            elif key == "cfn":
                callee = (callee_object or obj, callee_file or file, self.name("fn", value))
                callee_object = callee_file = None
            elif key == "calls":
                calls = int(value.split()[0])
            elif re.match(r"[0-9+*-]", line):
                cost = int(line.split()[1]) if len(line.split()) > 1 else 0
                if calls is None:
                    self.own[caller] += cost
                else:
                    edge = self.edges[caller, callee]
                    edge[0] += calls
                    edge[1] += cost
                    calls = None
            elif line.startswith("desc: Trigger: Client Request: "):
                self.label = line.rpartition(": ")[2]


def group_of(function):
    """Which account a function belongs to that is called from the engine."""
    obj, file, name = function
    if re.search(r"(^|/)core/\w+/\w+\.[ch]$", file):
        return "engine"
    if name == "sslr_wipe":
        return "wiping"
    if re.search(r"(^|/)crypto/\w+\.[ch]$", file):
        return "crypto"
    if re.match(r"SSLPosix(Alloc|Free|Realloc)\b", name):
        return "allocator"
    if re.search(r"/(libc|ld-linux)[^/]*\.so", obj):
        return "engine"
    if re.search(r"(^|/)(platform|test)/", file):
        return "transport"
    return "crypto"  # libtomcrypt, libtommath


def is_libssl(function):
    return "/libssl.so" in function[0]


def sslref_accounts(profile, details):
    accounts = defaultdict(int)
    for function, cost in profile.own.items():
        if group_of(function) == "engine" and "/libc" not in function[0]:
            if "/ld-linux" not in function[0]:
                accounts["engine"] += cost
                details[function[2]] += cost
    for (caller, callee), (_, cost) in profile.edges.items():
        if not re.search(r"(^|/)core/\w+/\w+\.[ch]$", caller[1]):
            continue
        group = group_of(callee)
        if group != "engine" or "/libc" in callee[0] or "/ld-linux" in callee[0]:
            accounts[group] += cost
            details[f"{group}: {callee[2]} < {caller[2]}"] += cost
    return accounts


def openssl_accounts(profile):
    accounts = defaultdict(int)
    for function, cost in profile.own.items():
        if is_libssl(function):
            accounts["engine"] += cost
    for (caller, callee), (_, cost) in profile.edges.items():
        if is_libssl(caller) and re.search(r"/libc[^r/][^/]*\.so|/libc\.so", callee[0]):
            accounts["engine"] += cost
    return accounts


def show(name, ours, theirs, note=""):
    ratio = f"{ours / theirs:8.2f}x" if theirs else " " * 9
    beside = f"{theirs:,.0f}" if theirs else ""
    print(f"  {name:<40} {ours:>12,.0f} {beside:>12} {ratio}  {note}".rstrip())


def report(what, ours, theirs, count, other_count):
    print(f"\n{TITLES[what]:<42} {'sslref':>12} {'OpenSSL':>12} {'ratio':>9}".rstrip())
    part = {name: cost / count for name, cost in ours.items()}
    other = theirs["engine"] / other_count if theirs else 0
    engine, allocator, wiping = part["engine"], part["allocator"], part["wiping"]
    target = TARGETS[what.rstrip("0123456789")]

    def verdict(value):
        return f"target {target:,}: {'met' if value <= target else 'MISSED'}"

    show("outside crypto", engine, other, verdict(engine))
    show("... with the program's malloc and free", engine + allocator, 0)
    show("... and with sslr_wipe (of crypto/)", engine + allocator + wiping, 0)
    show("crypto/ and libtomcrypt", part["crypto"], 0)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--top", type=int, default=0, help="list the N most expensive functions")
    parser.add_argument("files", nargs="+")
    options = parser.parse_args()
    found = {}
    for path in options.files:
        profile = Profile(path)
        if len(profile.label.split()) != 3:
            continue  # the empty one at the end
        engine, what, count = profile.label.split()
        details = defaultdict(int)
        accounts = (sslref_accounts(profile, details) if engine == "sslref"
                    else openssl_accounts(profile))
        found[engine, what] = accounts, int(count), details
    for what in TITLES:
        if ("sslref", what) not in found:
            print(f"no measurement of {what}", file=sys.stderr)
            return 1
        ours, count, details = found["sslref", what]
        theirs, other_count, _ = found.get(("openssl", what), (None, 1, None))
        report(what, ours, theirs, count, other_count)
        rows = sorted(details.items(), key=lambda row: -row[1])
        for name, cost in [row for row in rows if not row[0].startswith("crypto")][:options.top]:
            print(f"      {cost / count:>12,.0f}  {name}")
    print("\n  OpenSSL: libssl and what it calls of the C library, without libcrypto.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
