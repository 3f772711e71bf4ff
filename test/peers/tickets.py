"""Tickets from TLS 1.0 to TLS 1.2 (RFC 5077), both roles; and servers that share sessions or the keys of
tickets through a file."""

import os
import re

from harness import same
from programs import GnutlsServer, NssServer, OpensslServer

OLD = ["tls1.0", "tls1.1", "tls1.2"]


def with_old_clients(world):
    title = "tickets"
    kept = os.path.join(world.scratch, "kept-old-ticket")
    with world.serving(title, minimum="tls1.0", kinds=("rsa", "p256")) as server:
        with world.check(f"{title}: openssl s_client reconnects"):
            talk = world.openssl.fetch(server, version="tls1.2", ca=world.ca, extra=["-reconnect"]).expect(resumed=True)
            if len(re.findall(r"^Reused, ", talk.text, re.M)) != 5 or "TLS session ticket:" not in talk.text:
                talk.fail("not every connection was resumed by a ticket")
            same(talk, server.account(talk).expect(resumed=True))
        with world.check(f"{title}: openssl s_client keeps one"):
            world.openssl.fetch(server, version="tls1.2", ca=world.ca, extra=["-sess_out", kept]).expect(resumed=False)
            for _ in range(2):
                talk = world.openssl.fetch(server, version="tls1.2", ca=world.ca,
                                           extra=["-sess_in", kept]).expect(resumed=True, ems=True)
                server.account(talk).expect(resumed=True)
        for version in OLD:
            with world.check(f"{title}: gnutls-cli, {version}"):
                talk = world.gnutls.fetch(server, ca=world.ca, extra=["--resume"],
                                          priority=f"NORMAL:-VERS-ALL:+VERS-{version.upper()}")
                server.account(talk.expect(resumed=True, version=version)).expect(resumed=True, version=version)
            with world.check(f"{title}: ours to ours, {version}"):
                talk = world.ours.fetch(server, version=version, ca=world.ca, extra=["--reconnect", "3"]).expect()
                if [one.resumed for one in talk.all] != [False, True, True, True]:
                    talk.fail("not every connection was resumed")
                server.account(talk).expect(resumed=True)
        with world.check(f"{title}: tstclnt"):
            talk = world.nss.fetch(server, version="tls1.2", extra=["-u", "-L", "3"]).expect()
            if not re.search(r"[1-9]\d* stateless resumes", talk.text):
                talk.fail("nothing was resumed by a ticket")
    with world.serving(title) as one, world.serving(title) as other:
        for version in ("tls1.2", "tls1.3"):
            with world.check(f"{title}: of a server with other keys, {version}"):
                world.openssl.fetch(one, version=version, ca=world.ca, extra=["-sess_out", kept]).expect(resumed=False)
                talk = world.openssl.fetch(other, version=version, ca=world.ca,
                                           extra=["-sess_in", kept]).expect(resumed=False)
                other.account(talk).expect(resumed=False)


def of_old_servers(world):
    """Servers that keep no session IDs: only their tickets resume."""
    title = "tickets: ours"
    with OpensslServer([world.pair("rsa")], "-no_cache") as openssl, \
            GnutlsServer([world.pair("rsa")], "--nodb") as gnutls, \
            NssServer(world.database, "rsa", "-u") as nss:
        for server in (openssl, gnutls, nss):
            with world.check(f"{title} to {server.name}"):
                talk = world.ours.fetch(server, version="tls1.2", ca=world.ca, extra=["--reconnect", "3"]).expect()
                if [one.resumed for one in talk.all] != [False, True, True, True]:
                    talk.fail("not every connection was resumed")
                if server is not nss:
                    server.account(talk).expect(resumed=True)


def shared(world):
    """Two processes of our server with one file: what one has made the other resumes, sealed in tickets
    under the keys of the file, or kept in it."""
    for how, extra, quiet in (("sealed", [], []), ("kept", ["--no-tickets"], ["-no_ticket"])):
        title = f"shared sessions, {how}"
        file = os.path.join(world.scratch, f"sessions-{how}.store")
        kept = os.path.join(world.scratch, f"kept-session-{how}")
        arguments = ["--session-file", file, *extra]
        with world.serving(title, *arguments) as one, world.serving(title, *arguments) as other:
            with world.check(f"{title}: openssl s_client goes from one server to the other in TLS 1.3"):
                world.openssl.fetch(one, version="tls1.3", ca=world.ca, extra=["-sess_out", kept]).expect(resumed=False)
                for server in (other, one):  # each time with the ticket that came last
                    talk = world.openssl.fetch(server, version="tls1.3", ca=world.ca,
                                               extra=["-sess_in", kept, "-sess_out", kept]).expect(resumed=True)
                    server.account(talk).expect(resumed=True)
            if how == "kept":
                with world.check(f"{title}: a ticket of TLS 1.3 serves once, whichever server it comes to"):
                    world.openssl.fetch(one, version="tls1.3", ca=world.ca,
                                        extra=["-sess_out", kept]).expect(resumed=False)
                    for server, resumed in ((other, True), (one, False), (other, False)):
                        talk = world.openssl.fetch(server, version="tls1.3", ca=world.ca,
                                                   extra=["-sess_in", kept]).expect(resumed=resumed)
                        server.account(talk).expect(resumed=resumed)
            with world.check(f"{title}: openssl s_client goes from one server to the other"):
                world.openssl.fetch(one, version="tls1.2", ca=world.ca,
                                    extra=quiet + ["-sess_out", kept]).expect(resumed=False)
                for server in (other, one):
                    talk = world.openssl.fetch(server, version="tls1.2", ca=world.ca,
                                               extra=quiet + ["-sess_in", kept]).expect(resumed=True)
                    server.account(talk).expect(resumed=True)
        with world.serving(title, *arguments) as later:
            with world.check(f"{title}: and to one that was started later"):
                talk = world.openssl.fetch(later, version="tls1.2", ca=world.ca,
                                           extra=quiet + ["-sess_in", kept]).expect(resumed=True)
                later.account(talk).expect(resumed=True)


def all_of(world):
    return [("tickets, clients", lambda: with_old_clients(world)), ("tickets, servers", lambda: of_old_servers(world)),
            ("shared sessions", lambda: shared(world))]
