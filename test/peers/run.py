#!/usr/bin/env python3
"""Our client and server against the peers of Debian: OpenSSL, GnuTLS, NSS, scapy, curl, nginx, sslscan.

run.py [--self-check] [--only PATTERN] [--verbose]

--self-check runs the peers against each other, which tests this harness and says what they can do.
The last line is "N passed, N failed". Packages: openssl gnutls-bin libnss3-tools curl nginx-light
python3-scapy python3-cryptography sslscan."""

import argparse
import concurrent.futures
import os
import re
import sys
import tempfile
import time

import classic
import harness
import scenarios
from certificates import Certificates
from programs import BUILD
from world import World


def main(all_of=lambda world: scenarios.all_of(world) + classic.all_of(world)):
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--self-check", action="store_true")
    arguments.add_argument("--only", default="", help="only scenarios whose name matches")
    arguments.add_argument("--verbose", action="store_true")
    arguments.add_argument("--jobs", type=int, default=2)
    options = arguments.parse_args()
    if not harness.in_own_network():
        print("no network of our own (unshare --net): gnutls-serv and selfserv, which listen on every "
              "address, will do so while they run")

    report = harness.Report(options.verbose)
    os.makedirs(BUILD, exist_ok=True)
    certificates = Certificates(os.path.join(BUILD, "peer-certs"))
    with tempfile.TemporaryDirectory(prefix="sslref-peers-") as scratch:
        world = World(report, certificates, scratch)
        jobs = scenarios.self_check(world) if options.self_check else all_of(world)
        jobs = [(name, job) for name, job in jobs if re.search(options.only, name)]

        def perform(entry):
            name, job = entry
            began = time.monotonic()
            try:
                job()
            except Exception as failure:  # a scenario that cannot start is one failed check
                with report.check(name + ": " + "the scenario"):
                    raise harness.Failure(f"{type(failure).__name__}: {failure}") from failure
            report.note(f"  {name:60} {time.monotonic() - began:6.1f} s")

        with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
            list(pool.map(perform, jobs))
    return report.finish()


if __name__ == "__main__":
    sys.exit(main())
