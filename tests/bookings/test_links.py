"""Acting from the mail: signed links for one purpose, without an account."""

import re
import threading
from urllib.parse import urlsplit

import pytest
from django.db import connections
from django.test import Client

from techfinder.bookings.links import tokens
from techfinder.bookings.links.tokens import Purpose
from techfinder.bookings.machine import Side, State, Step
from techfinder.bookings.models import Booking, BookingEvent, Proposal
from tests.factories.bookings import Parties, booking_in, in_days

pytestmark = pytest.mark.django_db

SCHOOL, PROVIDER = Side.SCHOOL, Side.PROVIDER


def path(booking, side, purpose):
    return urlsplit(tokens.link(booking, side, purpose)).path


def hidden(page):
    """What the form of a page sends along besides what is typed."""
    return dict(re.findall(r'name="(version)" value="(\d+)"', page.content.decode()))


def text(page):
    main = page.content.decode().partition("<main")[2].partition("</main>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def press(client, address, **fields):
    """Open a page, fill in its form, and follow to the page after it."""
    shown = client.get(address)
    return client.post(address, {**hidden(shown), **fields}, follow=True)


def now(booking):
    return Booking.objects.get(pk=booking.pk)


# --------------------------------------------------------- what a link does

LATER = {"date": "3-5-2027", "start": "10.00", "end": "11.30"}
# Where it stands, whose link, what for, what is filled in, where it stands afterwards.
WAYS = [
    (State.ASKED, PROVIDER, "accept", {}, State.AGREED),
    (State.ASKED, PROVIDER, "propose", LATER, State.PROPOSED),
    (State.ASKED, PROVIDER, "decline", {"reason": "full"}, State.DECLINED),
    (State.ASKED, SCHOOL, "withdraw", {}, State.WITHDRAWN),
    (State.ASKED, PROVIDER, "elsewhere", {}, State.ASKED),
    (State.ASKED, SCHOOL, "elsewhere", {}, State.ASKED),
    (State.PROPOSED, SCHOOL, "accept", {}, State.AGREED),
    (State.PROPOSED, SCHOOL, "propose", LATER, State.PROPOSED),
    (State.PROPOSED, SCHOOL, "decline", {"reason": "date"}, State.DECLINED),
    (State.PROPOSED, PROVIDER, "withdraw", {}, State.WITHDRAWN),
    (State.AGREED, SCHOOL, "confirm", {}, State.AGREED),
    (State.AGREED, PROVIDER, "confirm", {}, State.AGREED),
    (State.AGREED, SCHOOL, "propose", LATER, State.AGREED),
    (State.AGREED, SCHOOL, "cancel", {"reason": "ill"}, State.CANCELLED_EARLY),
    (State.CONFIRMED, PROVIDER, "cancel", {"reason": "busy"}, State.CANCELLED_EARLY),
]


@pytest.mark.parametrize(("before", "side", "purpose", "fields", "after"), WAYS)
def test_each_link_asks_one_question_and_does_one_thing(client, before, side, purpose, fields, after):
    booking = booking_in(before)
    address = path(booking, side, purpose)
    shown = client.get(address)
    assert shown.status_code == 200
    assert shown.content.decode().count("<h1") == 1
    assert shown.content.decode().count("--primary-action") == 1
    assert now(booking).version == booking.version
    page = press(client, address, **fields)
    assert now(booking).state == after
    assert page.redirect_chain[0][1] == 302
    assert page.request["PATH_INFO"].endswith("/klaar/")
    event = BookingEvent.objects.filter(booking=booking).last()
    assert (event.side, event.actor) == (side, None)
    again = client.get(page.request["PATH_INFO"])
    assert text(again) == text(page)


def test_nothing_is_said_to_be_done_that_was_not(client):
    booking = booking_in(State.ASKED)
    assert client.get(path(booking, PROVIDER, "accept") + "klaar/").status_code == 302


def test_the_day_can_be_filled_in_with_the_yes(client):
    parties = Parties()
    parties.request.date_until = in_days(400)
    parties.request.save()
    booking = parties.ask()
    wrong = press(client, path(booking, PROVIDER, "accept"), date="nooit", start="10.00")
    assert wrong.status_code == 422
    assert 'value="nooit"' in wrong.content.decode()
    assert 'value="10.00"' in wrong.content.decode()
    press(client, path(booking, PROVIDER, "accept"), date=in_days(60).strftime("%d-%m-%Y"), start="10.00", end="11.30")
    booking = now(booking)
    assert (booking.state, booking.date, str(booking.start)) == (State.AGREED, in_days(60), "10:00:00")


def test_a_no_without_a_reason_keeps_what_was_typed(client):
    booking = booking_in(State.ASKED)
    page = press(client, path(booking, PROVIDER, "decline"), words="We verbouwen tot mei")
    assert page.status_code == 422
    assert "We verbouwen tot mei" in page.content.decode()
    assert now(booking).state == State.ASKED


def test_another_day_is_one_of_the_days_with_places(client):
    parties = Parties(seats=30)
    later = parties.day(30, after=80)
    full = parties.day(10, after=81)
    booking = parties.ask()
    shown = client.get(path(booking, PROVIDER, "propose")).content.decode()
    assert f'value="{later.pk}"' in shown
    press(client, path(booking, PROVIDER, "propose"), session=str(later.pk))
    assert Proposal.objects.get(booking=booking, state="open").session == later
    refused = press(client, path(now(booking), SCHOOL, "propose"), session=str(full.pk))
    assert refused.status_code == 422
    assert now(booking).state == State.PROPOSED


def test_nobody_is_urged_to_end_it(client):
    parties = Parties(seats=30)
    parties.ask()
    waiting = Parties(provider=parties.provider)
    waiting.activity = parties.activity
    queued = waiting.ask(session_id=parties.session.pk)
    assert queued.state == State.QUEUED
    looks = [button.look for button in client.get(path(queued, SCHOOL, "page")).context["buttons"]]
    assert looks == ["secondary"]


def test_what_is_agreed_moves_to_another_day_than_its_own(client):
    parties = Parties(seats=30)
    booking = parties.do("accept", parties.ask(), PROVIDER)
    assert 'name="date"' in client.get(path(booking, SCHOOL, "propose")).content.decode()
    later = parties.day(30, after=80)
    shown = client.get(path(booking, SCHOOL, "propose")).content.decode()
    assert f'value="{later.pk}"' in shown
    assert f'value="{parties.session.pk}"' not in shown


def test_a_change_of_the_day_waits_for_the_other_side_and_can_be_kept_as_it_was(client):
    booking = booking_in(State.AGREED)
    agreed = booking.date
    press(client, path(booking, SCHOOL, "propose"), **LATER)
    page = press(client, path(now(booking), PROVIDER, "decline"))
    assert page.status_code == 200
    assert (now(booking).state, now(booking).date, now(booking).turn) == (State.AGREED, agreed, "")


def test_a_change_leads_to_the_sheet_of_the_day(client):
    booking = booking_in(State.AGREED)
    page = client.get(path(booking, SCHOOL, "change"), follow=True)
    assert page.status_code == 200
    assert page.request["PATH_INFO"].endswith("/dag/")


def test_how_it_was_is_told_from_the_mail_and_may_be_told_anew(client):
    booking = booking_in(State.HAPPENED)
    address = path(booking, PROVIDER, "report")
    assert client.get(address).status_code == 200
    client.post(address, {"outcome": "happened", "again": "yes"})
    client.post(address, {"outcome": "happened", "again": "no"})
    assert booking.evaluations.get(side=PROVIDER).again == "no"


def test_it_is_not_told_before_the_day(client):
    booking = booking_in(State.AGREED)
    page = client.post(path(booking, SCHOOL, "report"), {"outcome": "happened"})
    assert page.status_code == 200
    assert not booking.evaluations.exists()


def test_after_a_refusal_there_are_other_ways_on(client):
    parties = Parties()
    booking = parties.ask(date=in_days(60))
    page = press(client, path(booking, SCHOOL, "withdraw"))
    assert page.context["alternatives"] is not None


# ----------------------------------------------------- older, foreign, forged


def test_a_link_that_was_used_says_by_whom_and_when(client):
    booking = booking_in(State.ASKED)
    address = path(booking, PROVIDER, "accept")
    Booking.objects.filter(pk=booking.pk).update(provider_name="Sanne Bakker", provider_email="sanne@bedrijf.example")
    booking = now(booking)
    press(client, path(booking, PROVIDER, "accept"))
    page = client.get(path(booking, PROVIDER, "accept"))
    assert page.status_code == 200
    assert "Sanne" in text(page)
    assert "Bakker" not in page.context["happened"][0]
    assert booking.activity.provider.name in page.context["happened"][0]
    assert 'method="post" action="/boeking/l/' not in page.content.decode()
    stranger = client.get(address)
    assert stranger.status_code == 200
    assert stranger.context["opened"].actor is None


def test_a_link_about_an_earlier_question_does_not_answer_the_new_one(client):
    booking = booking_in(State.ASKED)
    old = path(booking, PROVIDER, "accept")
    press(client, path(booking, PROVIDER, "propose"), **LATER)
    press(client, path(now(booking), SCHOOL, "propose"), date="10-5-2027")
    page = client.get(old)
    assert len(page.context["happened"]) == 2
    assert "link_page" in page.templates[0].name
    late = client.post(old, {"version": booking.version})
    assert late.status_code == 409
    assert now(booking).state == State.PROPOSED


def test_a_reminder_leaves_a_link_as_good_as_it_was(client):
    booking = booking_in(State.ASKED)
    address = path(booking, PROVIDER, "accept")
    BookingEvent.objects.create(
        booking=booking, version=booking.version + 1, action=Step.REMIND, side=Side.CLOCK, after=State.ASKED
    )
    Booking.objects.filter(pk=booking.pk).update(version=booking.version + 1)
    press(client, address)
    assert now(booking).state == State.AGREED


def test_the_same_answer_sent_twice_is_one_answer(client):
    booking = booking_in(State.ASKED)
    address = path(booking, PROVIDER, "decline")
    sent = {**hidden(client.get(address)), "reason": "full"}
    first, second = client.post(address, sent), client.post(address, sent)
    assert (first.status_code, second.status_code) == (302, 302)
    assert first["Location"] == second["Location"]
    assert BookingEvent.objects.filter(booking=booking, action=Step.DECLINE).count() == 1


def test_two_tabs_with_two_answers_give_one_and_a_friendly_page(client):
    booking = booking_in(State.ASKED)
    yes, no = path(booking, PROVIDER, "accept"), path(booking, PROVIDER, "decline")
    tab = {**hidden(client.get(no)), "reason": "full"}
    press(client, yes)
    page = client.post(no, tab)
    assert page.status_code == 409
    assert now(booking).state == State.AGREED
    assert page.context["buttons"]


def test_when_the_other_side_was_first_it_says_so(client):
    booking = booking_in(State.ASKED)
    address = path(booking, PROVIDER, "accept")
    sent = hidden(client.get(address))
    press(client, path(booking, SCHOOL, "withdraw"))
    page = client.post(address, sent)
    assert page.status_code == 409
    assert now(booking).state == State.WITHDRAWN
    assert booking.request.school.name in page.context["happened"][0]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda token: token[:-1] + ("A" if token[-1] != "A" else "B"),
        lambda token: token.replace("provider", "school"),
        lambda token: token.replace("decline", "accept"),
        lambda token: token.replace(".1.", ".2."),
        lambda token: token.partition("~")[0],
        lambda token: "x",
        lambda token: "~",
        lambda token: token.partition(".")[0] + "9" + token.partition(".")[2],
    ],
)
def test_a_link_that_we_did_not_make_is_no_page(client, spoil):
    booking = booking_in(State.ASKED)
    forged = spoil(tokens.token(booking, PROVIDER, "decline"))
    for rest in ("", "klaar/", "collega/"):
        assert client.get(f"/boeking/l/{forged}/{rest}").status_code == 404
    assert client.post(f"/boeking/l/{forged}/", {"version": 1}).status_code == 404


