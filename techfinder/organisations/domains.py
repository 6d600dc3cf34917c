"""Whether an e-mail address shows that somebody belongs to a school."""

from urllib.parse import urlsplit

# Anybody can have a mailbox here, whatever a register says is a school's website.
_PUBLIC = """
aol.com caiway.nl casema.nl chello.nl freeler.nl gmail.com gmx.com gmx.net gmx.nl googlemail.com hccnet.nl
hetnet.nl home.nl hotmail.be hotmail.com hotmail.nl icloud.com kpnmail.nl kpnplanet.nl live.com live.nl mac.com
mail.com me.com msn.com onsbrabantnet.nl online.nl outlook.com outlook.nl planet.nl proton.me protonmail.com
quicknet.nl solcon.nl tele2.nl telfort.nl upcmail.nl versatel.nl wxs.nl xs4all.nl yahoo.com yahoo.nl
zeelandnet.nl ziggo.nl zonnet.nl
"""
PUBLIC = frozenset(_PUBLIC.split())


def _plain(domain: str) -> str:
    """Lower case, without a last dot, in the letters of the name system."""
    try:
        return domain.strip().rstrip(".").lower().encode("idna").decode("ascii")
    except UnicodeError:
        return ""


def website_domain(website: str) -> str:
    """www.deschool.nl, http://DeSchool.nl/locatie → deschool.nl; empty when there is none."""
    address = website.strip()
    try:
        host = urlsplit(address if "//" in address else f"//{address}").hostname or ""
    except ValueError:
        return ""
    return _plain(host).removeprefix("www.")


def mail_domain(email: str) -> str:
    return _plain(email.rpartition("@")[2])


def vouches(email: str, website: str) -> bool:
    """Equal and not public. No subdomain counts, either way: pupils have mail at leerling.deschool.nl, and
    deschool.host.nl says nothing about host.nl."""
    domain = mail_domain(email)
    return "." in domain and domain not in PUBLIC and domain == website_domain(website)
