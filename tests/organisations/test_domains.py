import pytest

from techfinder.organisations.domains import vouches, website_domain


@pytest.mark.parametrize(
    ("website", "domain"),
    [
        ("www.deschool.nl", "deschool.nl"),
        ("http://www.DeSchool.nl/locatie?x=1", "deschool.nl"),
        ("https://deschool.nl:8080/", "deschool.nl"),
        ("deschool.nl.", "deschool.nl"),
        ("www.schoöl.nl", "xn--schol-mua.nl"),
        ("", ""),
        ("http://[kapot", ""),
        ("..", ""),
    ],
)
def test_domain_of_a_website(website, domain):
    assert website_domain(website) == domain


@pytest.mark.parametrize(
    ("email", "website", "expected"),
    [
        ("juf@deschool.nl", "www.deschool.nl", True),
        ("Juf@DESCHOOL.NL", "http://deschool.nl/", True),
        ("juf@schoöl.nl", "www.xn--schol-mua.nl", True),
        ("juf@neppe-deschool.nl", "www.deschool.nl", False),
        ("juf@deschool.nl.kwaad.nl", "www.deschool.nl", False),
        ("leerling@leerling.deschool.nl", "www.deschool.nl", False),
        ("wie@host.nl", "deschool.host.nl", False),
        ("juf@gmail.com", "gmail.com", False),
        ("juf@gmail.com", "www.gmail.com", False),
        ("juf@nl", "www.nl", False),
        ("juf@", "", False),
        ('"a@deschool.nl"@kwaad.nl', "www.deschool.nl", False),
    ],
)
def test_who_is_vouched_for(email, website, expected):
    assert vouches(email, website) is expected