def test_a_link_of_a_booking_that_is_gone_is_no_page(client):
    booking = booking_in(State.ASKED)
    address = path(booking, PROVIDER, "accept")
    booking.events.all().delete()
    booking.proposals.all().delete()
    Booking.objects.filter(pk=booking.pk).delete()
    assert client.get(address).status_code == 404


def test_who_is_no_longer_the_contact_sees_how_it_stands_and_can_do_nothing(client):
    booking = booking_in(State.AGREED)
    old = {purpose: path(booking, SCHOOL, purpose) for purpose in Purpose}
    Booking.objects.filter(pk=booking.pk).update(school_email="ander@school.example", provider_phone="0612345678")
    for purpose, address in old.items():
        page = client.get(address)
        assert page.status_code == 200, purpose
        assert "0612345678" not in page.content.decode()
        assert booking.provider_email not in page.content.decode()
        assert client.post(address, {"version": 99, "reason": "ill", "text": "x"}).status_code == 200, purpose
    assert now(booking).version == booking.version


@pytest.mark.parametrize("state", [State.ASKED, State.PROPOSED, State.QUEUED, State.DECLINED])
def test_no_address_and_no_telephone_before_it_is_agreed(client, state):
    booking = booking_in(state)
    details = {
        "school_email": "anna@school.example",
        "school_phone": "0611111111",
        "provider_email": "sanne@bedrijf.example",
        "provider_phone": "0622222222",
    }
    Booking.objects.filter(pk=booking.pk).update(**details)
    booking = now(booking)
    for side, other in ((SCHOOL, PROVIDER), (PROVIDER, SCHOOL)):
        for purpose in Purpose:
            shown = client.get(path(booking, side, purpose), follow=True).content.decode()
            for what in ("email", "phone"):
                assert details[f"{other}_{what}"] not in shown, (side, purpose)


