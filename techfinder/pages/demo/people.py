"""The people of the demo: four accounts with fixed addresses, and a contact for every school and company."""

from collections.abc import Iterable
from dataclasses import dataclass
from random import Random
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from allauth.mfa.utils import decrypt
from django.utils.text import slugify

from techfinder.accounts.models import User
from techfinder.pages.demo.names import FIRST_NAMES, LAST_NAMES
from techfinder.taxonomy.models import Region

TEACHER, COMPANY, MODERATOR, ADMINISTRATOR = (
    f"{name}@demo.example" for name in ("leerkracht", "bedrijf", "regio", "beheer")
)
SEES = {
    TEACHER: "Leerkracht van een basisschool in Vlissingen: eigen vragen, wat erbij past en waarom",
    COMPANY: "Aanbieder Huis van de Techniek: eigen aanbod, en de vragen van scholen die erbij passen",
    MODERATOR: "Coördinator van Zeeland: wat wacht op een oordeel, en de vragen in de regio",
    ADMINISTRATOR: "Beheerder: alles, ook /beheer/",
}


@dataclass(frozen=True)
class Account:
    """What `demo --accounts` prints of one account."""

    email: str
    sees: str
    totp_secret: str = ""
    code_now: str = ""
    recovery_code: str = ""


def make_people(count: int, random: Random) -> list[User]:
    """People with addresses that no mail server accepts, numbered on, so that no two are the same; made in bulk."""
    known = User.objects.count()
    users = [_person(number, random) for number in range(known, known + count)]
    User.objects.bulk_create(users)
    verify_addresses(users)
    return users


def _person(number: int, random: Random) -> User:
    name = f"{random.choice(FIRST_NAMES)} {random.choice(LAST_NAMES)}"
    user = User(email=f"{slugify(name)}.{number}@demo.example", name=name)
    user.set_unusable_password()
    return user


def verify_addresses(users: Iterable[User]) -> None:
    EmailAddress.objects.bulk_create(
        EmailAddress(user=user, email=user.email, verified=True, primary=True) for user in users
    )


def make_accounts() -> dict[str, User]:
    """The four accounts; who sees the work of others has a second factor."""
    made = {
        TEACHER: User.objects.create_user(TEACHER, name="Elke Molenwiek"),
        COMPANY: User.objects.create_user(COMPANY, name="Joris Koperslager"),
        MODERATOR: User.objects.create_user(MODERATOR, name="Marijke Duinkerk"),
        ADMINISTRATOR: User.objects.create_superuser(ADMINISTRATOR, name="Beheer Techfinder"),
    }
    verify_addresses(made.values())
    made[MODERATOR].moderates.set(Region.objects.filter(code="NL-ZE"))
    for email in (MODERATOR, ADMINISTRATOR):
        TOTP.activate(made[email], generate_totp_secret())
        RecoveryCodes.activate(made[email])
    return made


def accounts() -> list[Account]:
    """The four accounts as they are now, with what their second step asks for."""
    users = {user.email: user for user in User.objects.filter(email__in=SEES)}
    return [Account(email, sees, **_second_step(users[email])) for email, sees in SEES.items() if email in users]


def _second_step(user: User) -> dict[str, Any]:
    factors = {each.type: each for each in Authenticator.objects.filter(user=user)}
    if Authenticator.Type.TOTP not in factors:
        return {}
    secret = decrypt(factors[Authenticator.Type.TOTP].data["secret"])
    step = {"totp_secret": secret, "code_now": _code(secret)}
    if Authenticator.Type.RECOVERY_CODES in factors:
        unused = RecoveryCodes(factors[Authenticator.Type.RECOVERY_CODES]).get_unused_codes()
        step["recovery_code"] = next(iter(unused), "")
    return step


def _code(secret: str) -> str:
    counter = next(iter(yield_hotp_counters_from_time()))
    return str(format_hotp_value(hotp_value(secret, counter)))
