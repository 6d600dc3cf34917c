"""The mails of the question phase: each in both languages, whole, to the right side, and to nobody who is out of it."""

import re

import pytest
from django.conf import settings
from django.utils import translation

from techfinder.bookings import actions
from techfinder.bookings.models import Booking, Series
from techfinder.bookings.telling.hiding import without_contacts
from techfinder.mail.message import build
from techfinder.mail.models import OutgoingMail
from tests.bookings.mail_scenes import COORDINATOR, PROVIDER, SCENES, SCHOOL, play
from tests.factories.bookings import Parties, in_days
from tests.factories.organisations import ProviderFactory

LEFT_OVER = re.compile(r"\{[{%]|[}%]\}|%\(|%s|\bNone\b|object at|\[\]|&amp;amp;|&lt;")
ENGLISH = re.compile(r"\b(the|you|your|with|from|this|and)\b", re.IGNORECASE)
DUTCH = re.compile(r"\b(het|je|jullie|jouw|met|van|een|niet)\b", re.IGNORECASE)
WRITTEN = ("Je klas bouwt.*", "Zonne-energie: zelf iets bouwen", "Bouw een windmolen", "Graag op vrijdag.*", "Bel ")
LINK = re.compile(r'href="([^"]+)"')


def address_of(parties, side):
    people = {SCHOOL: parties.request.contact, PROVIDER: parties.member, COORDINATOR: parties.coordinator}
    return people[side].email


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("scene", SCENES)
def test_it_goes_to_the_right_side_whole_and_in_the_own_language(scene, language):
    parties, mails = play(scene, language)
    if scene != "booking_taken_over":
        assert {mail.to for mail in mails} == {address_of(parties, side) for side in SCENES[scene][1]}
    assert mails
    for mail in mails:
        assert mail.language == language
        assert "?:" not in mail.text
        check_whole(mail)


def check_whole(mail):
    assert mail.subject in mail.text
    assert not LEFT_OVER.search(mail.subject + mail.text)
    assert not LEFT_OVER.search(re.sub(r"<style.*?</style>", "", mail.html, flags=re.DOTALL))
    assert len(mail.html.encode()) < 100_000
    assert "<h1" in mail.html
    check_language(mail, is_dutch=mail.language == "nl")
    links = LINK.findall(mail.html)
    assert all(each.startswith(settings.BASE_URL) for each in links)
    assert {each.replace("&amp;", "&") for each in links} == set(re.findall(r"https?://\S+", mail.text))
    if mail.kind.startswith("booking_") and mail.kind != "booking_taken_over":
        assert re.search(r"/boeking/l/[^/]+\.gone\.", mail.text)
        assert re.fullmatch(r"request-\S+ booking-\S+", mail.thread)
        assert mail.reply_to.startswith("antwoord+")
        assert mail.html.count('class="button"') == 1


def check_language(mail, *, is_dutch):
    assert ("Waarom krijg je deze mail?" if is_dutch else "Why do you get this mail?") in mail.text
    if mail.kind != "tasks":
        assert ("Wat er daarna gebeurt" if is_dutch else "What happens next") in mail.text
    assert (ENGLISH if is_dutch else DUTCH).findall(without_content(mail)) == []


def without_content(mail):
    """The text without links and without what people wrote."""
    text = re.sub(r"https?://\S+", "", mail.text)
    for written in WRITTEN:
        text = re.sub(written, "", text)
    return text


@pytest.mark.django_db
@pytest.mark.parametrize("scene", [each for each in SCENES if each not in ("booking_taken_over", "tasks")])
def test_nobody_reads_an_address_or_telephone_before_they_agree(scene):
    parties, mails = play(scene)
    people = [parties.request.contact, parties.member]
    for mail in mails:
        whole = mail.subject + mail.text + mail.html
        for person in people:
            if person.email != mail.to:
                assert person.email not in whole
                assert person.name not in whole
        assert "06-12345678" not in whole
        assert "info@bedrijf.nl" not in whole


@pytest.mark.django_db
@pytest.mark.parametrize("scene", ["booking_asked", "booking_reminder", "booking_proposed", "booking_asked:offer"])
def test_who_is_asked_can_answer_from_the_mail(scene):
    _parties, mails = play(scene)
    for mail in mails:
        for purpose in ("accept", "propose", "decline", "elsewhere", "gone"):
            assert re.search(rf"/boeking/l/[^/]+\.{purpose}\.", mail.text), purpose


