#!/usr/bin/env python3
"""core/ does nothing on its own: no system calls, no allocation, no errno, no writable data.

purity.py OBJECT...   (only the objects under .../core/ are looked at)

layers.py already refuses every name that is not known; this one names what matters by itself and
looks at the sections: .data, .bss and thread-local data must be empty. .data.rel.ro becomes read-only
when a program is loaded.
"""

import re
import subprocess
import sys

FORBIDDEN = re.compile(
    r"malloc|calloc|realloc|free|time|clock|gettimeofday|clock_gettime|read|write|recv|send|open|close"
    r"|rand|srand|random|getrandom|getentropy|v?f?s?n?printf|puts|putchar|abort|exit|errno"
    r"|__errno_location|__assert_fail|__.*_chk|strto.*|ato[il]|getenv|setlocale|localtime.*|gmtime.*")
WRITABLE = re.compile(r"\.(data|bss|tdata|tbss)(?!\.rel\.ro)(\..*)?")


def main():
    objects = [path for path in sys.argv[1:] if re.search(r"(^|/)core/", path)]
    bad = []
    for path in objects:
        names = subprocess.run(["nm", "-P", path], check=True, capture_output=True, text=True).stdout
        for line in names.splitlines():
            name, kind = line.split()[:2]
            if kind == "U" and FORBIDDEN.fullmatch(name) and name != "__stack_chk_fail":
                bad.append(f"{path}: refers to {name}")
            if kind in "Cc":
                bad.append(f"{path}: {name} is in common storage")
        sections = subprocess.run(["readelf", "--sections", "--wide", path],
                                  check=True, capture_output=True, text=True).stdout
        for line in sections.splitlines():
            match = re.match(r"\s*\[\s*\d+\]\s+(\S+)\s+(\S+)\s+\S+\s+\S+\s+([0-9a-f]+)", line)
            if match and WRITABLE.fullmatch(match.group(1)) and int(match.group(3), 16):
                bad.append(f"{path}: {int(match.group(3), 16)} bytes of writable {match.group(1)}")
    for line in bad:
        print(line)
    print(f"purity: {len(objects)} objects of core/, {len(bad)} violations")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
