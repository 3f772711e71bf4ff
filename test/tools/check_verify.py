#!/usr/bin/env python3
"""samples/verify, as a person and as a program uses it. check_verify.py BUILD CERTIFICATES

CERTIFICATES is the folder that test/unit/make_certificates.sh fills. The last line is
"N passed, N failed"."""

import json
import os
import subprocess
import sys
import tempfile

BUILD, CERTIFICATES = sys.argv[1:3]
VERIFY = os.path.join(BUILD, "samples/verify")
passed = failed = 0


def check(what, good, detail=""):
    global passed, failed
    passed, failed = passed + bool(good), failed + (not good)
    if not good:
        print(f"FAILED: {what}: {detail}")


def run(*arguments, text=None):
    return subprocess.run([VERIFY, *arguments], input=text, stdin=None if text is not None else subprocess.DEVNULL,
                          capture_output=True, timeout=60)


def pem(name):
    with open(os.path.join(CERTIFICATES, name + ".pem")) as file:
        return file.read()


def path(name):
    return os.path.join(CERTIFICATES, name + ".pem")


def command_line():
    chain = ["--anchors", path("p256-root"), "--intermediates", path("p256-inter"), "--leaf", path("p256-leaf")]
    for what, arguments, status, said in (
            ("a chain", chain, 0, "anchor: C=DE, O=Test, CN=p256 root"),
            ("without its intermediate", chain[:2] + chain[4:], 1, "X509UnknownIssuerErr at certificate 0"),
            ("another anchor", ["--anchors", path("rsa-root")] + chain[2:], 1, "X509UnknownIssuerErr"),
            ("in 1990", chain + ["--time", "631152000"], 1, "X509NotYetValidErr"),
            ("in 2100", chain + ["--time", "4102444800"], 1, "X509ExpiredErr"),
            ("in 2100, nobody looks", chain + ["--time", "4102444800", "--ignore-dates"], 0, "anchor"),
            ("for a client", chain + ["--purpose", "client"], 1, "X509WrongPurposeErr at certificate 0"),
            ("another host", chain + ["--name", "nobody.invalid"], 1, "X509HostNameErr at certificate 0"),
            ("no intermediates allowed", chain + ["--max-depth", "1"], 0, "leaf"),
            ("hard, without proof", chain + ["--revocation", "hard"], 1, "X509RevocationUnknownErr"),
            ("a list that is none", chain + ["--crl", path("p256-leaf")], 0, "leaf"),
            ("SHA-1", ["--anchors", path("rsa-root"), "--intermediates", path("rsa-inter"), "--leaf", path("sha1-leaf")],
             1, "X509WeakSignatureErr"),
            ("SHA-1 allowed", ["--anchors", path("rsa-root"), "--intermediates", path("rsa-inter"), "--leaf",
                               path("sha1-leaf"), "--allow-sha1"], 0, "leaf"),
            ("MD5 allowed", ["--anchors", path("rsa-root"), "--intermediates", path("rsa-inter"), "--leaf",
                             path("md5-leaf"), "--allow-md5"], 0, "leaf"),
            ("no leaf", chain[:4], 2, "needed"),
            ("no such file", chain[:4] + ["--leaf", "/nowhere"], 2, "/nowhere"),
            ("no such option", chain + ["--nonsense"], 2, "unknown option"),
            ("an option without its value", chain + ["--name"], 2, "needs a value"),
            ("no number", chain + ["--time", "soon"], 2, "not a number"),
            ("no purpose", chain + ["--purpose", "mail"], 2, "server or client"),
            ("no host name", chain + ["--name", "a b"], 2, "not one of a host"),
            ("too deep", chain + ["--max-depth", "17"], 2, "max_depth"),
            ("help", ["--help"], 0, "--anchors")):
        done = run(*arguments)
        text = (done.stdout + done.stderr).decode()
        check(what, done.returncode == status and said in text, f"status {done.returncode}: {text}")


def questions():
    good = {"anchors": pem("p256-root"), "intermediates": pem("p256-inter"), "leaf": pem("p256-leaf")}
    cases = [
        (good, True, ["CN=p256 leaf", "C=DE, O=Test, CN=p256 inter", "C=DE, O=Test, CN=p256 root"]),
        ({**good, "purpose": "server", "name": None, "max_depth": 3, "time": None}, True, None),
        ({**good, "name": "nobody.invalid"}, False, "X509HostNameErr"),
        ({**good, "time": 631152000}, False, "X509NotYetValidErr"),
        ({**good, "time": 631152000, "ignore_dates": True}, True, None),
        ({**good, "intermediates": None}, False, "X509UnknownIssuerErr"),
        ({**good, "intermediates": pem("p256-inter") * 40}, True, None),
        ({**good, "leaf": pem("p256-leaf") + pem("p256-inter"), "intermediates": None}, True, None),
        ({**good, "leaf": "-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----\n"}, False, "ASNBadEncodingErr"),
        ({**good, "leaf": "-----BEGIN CERTIFICATE-----\n!!\n-----END CERTIFICATE-----\n"}, False, "request"),
        ({**good, "leaf": "nothing"}, False, "request"),
        ({**good, "anchors": "nothing"}, False, "request"),
        ({**good, "purpose": "mail"}, False, "request"),
        ({**good, "time": -5}, False, "request"),
        ({**good, "time": 1 << 40}, False, "request"),
        ({**good, "max_depth": 0}, False, "request"),
        ({}, False, "request"),
    ]
    lines = [json.dumps(question) for question, _, _ in cases]
    # What is no question gets an answer, too, and the next line is read as if nothing had happened.
    odd = ["", "{", "[]", "null", '"text"', "{}x", '{"leaf":1}', '{"leaf":{"a":[1]}}', '{"time":"now"}', '{"time":1e3}',
           '{"leaf":"a","leaf":"b"}', '{"leaf":"\\u12"}', '{"leaf":"\\ud800"}', '{"leaf":"\\u0000"}', '{"leaf":"a}',
           '{"leaf" "a"}', '{"leaf":"a",}', '{"nothing":1}', '{"leaf":"\\q"}', "[" * 100000, '{"time":99999999999999999999}',
           '{"leaf":"' + "A" * (17 << 20) + '"}', "\x00\x01", '{"leaf":"\tx"}']
    done = run(text="\n".join(lines + odd + lines[:1]).encode())
    answers = [json.loads(line) for line in done.stdout.decode().splitlines()]
    check("an answer for every line", len(answers) == len(cases) + len(odd) + 1 and done.returncode == 0,
          f"{len(answers)} answers, status {done.returncode}")
    for (_, good_one, wanted), answer in zip(cases, answers):
        said = answer.get("path") if good_one else answer.get("error")
        check("a question", answer["ok"] == good_one and (wanted is None or said == wanted), f"{answer}, not {wanted}")
    for line, answer in zip(odd, answers[len(cases):]):
        check("an odd line", answer["ok"] is False and answer["error"] == "request" and answer["rule"],
              f"{line[:40]!r}: {answer}")
    check("the line after them", answers[-1]["ok"] is True)