@pytest.mark.django_db
def test_a_name_with_a_line_break_adds_no_header():
    evil = "Slim\r\nBcc: iedereen@example.com\r\n\r\n<script>alert(1)</script>"
    _parties, mails = play("booking_sent", provider=ProviderFactory(name=evil), title=evil[:120])
    (mail,) = mails
    message = build(mail).message()
    assert message["Bcc"] is None
    assert "\n" not in mail.subject
    assert "<script" not in mail.html


@pytest.mark.django_db
def test_both_reminders_come_and_each_step_mails_once():
    play("booking_escalated")
    subjects = OutgoingMail.objects.filter(kind="booking_reminder").values_list("key", flat=True)
    assert len(subjects) == 2
    keys = list(OutgoingMail.objects.values_list("key", flat=True))
    assert len(keys) == len(set(keys))


@pytest.mark.django_db
def test_mails_of_one_booking_are_one_thread_within_that_of_its_request():
    play("booking_expired")
    booking = Booking.objects.get()
    assert set(OutgoingMail.objects.filter(kind__startswith="booking_").values_list("thread", flat=True)) == {
        f"request-{booking.request.uuid} booking-{booking.uuid}"
    }


@pytest.mark.django_db
def test_four_classes_at_once_are_told_to_the_school_once_and_asked_by_their_day():
    parties = Parties(group=112, splittable=True)
    parts = [actions.Part(pupils=28, date=in_days(60 + each)) for each in range(4)]
    asked = {"request_id": parties.request.pk, "activity_id": parties.activity.pk, "kind": Series.Kind.CLASSES}
    actions.ask_parts(by=parties.by(SCHOOL), parts=parts, **asked)
    assert OutgoingMail.objects.filter(kind="booking_asked", to=parties.member.email).count() == 4
    assert len(set(OutgoingMail.objects.filter(kind="booking_asked").values_list("subject", flat=True))) == 4
    assert "elk krijgt een eigen antwoord" in OutgoingMail.objects.get(kind="booking_sent").text


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("Mail elke@school.example, graag", "Mail [], graag"),
        ("Bel 06-12345678.", "Bel []."),
        ("Bel 06 12 34 56 78", "Bel []"),
        ("(0118) 123 456", "([]"),
        ("+31 (0)6 1234 5678 of 0031612345678", "[] of []"),
        ("0118-123456 / 0118-123457", "[] / []"),
        ("Op 03-05-2027 10.00 uur", "Op 03-05-2027 10.00 uur"),
        ("Van 9.00 tot 12.00, 28 leerlingen, 50 euro", "Van 9.00 tot 12.00, 28 leerlingen, 50 euro"),
        ("01-02-2027 tot 05-02-2027", "01-02-2027 tot 05-02-2027"),
        ("4381 AB, lokaal 0.12", "4381 AB, lokaal 0.12"),
        ("", ""),
    ],
)
def test_addresses_and_telephones_are_hidden_and_dates_are_not(text, hidden):
    with translation.override("en"):
        assert without_contacts(text).replace("[shared once you agree]", "[]") == hidden


@pytest.mark.django_db
def test_a_reminder_about_another_date_asks_for_that_date():
    _parties, mails = play("booking_reminder:proposed")
    for mail in mails:
        assert "Ja, deze datum past" in mail.text
        assert "wil dit graag doen op" in mail.text


@pytest.mark.django_db
def test_who_is_relieved_is_shown_the_way_to_the_activity():
    parties, (mail,) = play("booking_taken_over")
    assert parties.activity.get_absolute_url() in mail.text
    assert mail.html.count('class="button"') == 1


@pytest.mark.django_db
@pytest.mark.parametrize(("status", "said"), [("open", "Je vraag blijft open"), ("withdrawn", "nieuwe vraag")])
def test_a_no_says_whether_the_request_is_open_still(status, said):
    parties = Parties()
    booking = parties.ask()
    type(parties.request).objects.filter(pk=parties.request.pk).update(status=status)
    parties.do("decline", booking, PROVIDER, reason="full")
    assert said in OutgoingMail.objects.get(kind="booking_declined").text
