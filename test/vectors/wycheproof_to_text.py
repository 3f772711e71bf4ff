#!/usr/bin/python3
"""Turn Wycheproof's JSON files into lines that a C test reads without a JSON parser.

    wycheproof_to_text.py IN_DIR OUT_DIR

Each IN_DIR/name.json becomes OUT_DIR/name.txt. A test is one block of key=value lines, blocks are
separated by a blank line. First the fields of the test's group, each prefixed `group.`, then the
fields of the test itself. Fields of nested objects are joined with dots (group.publicKey.modulus),
elements of a list with commas (flags=Normal,CVE). Line ends inside a value become spaces. Keys of
the file itself stand in the first block only, prefixed `file.`, and belong to no test.
"""

import json
import pathlib
import sys


def flatten(prefix, value, out):
    if isinstance(value, dict):
        for key, inner in value.items():
            flatten(f"{prefix}.{key}" if prefix else key, inner, out)
    elif isinstance(value, list):
        out.append((prefix, ",".join(str(element) for element in value)))
    elif isinstance(value, bool):
        out.append((prefix, "true" if value else "false"))
    elif value is None:
        out.append((prefix, ""))
    else:
        out.append((prefix, str(value)))


def block(fields):
    return "".join(f"{key}={' '.join(value.splitlines())}\n" for key, value in fields) + "\n"


def convert(source):
    document = json.loads(source)
    head = []
    for key in ("algorithm", "numberOfTests"):
        flatten(f"file.{key}", document.get(key, ""), head)
    blocks = [block(head)]
    for group in document["testGroups"]:
        group_fields = []
        for key, value in group.items():
            if key not in ("tests", "source"):
                flatten(f"group.{key}", value, group_fields)
        for test in group["tests"]:
            fields = list(group_fields)
            flatten("", test, fields)
            blocks.append(block(fields))
    return "".join(blocks)


def main(arguments):
    if len(arguments) != 3:
        sys.stderr.write(__doc__)
        return 2
    source_directory, out_directory = map(pathlib.Path, arguments[1:])
    out_directory.mkdir(parents=True, exist_ok=True)
    for source in sorted(source_directory.glob("*.json")):
        text = convert(source.read_text(encoding="utf-8"))
        (out_directory / (source.stem + ".txt")).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
