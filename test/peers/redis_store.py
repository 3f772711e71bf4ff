"""Two of our servers with sessions and ticket keys in a Redis server: what one has made the other resumes.
Redis goes away, hangs, or wants a password: full handshakes, and no errors to users."""

import contextlib
import os
import signal
import subprocess
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
