#!/usr/bin/env python3
"""Headless Chromium loads the status page of our server over TLS 1.3 and TLS 1.2, and shows which.

chromium.py [--screenshot DIR] [--self-check]

It trusts the test authority through an NSS database in a home directory made for it; nothing of the
user's is read. --screenshot DIR writes chromium-VERSION.png there. --self-check loads a page of openssl
s_server instead, which says whether the browser works at all. Last line: "N passed, N failed".
Packages: chromium libnss3-tools openssl."""

import argparse
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile

import harness
from certificates import Certificates
from harness import Failure, Report, converse, version_name
from programs import BUILD, OpensslServer, OurServer

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync",
         "--disable-default-apps", "--disable-extensions", "--disable-dev-shm-usage", "--no-proxy-server",
         "--hide-scrollbars", "--window-size=1000,900"]


def make_home(folder, authority):
    database = os.path.join(folder, ".pki", "nssdb")
    os.makedirs(database)
    for arguments in (["-N", "--empty-password"], ["-A", "-n", "authority", "-t", "C,,", "-i", authority]):
        subprocess.run(["certutil", *arguments, "-d", "sql:" + database], check=True, capture_output=True)


def browse(home, url, *arguments):
    profile = tempfile.mkdtemp(prefix="profile-", dir=home)
    command = ["env", f"HOME={home}", f"XDG_CONFIG_HOME={home}", f"XDG_CACHE_HOME={home}", "chromium", *FLAGS,
               f"--user-data-dir={profile}", *arguments, url]
    status, out, err = converse(command, timeout=90, close_stdin=True)
    shutil.rmtree(profile, ignore_errors=True)
    return status, out.decode("utf-8", "replace"), err.decode("utf-8", "replace"), command


def check_png(path):
    with open(path, "rb") as file:
        head = file.read(24)
    if head[:8] != b"\x89PNG\r\n\x1a\n" or min(struct.unpack(">II", head[16:24])) < 100:
        raise Failure(f"{path} is no picture")


def load(server, home, version, screenshot):
    url = f"https://localhost:{server.port}/"
    status, page, errors, command = browse(home, url, "--dump-dom")
    shown = re.search(r"version</t[hd]>\s*<td>([^<]*)</td>", page) or re.search(r"Protocol *: (\S+)", page)
    if status != 0 or not shown:
        raise Failure(f"status {status}, no version on the page\n    $ {' '.join(command)}\n{page[-600:]}\n"
                      f"{errors[-1500:]}\n{server.said()[-800:]}")
    if version_name(shown.group(1)) != version:
        raise Failure(f"the page says {shown.group(1)}, wanted {version}")
    if screenshot:
        path = os.path.join(os.path.abspath(screenshot), f"chromium-{version}.png")
        status, _, errors, command = browse(home, url, f"--screenshot={path}")
        if status != 0 or not os.path.exists(path):
            raise Failure(f"no screenshot\n    $ {' '.join(command)}\n{errors[-1500:]}")
        check_png(path)


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--screenshot", metavar="DIR")
    arguments.add_argument("--self-check", action="store_true")
    options = arguments.parse_args()
    harness.in_own_network()
    report = Report()
    certificates = Certificates(os.path.join(BUILD, "peer-certs"))
    if options.screenshot:
        os.makedirs(options.screenshot, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="sslref-chromium-") as home:
        make_home(home, certificates.ca)
        for version in ("tls1.3", "tls1.2"):
            for kind in ("p256", "rsa"):
                with report.check(f"chromium: {version} {kind}"):
                    if options.self_check:
                        server = OpensslServer([certificates.pair(kind)],
                                               *(["-no_tls1_3"] if version == "tls1.2" else []))
                    else:
                        server = OurServer([certificates.pair(kind)], "--alpn", "http/1.1", maximum=version,
                                           suites=None, groups=None)
                    with server:
                        load(server, home, version, options.screenshot if kind == "p256" else None)
    return report.finish()


if __name__ == "__main__":
    sys.exit(main())
