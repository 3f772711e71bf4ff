"""Two of our servers with sessions and ticket keys in a Redis server: what one has made the other resumes.
Redis goes away, hangs, or wants a password: full handshakes, and no errors to users."""

import contextlib
import os
import signal
import socket
import struct
import subprocess
import threading
import time

from harness import Failure, Server, environment

PASSWORD = "a password for tests"


class RedisServer(Server):
    """redis-server that keeps nothing on disk."""
    name = "redis-server"

    def __init__(self, scratch, port=None):
        self.scratch, self.fixed = scratch, port

    def command(self, port):
        self.port = self.fixed or port
        return ["redis-server", "--bind", "127.0.0.1", "--port", str(self.port), "--dir", self.scratch, "--save", "",
                "--appendonly", "no", "--requirepass", PASSWORD]


class BadRedis:
    """Answers every command with "not there" or "OK", in a way that hurts: `slowly` byte by byte, or
    it resets the connection behind each reply."""

    def __init__(self, slowly):
        self.slowly, self.commands = slowly, 0

    def __enter__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.listener.close()

    def accept(self):
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=self.serve, args=self.listener.accept()[:1], daemon=True).start()

    def serve(self, client):
        with contextlib.suppress(OSError), client:
            client.settimeout(30)
            while command := client.recv(65536):
                if b"AUTH" in command:
                    client.sendall(b"+OK\r\n")
                    continue
                self.commands += 1
                if self.slowly:
                    for byte in b"$400\r\n" + 400 * b"a":
                        client.sendall(bytes([byte]))
                        time.sleep(0.1)
                else:
                    client.sendall(b"$-1\r\n" if b"GET" in command else b"+OK\r\n")
                    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    return


def go_over(world, title, one, other, kept, version, quiet, resumed, label):
    with world.check(f"{title}: {label}, {version}"):
        world.openssl.fetch(one, version=version, ca=world.ca, extra=quiet + ["-sess_out", kept]).expect(resumed=False)
        talk = world.openssl.fetch(other, version=version, ca=world.ca,
                                   extra=quiet + ["-sess_in", kept]).expect(resumed=resumed)
        other.account(talk).expect(resumed=resumed)


def sessions(world):
    os.environ["REDIS_PASSWORD"] = PASSWORD
    for how, extra, quiet in (("sealed", [], []), ("kept", ["--no-tickets"], ["-no_ticket"])):
        title = f"redis, {how}"
        kept = os.path.join(world.scratch, f"kept-redis-{how}")
        with contextlib.ExitStack() as first:
            redis = first.enter_context(RedisServer(world.scratch))
            arguments = ["--redis", f"127.0.0.1:{redis.port}", *extra]
            with world.serving(title, *arguments) as one, world.serving(title, *arguments) as other:
                def try_both(label, resumed=True, versions=("tls1.2", "tls1.3")):
                    for version in versions:
                        go_over(world, title, one, other, kept, version, quiet, resumed, label)

                try_both("from one server to the other")
                go_over(world, title, other, one, kept, "tls1.3", quiet, True, "and back")
                os.kill(redis.process.pid, signal.SIGSTOP)
                with world.check(f"{title}: Redis hangs"):
                    began = time.monotonic()
                    world.openssl.fetch(one, version="tls1.3", ca=world.ca).expect(resumed=False)
                    if time.monotonic() - began > 5:
                        raise Failure("a handshake waited for Redis for too long")
                os.kill(redis.process.pid, signal.SIGCONT)
                time.sleep(2.2)  # for so long a server does not try again
                try_both("Redis answers again")
                first.close()
                # What is sealed under a key that both know goes on.
                try_both("Redis is gone", how == "sealed")
                with RedisServer(world.scratch, redis.port):
                    time.sleep(2.2)
                    try_both("Redis is back")
    title = "redis, not there"
    with world.serving(title, "--redis", "127.0.0.1:1") as alone, world.serving(title, "--redis", "127.0.0.1:1") as other:
        for version in ("tls1.2", "tls1.3"):
            go_over(world, title, alone, other, os.path.join(world.scratch, "kept-redis-none"), version, [], False,
                    "a full handshake")
    title = "redis that misbehaves"
    for slowly in (True, False):
        with BadRedis(slowly) as redis, \
                world.serving(title, "--redis", f"127.0.0.1:{redis.port}", "--no-tickets") as server, \
                world.check(f"{title}: {'a byte at a time' if slowly else 'a reset behind each reply'}"):
            began, handshakes = time.monotonic(), 5
            for _ in range(handshakes):
                world.openssl.fetch(server, version="tls1.2", ca=world.ca, extra=["-no_ticket"]).expect(resumed=False)
            if slowly and time.monotonic() - began > 3:  # 200 ms of waiting, then two seconds without
                raise Failure("a handshake waited for all of the reply")
            if not slowly and redis.commands < handshakes:
                raise Failure(f"{redis.commands} commands: a lost connection was not made anew at once")
    title = "redis, wrong password"
    redis = RedisServer(world.scratch)
    with redis:
        done = subprocess.run([world.our_server("rsa").arguments[0], "--redis", f"127.0.0.1:{redis.port}", "--port", "0",
                               "--max-seconds", "1"], capture_output=True, timeout=10,
                              env={**environment(), "REDIS_PASSWORD": "wrong"})
        with world.check(f"{title}: the server runs"):
            if done.returncode != 0:
                raise Failure(done.stderr.decode("latin-1"))


def all_of(world):
    return [("redis", lambda: sessions(world))]
