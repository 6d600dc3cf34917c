"""The codes of six digits that show that a mailbox is somebody's."""

import re

import pytest
import time_machine
from django.utils import timezone

from techfinder.accounts import codes
from techfinder.accounts.codes import Kept, Verdict

SALT = "tests"


def kept(code="012345", *, of="a", attempts=0, sent_at=None):
    return Kept(codes.hashed(code, salt=SALT, of=of), sent_at or timezone.now(), attempts)


def test_it_has_six_digits_and_is_another_each_time():
    made = {codes.make() for _each in range(50)}
    assert len(made) > 40
    assert all(re.fullmatch(r"\d{6}", each) for each in made)


def test_what_is_kept_does_not_show_it():
    assert "012345" not in codes.hashed("012345", salt=SALT, of="a")


@pytest.mark.parametrize(
    ("typed", "verdict"),
    [
        ("012345", Verdict.RIGHT),
        (" 012 345 ", Verdict.RIGHT),
        ("012-345", Verdict.RIGHT),
        ("12345", Verdict.WRONG),
        ("0123456", Verdict.WRONG),
        ("", Verdict.WRONG),
        ("abc", Verdict.WRONG),
    ],
)
def test_it_is_judged_by_its_digits(typed, verdict):
    assert codes.judge(typed, kept(), salt=SALT, of="a") is verdict


@pytest.mark.parametrize(("salt", "of"), [("other", "a"), (SALT, "b")])
def test_it_is_right_for_one_thing_of_one_owner_only(salt, of):
    assert codes.judge("012345", kept(), salt=salt, of=of) is Verdict.WRONG


def test_five_wrong_ones_use_it_up_even_for_the_right_one():
    assert codes.judge("012345", kept(attempts=codes.ATTEMPTS - 1), salt=SALT, of="a") is Verdict.RIGHT
    assert codes.judge("012345", kept(attempts=codes.ATTEMPTS), salt=SALT, of="a") is Verdict.USED_UP


def test_it_grows_old():
    mailed = kept()
    with time_machine.travel(mailed.sent_at + codes.VALID, tick=False):
        assert codes.judge("012345", mailed, salt=SALT, of="a") is Verdict.RIGHT
    with time_machine.travel(mailed.sent_at + codes.VALID + codes.RESEND_AFTER, tick=False):
        assert codes.judge("012345", mailed, salt=SALT, of="a") is Verdict.TOO_OLD
    assert codes.judge("012345", Kept(mailed.hash, None, 0), salt=SALT, of="a") is Verdict.TOO_OLD
