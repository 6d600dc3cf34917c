"""`check_mail_domain` against a real small name server: each mistake that operators make is named, with what to do."""

import base64
import json
from io import StringIO

import dns.rcode
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key as generate_rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.core.management import CommandError, call_command

from techfinder.mail.names.findings import ADVICE
from tests.support.names import NameServer

DER = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def written(key):
    return base64.b64encode(key.public_key().public_bytes(*DER)).decode()


@pytest.fixture(scope="module")
def keys():
    return {bits: written(generate_rsa(65537, bits)) for bits in (1024, 2048)}


@pytest.fixture
def server():
    server = NameServer()
    server.start()
    yield server
    server.stop()


def good(keys, domain="desk.example"):
    """Everything as it should be; the key is in two parts, as name servers cut it."""
    key = f"v=DKIM1; k=rsa; p={keys[2048]}"
    return [
        f"{domain}. MX 10 mx.{domain}.",
        f"mx.{domain}. A 192.0.2.7",
        f'{domain}. TXT "v=spf1 mx ip6:2001:db8::/32 -all"',
        f'{domain}. TXT "google-site-verification=abc"',
        f'mail._domainkey.{domain}. TXT "{key[:200]}" "{key[200:]}"',
        f'_dmarc.{domain}. TXT "v=DMARC1; p=quarantine; rua=mailto:dmarc@{domain}"',
        f"7.2.0.192.in-addr.arpa. PTR mx.{domain}.",
    ]


def check(server, *arguments, domain="desk.example", code=0):
    """What the command found, by code; it ends with this exit code."""
    out = StringIO()
    ended = 0
    try:
        call_command(
            "check_mail_domain", "--domain", domain, "--nameserver", server.address, "--json", *arguments, stdout=out
        )
    except SystemExit as error:
        ended = error.code
    found = json.loads(out.getvalue())
    assert ended == code, found
    return {each["code"]: each for each in found["findings"]}


def test_a_domain_that_is_right_is_called_right(server, keys):
    server.add(*good(keys))
    found = check(server, "--ip", "192.0.2.7", "--selector", "mail")
    assert {each["grade"] for each in found.values()} == {"fine"}
    assert list(found) == ["mx", "spf", "spf_ip", "dkim", "dmarc", "aligned_spf", "ptr"]


def test_a_person_reads_what_to_do_in_dutch_or_english(server, keys):
    server.add(*[each for each in good(keys) if "_dmarc" not in each])
    for language, words in (("nl", "[fout]"), ("en", "[wrong]")):
        out = StringIO()
        with pytest.raises(SystemExit):
            call_command(
                "check_mail_domain", "--domain", "desk.example", "--nameserver", server.address,
                "--language", language, stdout=out,
            )  # fmt: skip
        assert words in out.getvalue()
        assert "v=DMARC1; p=none; rua=mailto:dmarc@desk.example" in out.getvalue()


def test_without_options_it_is_the_domain_of_the_settings(server, keys, settings):
    settings.DEFAULT_FROM_EMAIL, settings.REPLY_DOMAIN = "Desk <desk@desk.example>", "post.desk.example"
    server.add(*good(keys), *good(keys, "post.desk.example"))
    out = StringIO()
    call_command("check_mail_domain", "--nameserver", server.address, "--json", stdout=out)
    found = json.loads(out.getvalue())
    assert (found["domain"], found["reply_domain"]) == ("desk.example", "post.desk.example")
    assert "post.desk.example. TXT" in server.asked


@pytest.mark.parametrize(
    ("taken_out", "put_in", "wrong"),
    [
        ("desk.example. MX", [], "mx_none"),
        ("desk.example. MX", ["desk.example. MX 0 ."], "mx_refuses"),
        ("mx.desk.example. A", [], "mx_dead"),
        ("v=spf1", [], "spf_none"),
        ("v=spf1", ['desk.example. TXT "v=spf1 ipp4:192.0.2.7 -all"'], "spf_bad"),
        ("v=spf1", ['desk.example. TXT "v=spf1 mx -all"', 'desk.example. TXT "v=spf1 a -all"'], "spf_bad"),
        ("v=spf1", ['desk.example. TXT "v=spf1 include:desk.example -all"'], "spf_bad"),
        ("v=spf1", ['desk.example. TXT "v=spf1 mx +all"'], "spf_everybody"),
        ("_domainkey", [], "dkim_none"),
        ("_domainkey", ['mail._domainkey.desk.example. TXT "v=DKIM1; p="'], "dkim_revoked"),
        ("_domainkey", ['mail._domainkey.desk.example. TXT "v=DKIM1; p=notbase64!"'], "dkim_bad"),
        ("_domainkey", ['mail._domainkey.desk.example. TXT "v=DKIM1"'], "dkim_bad"),
        ("_domainkey", ['mail._domainkey.desk.example. TXT "hello"'], "dkim_bad"),
        ("_dmarc", [], "dmarc_none"),
        ("_dmarc", ['_dmarc.desk.example. TXT "v=DMARC1; p=perhaps"'], "dmarc_bad"),
        ("_dmarc", ['_dmarc.desk.example. TXT "v=DMARC1; p=none"', '_dmarc.desk.example. TXT "v=DMARC1; p=reject"'],
         "dmarc_bad"),
    ],
)  # fmt: skip
def test_each_mistake_is_named(server, keys, taken_out, put_in, wrong):
    server.add(*[each for each in good(keys) if taken_out not in each], *put_in)
    found = check(server, "--selector", "mail", code=1)
    assert found[wrong]["grade"] == "wrong"
    assert found[wrong]["advice"]


