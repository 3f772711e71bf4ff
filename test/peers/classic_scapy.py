#!/usr/bin/env python3
"""SSL 2.0 as scapy speaks it: a peer program for classic_ssl2.py. One job a line comes in as JSON, one
account a line goes out. Run by Debian's own python3, which has python3-scapy and
python3-cryptography (without it scapy knows no key exchange).

    {"role": "client", "port": P, "kinds": [..]}    connect, send "send", read until "expect" bytes came
    {"role": "server", "port": P}                   accept one connection and echo what comes
    also: "cert", "key" (own certificate), "client_auth" (server: ask for one), "resume" (client: the
    session of the account before), "version" and "suites" (client: a 2.0 hello for a later version)

Scapy logs a wrong MAC or a wrong Finished and goes on; here each of them ends up in "problems". Three of
its ways are mended: all its kinds share one mark "export", so that it never splits the key of an export
kind; for DES it derives keys as the draft says, without the digit that all real programs hash; and it puts
the session ID of a CLIENT-HELLO before the cipher kinds."""

import base64
import hashlib
import json
import logging
import os
import sys
import traceback

logging.getLogger("scapy").setLevel(logging.ERROR)

from scapy.automaton import ATMT  # noqa: E402
from scapy.error import log_runtime  # noqa: E402
from scapy.layers.tls.automaton_cli import TLSClientAutomaton  # noqa: E402
from scapy.layers.tls.automaton_srv import TLSServerAutomaton  # noqa: E402
from scapy.layers.tls.crypto import prf  # noqa: E402
from scapy.layers.tls.crypto.kx_algs import KX_SSLv2  # noqa: E402
from scapy.layers.tls.crypto.suites import _tls_cipher_suites_cls  # noqa: E402
from scapy.layers.tls.handshake_sslv2 import (SSLv2ClientHello, SSLv2ClientMasterKey, SSLv2Error,  # noqa: E402
                                              SSLv2ServerHello, SSLv2ServerVerify)
from scapy.layers.tls.keyexchange import _TLSSignature  # noqa: E402
from scapy.layers.tls.record import TLSApplicationData  # noqa: E402
from scapy.layers.tls.record_sslv2 import SSLv2  # noqa: E402
from scapy.layers.tls.session import readConnState, writeConnState  # noqa: E402
from scapy.packet import Raw  # noqa: E402
from scapy.utils import randstring  # noqa: E402

problems = []
records = {"checked": 0, "signatures": 0}
_verify = SSLv2._sslv2_mac_verify


def _noted_verify(self, message, mac):
    good = _verify(self, message, mac)
    if not good:
        problems.append("a record's MAC is wrong")
    elif mac:
        records["checked"] += 1
    return good


SSLv2._sslv2_mac_verify = _noted_verify
_verify_signature = _TLSSignature._verify_sig


def _noted_signature(self, message, certificate):
    good = _verify_signature(self, message, certificate)
    records["signatures"] += bool(good)
    return good


_TLSSignature._verify_sig = _noted_signature


EXPORT_KINDS = (0x020080, 0x040080)


