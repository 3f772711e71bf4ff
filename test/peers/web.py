"""The web's own programs: curl against our server, our client against nginx."""

import os
import re

import names
from harness import Failure, Server, converse, version_name
from programs import OPENSSL_GROUPS, status_page, suite_of

VERSIONS = ["tls1.2", "tls1.3"]


def run_curl(world, server, *arguments, path="/status.txt", name="localhost", timeout=30):
    command = ["curl", "-sS", "-v", "--noproxy", "*", "--max-time", str(timeout - 5), "--cacert", world.ca,
               "--resolve", f"{name}:{server.port}:127.0.0.1", *arguments, f"https://{name}:{server.port}{path}"]
    status, out, err = converse(command, timeout=timeout, close_stdin=True)
    text = err.decode("latin-1")
    talk = status_page(out.decode("latin-1") if len(out) < 10000 else "")
    talk.status, talk.body, talk.text, talk.command = status, out, text, " ".join(command)
    match = re.search(r"SSL connection using (\S+) / (\S+)", text)
    talk.said = (version_name(match.group(1)), suite_of(match.group(2))) if match else (None, None)
    return talk


def curl(world):
    title = "curl"
    large = world.pattern_file(4 * 1024 * 1024 + 12345)
    with open(large, "rb") as file:
        wanted = file.read()
    with world.serving(title, "--root", world.scratch, "--alpn", "http/1.1", kinds=("rsa", "p256")) as server:
        for version in VERSIONS:
            limits = [f"--{version.replace('tls', 'tlsv')}", "--tls-max", version[3:]]
            with world.check(f"{title}: status page, {version}"):
                talk = run_curl(world, server, *limits).expect(version=version, alpn="http/1.1", sni="localhost")
                if talk.said != (talk.version, talk.suite):
                    talk.fail(f"curl says {talk.said}, our server {talk.version} {talk.suite}")
            with world.check(f"{title}: three requests over one connection, {version}"):
                urls = [f"https://localhost:{server.port}/status.txt"] * 2
                talk = run_curl(world, server, *limits, *urls).expect()
                if talk.body.count(b"version=") != 3 or talk.text.count("SSL connection using") != 1:
                    talk.fail("not three answers over one connection")
            with world.check(f"{title}: several MB down, {version}"):
                talk = run_curl(world, server, *limits, path="/" + os.path.basename(large)).expect()
                if talk.body != wanted:
                    talk.fail(f"{len(talk.body)} bytes came that differ from the {len(wanted)} sent")
            with world.check(f"{title}: several MB up and down, {version}"):
                talk = run_curl(world, server, *limits, "-H", "Expect:", "-H", "Content-Type: x/y", "--data-binary",
                                "@" + large, path="/echo").expect()
                if talk.body != wanted:
                    talk.fail(f"{len(talk.body)} bytes came that differ from the {len(wanted)} sent")
            for group in ("x25519", "secp384r1"):
                with world.check(f"{title}: curve {group}, {version}"):
                    # A TLS 1.2 server with an ECDSA certificate would need its curve too; RSA does not.
                    run_curl(world, server, *limits, "--curves", OPENSSL_GROUPS[group]).expect(
                        version=version, group=group).known("group")
        with world.check(f"{title}: a page that is not there"):
            talk = run_curl(world, server, "-f", path="/no-such-page")
            if talk.status != 22:
                talk.fail("curl wanted an HTTP error")
        with world.check(f"{title}: HEAD"):
            run_curl(world, server, "--head").expect()
        with world.check(f"{title}: an unknown authority is refused"):
            run_curl(world, server, "--cacert", world.stranger).refused("certificate")


NGINX = """
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log {folder}/error.log info;
worker_processes 1;
events {{ worker_connections 64; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    client_max_body_size 16m;
    ssl_session_cache shared:peers:1m;
    ssl_session_tickets off;
    ssl_protocols TLSv1.2 TLSv1.3;
    ssl_ciphers ALL:@SECLEVEL=0;
    ssl_ecdh_curve X25519:prime256v1:secp384r1:secp521r1;
    ssl_client_certificate {ca};
    default_type text/plain;
    server {{
        listen 127.0.0.1:{port} ssl default_server;
        server_name localhost;
        ssl_certificate {rsa[0]};
        ssl_certificate_key {rsa[1]};
        ssl_certificate {p256[0]};
        ssl_certificate_key {p256[1]};
        ssl_verify_client optional;
        root {root};
        location = /status.txt {{
            return 200 "version=$ssl_protocol
suite=$ssl_cipher
group=$ssl_curve
sni=$ssl_server_name
alpn=$ssl_alpn_protocol
reused=$ssl_session_reused
verify=$ssl_client_verify
client=$ssl_client_s_dn
";
        }}
    }}
    server {{
        listen 127.0.0.1:{port} ssl;
        server_name second.test;
        ssl_certificate {second[0]};
        ssl_certificate_key {second[1]};
        location / {{ return 200 "second\n"; }}
    }}
}}
"""