@pytest.mark.parametrize(
    ("taken_out", "put_in", "advised"),
    [
        ("v=spf1", 'desk.example. TXT "v=spf1 mx"', "spf_open_end"),
        ("_dmarc", '_dmarc.desk.example. TXT "v=DMARC1; p=none; rua=mailto:d@desk.example"', "dmarc_watching"),
        ("_dmarc", '_dmarc.desk.example. TXT "v=DMARC1; p=reject; t=y; rua=mailto:d@desk.example"', "dmarc_testing"),
        ("_dmarc", '_dmarc.desk.example. TXT "v=DMARC1; p=reject; pct=50; rua=mailto:d@desk.example"', "dmarc_removed"),
        ("_dmarc", '_dmarc.desk.example. TXT "v=DMARC1; p=reject"', "dmarc_no_reports"),
    ],
)
def test_what_can_be_better_is_no_mistake(server, keys, taken_out, put_in, advised):
    server.add(*[each for each in good(keys) if taken_out not in each], put_in)
    found = check(server, "--selector", "mail")
    assert found[advised]["grade"] == "warning"


@pytest.mark.parametrize(("bits", "tags", "code"), [(1024, "", "dkim_short"), (2048, "t=y; ", "dkim_testing")])
def test_a_key_that_counts_but_is_not_good(server, keys, bits, tags, code):
    record = f"v=DKIM1; {tags}p={keys[bits]}"
    parts = " ".join(f'"{record[start : start + 200]}"' for start in range(0, len(record), 200))
    server.add(*[each for each in good(keys) if "_domainkey" not in each])
    server.add(f"mail._domainkey.desk.example. TXT {parts}")
    assert check(server, "--selector", "mail")[code]["grade"] == "warning"


def test_other_keys_are_told_apart(server, keys):
    server.add(*[each for each in good(keys) if "_domainkey" not in each])
    curve = written(generate_private_key(SECP256R1()))
    server.add(
        f'new._domainkey.desk.example. TXT "v=DKIM1; k=ed25519; p={base64.b64encode(bytes(32)).decode()}"',
        f'odd._domainkey.desk.example. TXT "v=DKIM1; p={curve}"',
    )
    found = check(server, "--selector", "new", "--selector", "odd", code=1)
    assert {"dkim_new", "dkim_bad"} <= set(found)


def test_a_key_behind_an_alias_is_found_under_a_usual_name(server, keys):
    server.add(*[each.replace("mail._domainkey.desk.example.", "dk.service.example.") for each in good(keys)])
    server.add("selector1._domainkey.desk.example. CNAME dk.service.example.")
    assert check(server)["dkim"]["name"] == "selector1._domainkey.desk.example"


def test_who_signs_under_an_unusual_name_is_told_how_to_find_it(server, keys):
    server.add(*[each.replace("mail._domainkey", "xyz._domainkey") for each in good(keys)])
    assert "--selector" in check(server)["dkim_unknown"]["advice"]


def test_more_than_ten_look_ups_are_counted_through_includes(server, keys):
    server.add(*[each for each in good(keys) if "v=spf1" not in each])
    server.add('desk.example. TXT "v=spf1 include:a.example include:b.example mx -all"')
    for name in ("a", "b"):
        server.add(f'{name}.example. TXT "v=spf1 {" ".join(f"a:{name}{n}.example" for n in range(4))} -all"')
        server.add(*(f"{name}{n}.example. A 192.0.2.{n}" for n in range(4)))
    assert "11" in check(server, "--selector", "mail", code=1)["spf_lookups"]["advice"]