def _derive(secret, seed, length):
    rounds = range(-(-length // 16))
    return b"".join(hashlib.md5(secret + b"%d" % number + seed).digest() for number in rounds)[:length]


prf._sslv2_PRF = _derive

_fields = SSLv2ClientHello.fields_desc
_names = [field.name for field in _fields]
_sid, _ciphers = _names.index("sid"), _names.index("ciphers")
if _sid < _ciphers:
    _fields[_sid], _fields[_ciphers] = _fields[_ciphers], _fields[_sid]


class Keeper(logging.Handler):
    def emit(self, record):
        if "wild guess" not in record.getMessage():  # it makes one before it has seen the certificate
            problems.append(record.getMessage())


log_runtime.setLevel(logging.INFO)
log_runtime.addHandler(Keeper())


def describe(session, received):
    suite = session.wcs.ciphersuite if session.wcs else None
    certificates = [getattr(certificate, "subject_str", None) for certificate in session.client_certs or []]
    return {"version": session.tls_version, "suite": suite.val if suite else None, "peer": certificates,
            "received": base64.b64encode(bytes(received)).decode(), "records": records["checked"],
            "signatures": records["signatures"],
            "messages": [type(message).__name__ for message in session.handshake_messages_parsed]}


class Client(TLSClientAutomaton):
    """A client that sends given pieces, reads in between, and knows when it has had enough."""

    def parse_args(self, job=None, **arguments):
        versions = {0x0002: "sslv2", 0x0300: "sslv3", 0x0301: "tls1", 0x0302: "tls11", 0x0303: "tls12"}
        super().parse_args(server="127.0.0.1", dport=job["port"], mycert=job.get("cert"), mykey=job.get("key"),
                           version=versions[job.get("version", 0x0002)], verbose=False, **arguments)
        self.job = job
        data = base64.b64decode(job.get("send", ""))
        size = job.get("piece", 16000)
        self.pieces = [data[at:at + size] for at in range(0, len(data), size)]
        self.received = bytearray()
        self.silence = 0

    def wants_more(self):
        return len(self.received) < self.job["expect"] and self.silence < 20

    def take(self, message):
        self.silence = 0
        self.received += getattr(message, "load", None) or getattr(message, "data", None) or bytes(message)

    # SSL 2.0

    @ATMT.condition(TLSClientAutomaton.SSLv2_PREPARE_CLIENTHELLO)
    def sslv2_should_add_ClientHello(self):
        resumed = self.job.get("resume")
        self.add_record(is_sslv2=True)
        self.add_msg(SSLv2ClientHello(challenge=randstring(self.job.get("challenge", 16)), ciphers=self.job["kinds"],
                                      sid=bytes.fromhex(resumed["sid"]) if resumed else b""))
        raise self.SSLv2_ADDED_CLIENTHELLO()

    @ATMT.condition(TLSClientAutomaton.SSLv2_HANDLED_SERVERHELLO)
    def sslv2_should_add_ClientMasterKey(self):
        hello = next(message for message in self.cur_session.handshake_messages_parsed
                     if isinstance(message, SSLv2ServerHello))
        self.hit = bool(hello.sid_hit)
        if self.hit:
            self.use_session(self.job["resume"])
            raise self.SSLv2_WAITING_SERVERVERIFY()
        self.add_record(is_sslv2=True)
        self.add_msg(SSLv2ClientMasterKey())
        raise self.SSLv2_ADDED_CLIENTMASTERKEY()

    def use_session(self, saved):
        """What CLIENT-MASTER-KEY does to scapy's session, with keys that are known already."""
        session, suite = self.cur_session, _tls_cipher_suites_cls[saved["kind"]]
        session.pwcs = writeConnState(ciphersuite=suite, connection_end="client", seq_num=session.wcs.seq_num,
                                      tls_version=2)
        session.prcs = readConnState(ciphersuite=suite, connection_end="client", seq_num=session.rcs.seq_num,
                                     tls_version=2)
        session.master_secret = bytes.fromhex(saved["master"])
        session.compute_sslv2_km_and_derive_keys()
        for state in (session.pwcs, session.prcs):
            if state.cipher.type == "block":
                state.cipher.iv = bytes.fromhex(saved["key_arg"])
        session.wcs, session.rcs, session.pwcs, session.prcs = session.pwcs, session.prcs, None, None

    def saved_session(self):
        key = next((message for message in self.cur_session.handshake_messages_parsed
                    if isinstance(message, SSLv2ClientMasterKey)), None)
        if key is None:
            return self.job.get("resume")
        return {"sid": (self.cur_session.sid or b"").hex(), "kind": key.cipher,
                "key_arg": bytes(key.keyarg or b"").hex(), "master": self.cur_session.master_secret.hex()}

    @ATMT.state()
    def SSLv2_HANDLED_REQUESTCERTIFICATE(self):
        pass

    @ATMT.condition(SSLv2_HANDLED_REQUESTCERTIFICATE, prio=-1)
    def sslv2_should_say_no_certificate(self):
        if self.mycert is None:
            self.add_record(is_sslv2=True)
            self.add_msg(SSLv2Error(code=2))
            self.flush_records()
            raise self.SSLv2_WAITING_SERVERFINISHED()

    @ATMT.condition(TLSClientAutomaton.SSLv2_WAITING_CLIENTDATA, prio=1)
    def sslv2_add_ClientData(self):
        if self.pieces:
            self.add_record(is_sslv2=True)
            self.add_msg(Raw(self.pieces.pop(0)))
            raise self.SSLv2_ADDED_CLIENTDATA()
        if self.wants_more():
            raise self.SSLv2_WAITING_SERVERDATA()
        raise self.FINAL()

    @ATMT.condition(TLSClientAutomaton.SSLv2_RECEIVED_SERVERDATA)
    def sslv2_should_handle_ServerData(self):
        self.silence += 1
        if self.buffer_in:
            self.take(self.buffer_in.pop(0))
        raise self.SSLv2_HANDLED_SERVERDATA()

    # SSL 3.0 and TLS behind a 2.0 hello

    @ATMT.condition(TLSClientAutomaton.PREPARE_CLIENTFLIGHT1)
    def should_add_ClientHello(self):
        challenge = randstring(self.job.get("challenge", 32))
        self.buffer_out = []
        self.add_record(is_sslv2=True)
        self.add_msg(SSLv2ClientHello(version=self.job["version"], challenge=challenge,
                                      ciphers=self.job["kinds"] + self.job["suites"]))
        self.cur_session.client_random = challenge.rjust(32, b"\0")
        raise self.ADDED_CLIENTHELLO()

    @ATMT.condition(TLSClientAutomaton.ADDED_CLIENTHELLO)
    def should_send_ClientFlight1(self):
        session = self.cur_session
        self.flush_records()
        session.wcs.seq_num = 0  # the 2.0 record does not count
        session.advertised_tls_version = self.job["version"]
        raise self.SENT_CLIENTFLIGHT1()

    @ATMT.condition(TLSClientAutomaton.WAIT_CLIENTDATA, prio=1)
    def add_ClientData(self):
        if self.pieces:
            self.add_record()
            self.add_msg(TLSApplicationData(data=self.pieces.pop(0)))
            raise self.ADDED_CLIENTDATA()
        if self.wants_more():
            raise self.WAITING_SERVERDATA()
        raise self.CLOSE_NOTIFY()

    @ATMT.condition(TLSClientAutomaton.RECEIVED_SERVERDATA, prio=1)
    def should_handle_ServerData(self):
        self.silence += 1
        if self.buffer_in:
            self.take(self.buffer_in.pop(0))
        raise self.HANDLED_SERVERDATA()


class Server(TLSServerAutomaton):
    """A server for one connection."""

    def parse_args(self, job=None, **arguments):
        super().parse_args(server="127.0.0.1", sport=job["port"], mycert=job["cert"], mykey=job["key"],
                           client_auth=job.get("client_auth", False), verbose=False, **arguments)
        self.accepted = False
        self.received = bytearray()

    def get_next_msg(self, socket_timeout=2, retry=2):
        """It waits for CLIENT-FINISHED before it sends SERVER-VERIFY; a client may wait for that."""
        parsed = [type(message) for message in self.cur_session.handshake_messages_parsed]
        if SSLv2ClientMasterKey in parsed and SSLv2ServerVerify not in parsed:
            socket_timeout, retry = 0.05, 1
        super().get_next_msg(socket_timeout, retry)

    @ATMT.state()
    def WAITING_CLIENT(self):
        if self.accepted:
            raise self.FINAL()
        self.accepted = True
        print(json.dumps({"listening": True}), file=out, flush=True)
        self.serversocket.settimeout(10)
        self.socket, _ = self.serversocket.accept()
        self.socket.settimeout(10)
        raise self.INIT_TLS_SESSION()

    @ATMT.condition(TLSServerAutomaton.SSLv2_RECEIVED_CLIENTDATA)
    def sslv2_should_handle_ClientData(self):
        if not self.buffer_in:
            raise self.FINAL()
        message = self.buffer_in.pop(0)
        data = getattr(message, "load", None) or bytes(message)
        self.received += data
        self.add_record(is_sslv2=True)
        self.add_msg(Raw(data))
        raise self.SSLv2_ADDED_SERVERDATA()


def perform(job):
    del problems[:]
    records.update(checked=0, signatures=0)
    KX_SSLv2.export = any(kind in EXPORT_KINDS for kind in job.get("kinds", []))
    automaton = (Client if job["role"] == "client" else Server)(job=job)
    account = {}
    try:
        automaton.run()
    except Exception as failure:
        problems.append(f"{type(failure).__name__}: {failure}")
        account["trace"] = traceback.format_exc()[-1500:]
    finally:
        for one in (automaton.socket, getattr(automaton, "serversocket", None)):
            if one is not None:
                one.close()
    if automaton.cur_session is not None:
        account.update(describe(automaton.cur_session, automaton.received))
        if job["role"] == "client" and "version" not in job:
            account.update(session=automaton.saved_session(), hit=getattr(automaton, "hit", None))
    account.update(problems=list(problems), state=automaton.state.state if automaton.state else None)
    return account


if __name__ == "__main__":
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # the automata print what they receive
    print(json.dumps({"ready": True}), file=out, flush=True)
    for line in sys.stdin:
        print(json.dumps(perform(json.loads(line))), file=out, flush=True)
