"""Asks checkdmarc about mail records: domains and policies in as JSON, its verdicts out as JSON.

Run by tests/peers/checkdmarc.rs. Every question goes to one resolver on loopback; nothing is downloaded.
"""

import json
import sys

import dns.resolver
from checkdmarc.bimi import BIMIError, query_bimi_record
from checkdmarc.dmarc import check_dmarc
from checkdmarc.mta_sts import (
    MTASTSError,
    parse_mta_sts_policy,
    parse_mta_sts_record,
    query_mta_sts_record,
)
from checkdmarc.smtp import check_mx
from checkdmarc.smtp_tls_reporting import check_smtp_tls_reporting
from checkdmarc.spf import check_spf


def said(verdict):
    """The parts of a verdict that are compared, or shown with a difference."""
    tags = verdict.get("tags") or {}
    return {
        "valid": verdict.get("valid", "error" not in verdict),
        "error": verdict.get("error"),
        "warnings": verdict.get("warnings", []),
        "location": verdict.get("location"),
        "policy": (tags.get("p") or {}).get("value"),
        "lookups": verdict.get("dns_lookups"),
        "void": verdict.get("void_dns_lookups"),
    }


def tried(error_class, work):
    """The verdict of calls that raise where a record is wrong."""
    try:
        return {"valid": True, "error": None, "warnings": work()}
    except error_class as error:
        return {"valid": False, "error": str(error), "warnings": []}


def sts_record(domain, how):
    found = query_mta_sts_record(domain, **how)
    return found["warnings"] + parse_mta_sts_record(found["record"])["warnings"]


def ask(domain, how):
    return {
        "spf": said(check_spf(domain, **how)),
        "dmarc": said(check_dmarc(domain, **how)),
        "mx": said(check_mx(domain, **how)),
        "tls-rpt": said(check_smtp_tls_reporting(domain, **how)),
        "mta-sts": tried(MTASTSError, lambda: sts_record(domain, how)),
        "bimi": tried(BIMIError, lambda: query_bimi_record(domain, **how)["warnings"]),
    }


def main():
    wanted = json.load(sys.stdin)
    resolver = dns.resolver.Resolver(configure=False)
    resolver.nameservers = [wanted["resolver"]]
    resolver.lifetime = 4
    # The check of DNSSEC takes a list of servers and no resolver.
    dns.resolver.override_system_resolver(resolver)
    dns.resolver.default_resolver = resolver
    how = {"nameservers": [wanted["resolver"]], "resolver": resolver, "timeout": 4, "retries": 0}
    json.dump(
        {
            "zones": {domain: ask(domain, how) for domain in wanted["zones"]},
            "policies": {
                text: tried(MTASTSError, lambda: parse_mta_sts_policy(text)["warnings"])
                for text in wanted["policies"]
            },
        },
        sys.stdout,
    )


main()
