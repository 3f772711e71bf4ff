"""Every suite x group x certificate type between any client and any server: what both say must be what
was asked for."""

import names
from harness import same
from programs import OpensslServer, OurClient, OurServer, describe

# The largest fields take a second or more a handshake: one suite of each version tries them.
WITH_LARGE_FIELDS = ("TLS_AES_128_GCM_SHA256", "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256")
LARGE_FIELDS = ("ffdhe6144", "ffdhe8192")


def combinations(suites, kind, full, groups=None):
    """(suite, group) pairs that fit a certificate type. Not full: every suite once and every group
    once per key exchange, which is enough where the full product runs against another peer."""
    seen = set()
    for suite in suites:
        if kind not in suite.kinds():
            continue
        choice = [group for group in suite.groups() if groups is None or group is None or group in groups]
        for index, group in enumerate(choice):
            if group in LARGE_FIELDS and suite.name not in WITH_LARGE_FIELDS:
                continue
            if full or index == 0 or (suite.exchange, group) not in seen:
                seen.add((suite.exchange, group))
                yield suite, group


def try_all(report, title, client, server, pairs, kind, ca, **options):
    for suite, group in pairs:
        with report.check(f"{title}: {describe(suite, group, kind)}"):
            talk = client.fetch(server, version=suite.version, suite=suite, group=group, ca=ca, kind=kind,
                                **options)
            talk.expect(version=suite.version, suite=suite.name, group=group)
            account = server.account(talk)
            account.expect(version=suite.version, suite=suite.name, group=group)
            same(talk, account)
            # Below TLS 1.3 the prime of s_server has no name.
            named = group and not (suite.exchange == "dhe" and isinstance(server, OpensslServer))
            for side, program in ((talk, client), (account, server)):
                if isinstance(program, (OurClient, OurServer)):
                    side.known("version", "suite", "ems", "etm", *(["group"] if named else []),
                               *(["signature"] if suite.exchange != "rsa" else []))


def run(report, title, client, make_server, suites, kind, ca, full=False, groups=None, skip=None, **options):
    """make_server(groups) gives a server that has these groups (None: all). With an ECDSA certificate
    in TLS 1.2 the client names two curves, so there the server has one."""
    pairs = [pair for pair in combinations(suites, kind, full, groups) if not (skip and skip(*pair, kind))]
    alone = {}
    if kind in names.KEY_CURVES:
        for suite, group in pairs:
            if not suite.tls13:
                alone.setdefault(group, []).append((suite, group))
        pairs = [(suite, group) for suite, group in pairs if suite.tls13]
    with make_server(None) as server:
        try_all(report, title, client, server, pairs, kind, ca, **options)
    for group, few in alone.items():
        with make_server([group]) as server:
            try_all(report, title, client, server, few, kind, ca, **options)
