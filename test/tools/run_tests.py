#!/usr/bin/env python3
"""Run test programs two at a time and count their tests.

run_tests.py [--jobs 2] [--timeout 300] [--wrap "valgrind -q"] [--logs DIR] [--one] PROGRAM...

Each program is a cmocka one: its summary lines are counted. --one counts each program as one test
that passes with exit status 0. A program that ends otherwise than its summary says, or that runs
out of time, is one failure more. The last line is "N passed, N failed".
"""

import argparse
import concurrent.futures
import os
import re
import shlex
import subprocess
import sys
import time

SUMMARY = re.compile(r"^\[  (PASSED|FAILED)  \] (?:.*: )?(\d+) test\(s\)", re.M)
SKIPPED = re.compile(r"^\[  SKIPPED \] (?:.*: )?(\d+) test\(s\)", re.M)


def run(program, options):
    began = time.monotonic()
    command = shlex.split(options.wrap) + [program]
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=options.timeout)
        status, output = done.returncode, done.stdout.decode(errors="replace")
    except subprocess.TimeoutExpired as late:
        status = f"still running after {options.timeout} s"
        output = (late.stdout or b"").decode(errors="replace")
    counts = {"PASSED": 0, "FAILED": 0}
    if options.one:
        counts["PASSED" if status == 0 else "FAILED"] = 1
    else:
        for kind, number in SUMMARY.findall(output):
            counts[kind] += int(number)
        if (status != 0 and counts["FAILED"] == 0) or (sum(counts.values()) == 0 and not SKIPPED.search(output)):
            counts["FAILED"] += 1
    skipped = sum(int(number) for number in SKIPPED.findall(output))
    return program, status, output, counts, skipped, time.monotonic() - began


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--jobs", type=int, default=2)
    arguments.add_argument("--timeout", type=float, default=300)
    arguments.add_argument("--wrap", default="")
    arguments.add_argument("--logs")
    arguments.add_argument("--one", action="store_true")
    arguments.add_argument("programs", nargs="*")
    options = arguments.parse_args()
    passed = failed = 0
    if options.logs:
        os.makedirs(options.logs, exist_ok=True)
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for program, status, output, counts, skipped, seconds in pool.map(
                lambda one: run(one, options), options.programs):
            passed += counts["PASSED"]
            failed += counts["FAILED"]
            if options.logs:
                with open(os.path.join(options.logs, os.path.basename(program) + ".log"), "w") as log:
                    log.write(output)
            if counts["FAILED"]:
                print(f"---- {program}: {status}")
                print("\n".join(output.splitlines()[-60:]))
            print(f"  {os.path.basename(program):32} {counts['PASSED']:6} passed "
                  f"{counts['FAILED']:4} failed" + (f" {skipped:4} skipped" if skipped else "")
                  + f" {seconds:7.1f} s", flush=True)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