def lists():
    """A list and a response by the openssl command, and both in one question."""
    with tempfile.TemporaryDirectory() as folder:
        def openssl(*arguments):
            subprocess.run(["openssl", *arguments], check=True, capture_output=True, cwd=folder, timeout=60,
                           env={**os.environ, "OPENSSL_CONF": "/dev/null"})

        def name(file):
            return os.path.join(folder, file)

        def as_pem():
            openssl("base64", "-in", "response", "-out", "response.b64")
            with open(name("response.b64")) as encoded, open(name("response.pem"), "w") as file:
                file.write("-----BEGIN OCSP RESPONSE-----\n" + encoded.read() + "-----END OCSP RESPONSE-----\n")

        with open(name("config"), "w") as file:
            file.write("[req]\ndistinguished_name=n\nprompt=no\n[n]\nCN=unused\n[a]\nbasicConstraints=critical,CA:TRUE\n"
                       "[r]\nextendedKeyUsage=OCSPSigning\n"
                       f"[ca]\ndefault_ca=d\n[d]\ndatabase={folder}/index\ndefault_md=sha256\ndefault_crl_days=5\n")
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "ca.key",
                "-out", "ca.pem", "-subj", "/CN=ca", "-config", "config", "-extensions", "a")
        openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "leaf.key", "-out",
                "leaf.csr", "-subj", "/CN=leaf", "-config", "config")
        openssl("x509", "-req", "-in", "leaf.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-set_serial", "16", "-out",
                "leaf.pem")
        arguments = ["--anchors", name("ca.pem"), "--leaf", name("leaf.pem"), "--revocation", "hard"]
        for state, status in (("V\t400101000000Z\t\t10\tunknown\t/CN=leaf\n", 0),
                              ("R\t400101000000Z\t240101000000Z\t10\tunknown\t/CN=leaf\n", 1)):
            with open(name("index"), "w") as file:
                file.write(state)
            openssl("ca", "-gencrl", "-config", "config", "-keyfile", "ca.key", "-cert", "ca.pem", "-out", "list.pem")
            openssl("ocsp", "-index", "index", "-CA", "ca.pem", "-issuer", "ca.pem", "-cert", "leaf.pem", "-rsigner",
                    "ca.pem", "-rkey", "ca.key", "-ndays", "2", "-noverify", "-respout", "response")
            as_pem()
            for option, file in (("--crl", "list.pem"), ("--ocsp", "response.pem")):
                done = run(*arguments, option, name(file))
                check(f"{option} {'revoked' if status else 'good'}", done.returncode == status and
                      (not status or b"X509RevokedErr at certificate 0" in done.stdout), done.stdout + done.stderr)

        # A delegate with an RSA key of 2048 bits may say so, one of 1024 bits only where such keys may.
        with open(name("index"), "w") as file:
            file.write("V\t400101000000Z\t\t10\tunknown\t/CN=leaf\n")
        for bits, options, good in (("2048", [], True), ("1024", [], False), ("1024", ["--allow-short-keys"], True)):
            openssl("req", "-newkey", "rsa:" + bits, "-nodes", "-keyout", "delegate.key", "-out", "delegate.csr", "-subj",
                    "/CN=delegate", "-config", "config")
            openssl("x509", "-req", "-in", "delegate.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-set_serial", "17",
                    "-out", "delegate.pem", "-extfile", "config", "-extensions", "r")
            openssl("ocsp", "-index", "index", "-CA", "ca.pem", "-issuer", "ca.pem", "-cert", "leaf.pem", "-rsigner",
                    "delegate.pem", "-rkey", "delegate.key", "-ndays", "2", "-noverify", "-respout", "response")
            as_pem()
            done = run(*arguments, "--ocsp", name("response.pem"), *options)
            check(f"a delegate of {bits} bits", done.returncode == (0 if good else 1) and
                  (good or b"X509BadOCSPErr" in done.stdout), done.stdout + done.stderr)


command_line()
questions()
lists()
print(f"{passed} passed, {failed} failed")
sys.exit(failed != 0)
