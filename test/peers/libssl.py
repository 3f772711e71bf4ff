"""The same client and server, built against platform/libssl and against OpenSSL's libssl, talk in all four
combinations; what they print must be the same, as far as the two libraries mean the same."""

import os
import subprocess

from harness import Failure, Server, environment
from programs import BUILD


class LibsslServer(Server):
    ready = r"port=(\d+)"

    def __init__(self, whose, pair, ca, version, *more):
        self.name = f"server-{whose}"
        self.arguments = [os.path.join(BUILD, "test/libssl", self.name), pair[0], pair[1], ca, version, *more]

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


def both_sides(world):
    """One program that is both sides; against theirs it says whether it asks for the right things."""
    for whose in ("ours", "theirs"):
        command = [os.path.join(BUILD, "test/libssl", f"both-{whose}"), os.path.dirname(world.ca)]
        done = subprocess.run(command, capture_output=True, timeout=90, env=environment())
        said = done.stdout.decode("latin-1").splitlines()
        with world.check(f"libssl: both sides, {whose}: it ends well"):
            if done.returncode not in (0, 1) or not said:
                raise Failure(f"{' '.join(command)}: {done.returncode}\n    {done.stderr.decode('latin-1')}")
        for line in said:
            name, result = line.split()
            with world.check(f"libssl: both sides, {whose}: {name}"):
                if result != "ok":
                    raise Failure(f"{' '.join(command)} {name}\n    {done.stderr.decode('latin-1')}")


def verdict_of_a_session(world, whose, version, name, wanted, *more):
    """A client comes twice, with his session if he got one: the verdict on him is the same."""
    kept = os.path.join(world.scratch, f"libssl-{whose}-{version}-{name}-{''.join(more)}.session")
    certificate, key = world.pair(name)
    with LibsslServer(whose, world.pair("rsa"), world.ca, version, "2", *more) as running:
        for option in ("-sess_out", "-sess_in"):
            command = ["openssl", "s_client", "-connect", f"127.0.0.1:{running.port}", "-cert", certificate,
                       "-key", key, "-quiet", "-no_ign_eof"]
            if option == "-sess_out" or os.path.exists(kept):  # he may have got none
                command += [option, kept]
            with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                  stderr=subprocess.DEVNULL, env=environment()) as client:
                client.stdin.write(b"one\n")
                client.stdin.flush()
                client.stdout.readline()
                client.stdin.close()
                client.wait(20)
        running.process.wait(10)
    said = [line.split(" ", 1)[1] for line in running.last_words.splitlines() if line.startswith("version=")]
    if said != wanted:
        raise Failure(f"wanted {wanted}\n    {running.last_words}")


def sessions(world):
    for version in ("1.2", "1.3"):
        with world.check(f"libssl: who a callback let pass is no friend in TLS {version} when he comes again"):
            verdict_of_a_session(world, "ours", version, "stranger-client", ["reused=0 verify=bad"] * 2, "lax")
        for whose in ("ours", "theirs"):
            with world.check(f"libssl: a friend comes again in TLS {version} to {whose}"):
                verdict_of_a_session(world, whose, version, "client-rsa", ["reused=0 verify=ok", "reused=1 verify=ok"])
            with world.check(f"libssl: his session is not for another context of {whose}, TLS {version}"):
                verdict_of_a_session(world, whose, version, "client-rsa", ["reused=0 verify=ok"] * 2, "moving")


def all_of(world):
    return [("libssl", lambda: programs(world)), ("libssl: both sides", lambda: both_sides(world)),
            ("libssl: sessions", lambda: sessions(world))]
