"""The same client and server, built against platform/libssl and against OpenSSL's libssl, talk in all four
combinations; what they print must be the same, as far as the two libraries mean the same."""

import os
import subprocess

from harness import Failure, Server, environment
from programs import BUILD


class LibsslServer(Server):
    ready = r"port=(\d+)"

    def __init__(self, whose, pair, ca, version):
        self.name = f"server-{whose}"
        self.arguments = [os.path.join(BUILD, "test/libssl", self.name), pair[0], pair[1], ca, version]

    def command(self, port):
        return self.arguments


def talk(world, client, server, version, steps, wanted):
    with LibsslServer(server, world.pair("rsa"), world.ca, version) as running:
        certificate, key = world.pair("client-rsa")
        command = [os.path.join(BUILD, "test/libssl", f"client-{client}"), str(running.port), world.ca, certificate, key,
                   *steps]
        done = subprocess.run(command, capture_output=True, timeout=30, env=environment())
        running.process.wait(10)
    said = done.stdout.decode("latin-1").splitlines()
    if done.returncode != 0 or running.status != 0 or said != wanted:
        raise Failure(f"{' '.join(command)}\n    wanted {wanted}\n    got    {said}\n    {done.stderr.decode('latin-1')}"
                      f"\n    server {running.status}: {running.last_words}")


def renegotiated(client, number, reused):
    # OpenSSL's client says "pending" until the handshake is done, which is then over.
    return ["scheduled=1 pending=1", f"num={number} total={number} pending=0 reused={reused}"]


def programs(world):
    for client in ("ours", "theirs"):
        for server in ("ours", "theirs"):
            title = f"libssl: client {client}, server {server}"
            with world.check(f"{title}, TLS 1.2"):
                talk(world, client, server, "1.2", ["one", "R", "two", "r", "three", "c", "four"],
                     ["version=TLSv1.2 verify=0 secure=1", "one", *renegotiated(client, 1, 0), "two",
                      *renegotiated(client, 2, 1), "three", "cleared=2 num=0", "four"])
            with world.check(f"{title}, the server asks"):
                talk(world, client, server, "1.2", ["one", "renegotiate", "two", "counts"],
                     ["version=TLSv1.2 verify=0 secure=1", "one", "renegotiate", "two", "num=1 total=1"])
            with world.check(f"{title}, behind so many bytes"):
                talk(world, client, server, "1.2", ["one", "B", "two"],
                     ["version=TLSv1.2 verify=0 secure=1", "one", "before=0", "fired=1", "two"])
            with world.check(f"{title}, TLS 1.3"):
                talk(world, client, server, "1.3", ["one", "k", "two", "update", "three"],
                     ["version=TLSv1.3 verify=0 secure=0", "one", "two", "update", "three"])


def all_of(world):
    return [("libssl", lambda: programs(world))]