def test_the_pages_are_not_kept_not_indexed_and_told_to_nobody(client):
    booking = booking_in(State.ASKED)
    for address in (path(booking, PROVIDER, "accept"), path(booking, PROVIDER, "accept") + "collega/"):
        response = client.get(address)
        assert response["X-Robots-Tag"] == "noindex, nofollow"
        assert response["Referrer-Policy"] == "same-origin"
        assert "no-store" in response["Cache-Control"]
        assert "og:url" not in response.content.decode()
        assert 'rel="canonical"' not in response.content.decode()


def test_an_answer_needs_the_token_against_forged_forms():
    booking = booking_in(State.ASKED)
    strict = Client(enforce_csrf_checks=True)
    address = path(booking, PROVIDER, "accept")
    assert strict.post(address, {"version": booking.version}).status_code == 403
    shown = strict.get(address).content.decode()
    token = re.search(r'csrfmiddlewaretoken" value="(\w+)"', shown)[1]
    assert strict.post(address, {"version": booking.version, "csrfmiddlewaretoken": token}).status_code == 302
    assert "sessionid" not in strict.cookies


def test_who_is_signed_in_acts_in_her_own_name(client):
    parties = Parties()
    booking = parties.ask(date=in_days(60))
    client.force_login(parties.member)
    press(client, path(booking, PROVIDER, "accept"))
    assert booking.events.last().actor == parties.member


def test_who_left_says_so_and_somebody_else_becomes_the_contact(client):
    booking = booking_in(State.AGREED)
    address = path(booking, PROVIDER, "gone")
    assert client.get(address).status_code == 200
    page = client.post(address, follow=True)
    assert page.status_code == 200
    assert now(booking).provider_email != booking.provider_email
    assert client.get(address).context["opened"].actor is None


# -------------------------------------------------------------- at one moment


@pytest.mark.django_db(transaction=True)
def test_at_the_same_moment_one_wins_and_the_other_sees_what_happened():
    booking = booking_in(State.ASKED)
    yes, back = path(booking, PROVIDER, "accept"), path(booking, SCHOOL, "withdraw")
    sent = {"version": booking.version}
    pages, ready = {}, threading.Barrier(2)

    def answer(address):
        ready.wait(5)
        pages[address] = Client().post(address, sent)
        connections.close_all()

    threads = [threading.Thread(target=answer, args=[address]) for address in (yes, back)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(page.status_code for page in pages.values()) == [302, 409]
    won = State.AGREED if pages[yes].status_code == 302 else State.WITHDRAWN
    assert now(booking).state == won
    assert BookingEvent.objects.filter(booking=booking, version=booking.version + 1).count() == 1