def test_names_that_are_gone_are_counted(server, keys):
    server.add(*[each for each in good(keys) if "v=spf1" not in each])
    server.add('desk.example. TXT "v=spf1 a:x.example a:y.example a:z.example mx -all"')
    assert check(server, "--selector", "mail", code=1)["spf_void"]["grade"] == "wrong"


@pytest.mark.parametrize(
    ("ip", "record", "code"),
    [
        ("192.0.2.7", "v=spf1 mx -all", "spf_ip"),
        ("192.0.2.8", "v=spf1 mx/24 -all", "spf_ip_unknown"),
        ("192.0.2.8", "v=spf1 mx -all", "spf_ip_refused"),
        ("2001:db8::5", "v=spf1 ip6:2001:db8::/64 ~all", "spf_ip"),
        ("198.51.100.9", "v=spf1 include:spf.service.example -all", "spf_ip"),
        ("198.51.100.66", "v=spf1 include:spf.service.example -all", "spf_ip_refused"),
        ("198.51.100.9", "v=spf1 redirect=spf.service.example", "spf_ip"),
        ("192.0.2.7", "v=spf1 -ip4:192.0.2.7 mx -all", "spf_ip_refused"),
        ("192.0.2.7", "v=spf1 exists:%{i}.desk.example -all", "spf_ip_unknown"),
    ],
)
def test_whether_an_address_may_send(server, keys, ip, record, code):
    server.add(*[each for each in good(keys) if "v=spf1" not in each])
    server.add(f'desk.example. TXT "{record}"', 'spf.service.example. TXT "v=spf1 ip4:198.51.100.0/26 -all"')
    server.add("8.2.0.192.in-addr.arpa. PTR elsewhere.example.")
    # Of the others the reverse name is missing.
    is_wrong = code == "spf_ip_refused" or ip != "192.0.2.7"
    assert code in check(server, "--selector", "mail", "--ip", ip, code=int(is_wrong))


def test_the_record_of_the_organisation_holds_below_it(server, keys):
    below = [each for each in good(keys, "post.desk.example") if "_dmarc" not in each]
    server.add(*below, '_dmarc.desk.example. TXT "v=DMARC1; p=reject; sp=none; rua=mailto:d@desk.example"')
    found = check(server, "--selector", "mail", domain="post.desk.example")
    assert "none" in found["dmarc_watching"]["advice"]


def test_an_envelope_elsewhere_needs_a_signature(server, keys):
    server.add(*good(keys), *good(keys, "service.example"))
    found = check(server, "--reply-domain", "service.example", "--selector", "mail")
    assert found["aligned_dkim_only"]["grade"] == "warning"
    found = check(server, "--reply-domain", "service.example", "--selector", "nothing", code=1)
    assert found["aligned_none"]["grade"] == "wrong"


def test_an_envelope_below_the_sender_agrees_unless_it_must_be_the_same(server, keys):
    server.add(*good(keys), *good(keys, "post.desk.example"))
    assert "aligned_spf" in check(server, "--reply-domain", "post.desk.example", "--selector", "mail")


def test_a_strict_record_wants_the_very_same_domain(server, keys):
    server.add(*[each for each in good(keys) if "_dmarc" not in each], *good(keys, "post.desk.example"))
    server.add('_dmarc.desk.example. TXT "v=DMARC1; p=reject; aspf=s; rua=mailto:d@desk.example"')
    assert "aligned_dkim_only" in check(server, "--reply-domain", "post.desk.example", "--selector", "mail")


def test_a_domain_that_does_not_exist(server):
    assert set(check(server, code=1)) == {"domain_none"}


@pytest.mark.parametrize("failure", ["silent", "broken"])
def test_a_name_server_that_fails_says_nothing_about_the_domain(server, keys, failure):
    server.add(*good(keys))
    server.silent = failure == "silent"
    server.rcode = dns.rcode.SERVFAIL if failure == "broken" else dns.rcode.NOERROR
    assert set(check(server, code=2)) == {"dns"}


@pytest.mark.parametrize(
    "arguments",
    [
        ["--ip", "300.1.1.1"],
        ["--nameserver", "nobody"],
        ["--nameserver", "127.0.0.1:x"],
        ["--domain", "a" * 70 + ".nl"],
    ],
)
def test_what_is_no_address_is_said_at_once(arguments):
    with pytest.raises(CommandError):
        call_command("check_mail_domain", *arguments, stdout=StringIO())


def test_every_advice_can_be_written_in_both_languages():
    facts = dict.fromkeys(
        ("name", "found", "host", "lookups", "error", "count", "ip", "result", "kind", "bits", "policy", "location",
         "tags", "envelope"), "x")  # fmt: skip
    assert all(str(advice) % facts for advice in ADVICE.values())
