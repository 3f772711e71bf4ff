#!/usr/bin/env python3
"""Prove from the object files that a room of core/ refers only to itself and to rooms below it.

layers.py --table layers.txt OBJECT...   (objects lie under .../core/ROOM/, .../crypto/, .../platform/NAME/)

A reference is a relocation in a code section; relocations in data are tables of pointers, through
which code may reach what lies above it. Prints every violation; the exit status is their presence.
"""

import argparse
import collections
import re
import subprocess
import sys

# What compilers may call by themselves, and what every C library has.
LIBC = {"memchr", "memcmp", "memcpy", "memmove", "memset", "strlen"}
COMPILER = {"_GLOBAL_OFFSET_TABLE_", "__stack_chk_fail"}


def room_of(path):
    match = re.search(r"(?:^|/)(core/[^/]+|crypto|platform/[^/]+)/[^/]+\.o$", path)
    if not match:
        sys.exit(f"layers: {path} lies in no room")
    room = match.group(1)
    return room[len("core/"):] if room.startswith("core/") else room


def defined_names(path):
    out = subprocess.run(["nm", "--defined-only", "--extern-only", "-P", path],
                         check=True, capture_output=True, text=True).stdout
    return [line.split()[0] for line in out.splitlines() if line.strip()]


def undefined_names(path):
    out = subprocess.run(["nm", "--undefined-only", "-P", path],
                         check=True, capture_output=True, text=True).stdout
    return {line.split()[0] for line in out.splitlines() if line.strip()}


def code_references(path):
    """The undefined names that relocations of code sections refer to."""
    out = subprocess.run(["readelf", "--relocs", "--wide", path],
                         check=True, capture_output=True, text=True).stdout
    names, in_code = set(), False
    for line in out.splitlines():
        section = re.match(r"Relocation section '\.rela?(\S+)'", line)
        if section:
            in_code = section.group(1).startswith(".text")
            continue
        fields = line.split()
        if in_code and len(fields) >= 5 and re.fullmatch(r"[0-9a-f]{8,16}", fields[0]):
            names.add(fields[4].split("@")[0])
    return names


def read_table(path):
    ranks, allowed = {}, set()
    rank = 0
    with open(path) as lines:
        for line in lines:
            words = line.split("#")[0].split()
            if words and words[0] == "allow":
                allowed.add((words[1], words[2]))
            elif words:
                rank += 1
                ranks.update({room: rank for room in words})
    return ranks, allowed


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--table", required=True)
    arguments.add_argument("objects", nargs="+")
    options = arguments.parse_args()
    ranks, allowed = read_table(options.table)

    home = {}
    for path in options.objects:
        for name in defined_names(path):
            home[name] = room_of(path)

    violations, used, references = [], set(), 0
    calls = collections.Counter()
    for path in options.objects:
        room = room_of(path)
        in_code = code_references(path)
        for name in sorted(undefined_names(path)):
            target = home.get(name)
            references += 1
            if room in ranks:
                if name in LIBC or name in COMPILER or target in (room, "crypto"):
                    continue
                if target is None:
                    violations.append(f"{path}: {name} is neither core/, crypto/ nor one of "
                                      + ", ".join(sorted(LIBC)))
                elif target not in ranks:
                    violations.append(f"{path}: {name} of {target}/ is outside core/ and crypto/")
                elif name not in in_code:
                    continue  # a table points there
                elif ranks[target] <= ranks[room]:
                    if (room, name) in allowed:
                        used.add((room, name))
                        continue
                    violations.append(f"{path}: code of {room}/ refers upward to {name} of {target}/")
                else:
                    calls[room, target] += 1
            elif room == "crypto":
                if target in ranks or (target or "").startswith("platform/"):
                    violations.append(f"{path}: crypto/ refers to {name} of {target}/")
            elif room.startswith("platform/"):
                if target in ranks and not re.match(r"SSL[A-Z]", name):
                    violations.append(f"{path}: {room}/ refers to the internal name {name} of {target}/")
                if target is None and room == "platform/memory" and name not in LIBC | COMPILER:
                    violations.append(f"{path}: {room}/ needs no system, but refers to {name}")
            else:
                violations.append(f"{path}: room {room} is not in {options.table}")
    for room, name in sorted(allowed - used):
        violations.append(f"{options.table}: allow {room} {name} is not needed")
    for line in violations:
        print(line)
    print(f"layers: {len(options.objects)} objects, {references} references, "
          f"{len(violations)} violations")
    return 1 if violations else 0


if __name__ == "__main__":
    sys.exit(main())