class NginxServer(Server):
    name = "nginx"
    path = "/status.txt"

    def __init__(self, world):
        self.folder = os.path.join(world.scratch, "nginx")
        os.makedirs(self.folder, exist_ok=True)
        self.world = world

    def command(self, port):
        with open(os.path.join(self.folder, "nginx.conf"), "w") as file:
            file.write(NGINX.format(folder=self.folder, port=port, ca=self.world.ca, root=self.world.scratch,
                                    **{kind: self.world.pair(kind) for kind in ("rsa", "p256", "second")}))
        return ["nginx", "-p", self.folder, "-c", os.path.join(self.folder, "nginx.conf"), "-e",
                os.path.join(self.folder, "error.log")]

    def account(self, talk):
        account = status_page(talk.body.decode("latin-1"))
        account.text, account.command = talk.body.decode("latin-1"), talk.command
        account.resumed = "reused=r" in account.text
        account.peer = account.facts.get("client")
        if account.version is None:
            talk.fail("nginx sent no page about the connection")
        return account


def nginx(world):
    title = "nginx"
    large = world.pattern_file(4 * 1024 * 1024 + 12345)
    with open(large, "rb") as file:
        wanted = file.read()
    with NginxServer(world) as server:
        for suite in names.SUITES:
            if suite.exchange == "dhe" or (suite.tls13 and "CCM" in suite.name):
                continue  # nginx has no parameters of its own, and takes OpenSSL's three suites of TLS 1.3
            for group in ("x25519", "secp256r1", "secp384r1", "secp521r1") if suite.exchange != "rsa" else (None,):
                with world.check(f"{title}: {suite.name} {group or '-'}"):
                    talk = world.ours.fetch(server, version=suite.version, suite=suite, group=group, ca=world.ca,
                                            kind="p256" if "ECDSA" in suite.name else "rsa")
                    talk.expect(version=suite.version, suite=suite.name)
                    account = server.account(talk).expect(version=suite.version, suite=suite.name, sni="localhost")
                    if group and "ECDSA" not in suite.name and (talk.group, account.group) != (group, group):
                        talk.fail(f"group is {talk.group} here and {account.group} there, wanted {group}")
        for version in VERSIONS:
            with world.check(f"{title}: several MB, {version}"):
                talk = world.ours.fetch(server, version=version, ca=world.ca, path="/" + os.path.basename(large),
                                        timeout=60).expect(version=version)
                if talk.body != wanted:
                    talk.fail(f"{len(talk.body)} bytes came that differ from the {len(wanted)} sent")
            for kind in ("rsa", "pss", "p256", "p384", "p521", "ed25519"):
                with world.check(f"{title}: client certificate {kind}, {version}"):
                    talk = world.ours.fetch(server, version=version, ca=world.ca, pair=world.pair("client-" + kind))
                    account = server.account(talk.expect(version=version))
                    if "verify=SUCCESS" not in account.text or account.peer != f"CN=client {kind}":
                        account.fail("nginx does not know our certificate")
            with world.check(f"{title}: the other host, {version}"):
                talk = world.ours.fetch(server, version=version, ca=world.ca, sni="second.test", path="/")
                if talk.expect(peer="CN=second").body != b"second\n":
                    talk.fail("another page than the second host's")
            with world.check(f"{title}: alpn, {version}"):
                talk = world.ours.fetch(server, version=version, ca=world.ca, alpn="http/1.1").expect(alpn="http/1.1")
                server.account(talk.known("alpn")).expect(alpn="http/1.1")
        with world.check(f"{title}: resumption by session ID"):
            talk = world.ours.fetch(server, version="tls1.2", ca=world.ca, extra=["--reconnect", "2"])
            if [one.resumed for one in talk.expect().all] != [False, True, True]:
                talk.fail("not resumed as it should be")
            if b"reused=r" not in talk.body:
                raise Failure("nginx says that nothing was resumed")
