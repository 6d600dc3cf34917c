"""Addresses of this app."""

from __future__ import annotations

from django.urls import URLPattern, path

from techfinder.bookings.views import (
    after,
    again,
    asking,
    calendar,
    links,
    messages,
    pages,
    partnership,
    queue,
    records,
    sheet,
    waiting,
)

app_name = "bookings"
urlpatterns: list[URLPattern] = [
    path("", pages.own_list, name="list"),
    path("wachtrij/<slug:slug>/", queue.queue, name="queue"),
    path("vraag-aan/<slug:slug>/", asking.ask, name="ask"),
    path("bied-aan/<uuid:uuid>/<slug:slug>/", asking.offer, name="offer"),
    path("<uuid:uuid>/", pages.detail, name="detail"),
    path("<uuid:uuid>/stap/<slug:slug>/", pages.step, name="step"),
    path("<uuid:uuid>/berichten/", messages.thread, name="messages"),
    path("<uuid:uuid>/zorg/", messages.concern, name="concern"),
    path("<uuid:uuid>/dag/", sheet.sheet, name="sheet"),
    path("<uuid:uuid>/agenda.ics", calendar.booking_file, name="booking_file"),
    path("l/<str:token>/", links.link, name="link"),
    path("l/<str:token>/klaar/", links.done, name="link_done"),
    path("l/<str:token>/collega/", links.colleague, name="link_colleague"),
    path("l/<str:token>/collega/<str:signed>/", links.code, name="link_code"),
    path("l/<str:token>/zorg/", messages.concern_by_link, name="concern_by_link"),
    path("l/<str:token>/dag/", sheet.sheet_by_link, name="sheet_by_link"),
    path("l/<str:token>/agenda/", calendar.by_link, name="feed_by_link"),
    path("agenda/", calendar.own, name="calendar"),
    path("agenda/<slug:token>.ics", calendar.feed, name="feed"),
    path("agenda/<slug:token>/", calendar.manage, name="feed_manage"),
    path("dossier/", records.own_records, name="records"),
    path("dossier/<slug:kind>/<slug:key>/", records.record, name="record"),
    path("dossier/<slug:kind>/<slug:key>.csv", records.record_file, name="record_file"),
    path("wachtlijst/<uuid:uuid>/", waiting.waiting, name="waiting"),
    path("wachtlijst/l/<str:token>/", waiting.waiting_link, name="waiting_link"),
    path("<uuid:uuid>/opnieuw/", again.again, name="again"),
    path("l/<str:token>/opnieuw/", again.again_by_link, name="again_by_link"),
    path("<uuid:uuid>/opnieuw/klassen/", again.classes, name="classes"),
    path("<uuid:uuid>/opnieuw/reeks/", again.row, name="row"),
    path("voor/<uuid:uuid>/<slug:slug>/klassen/", again.classes_of_request, name="classes_of_request"),
    path("voor/<uuid:uuid>/<slug:slug>/reeks/", again.row_of_request, name="row_of_request"),
    path("reeks/<int:pk>/", again.series, name="series"),
    path("<uuid:uuid>/afloop/", after.report, name="report"),
    path("terugblik/<uuid:uuid>/", after.survey, name="survey"),
    path("samen/", partnership.own_partnerships, name="partnerships"),
    path("<uuid:uuid>/samen/", partnership.propose, name="propose_partnership"),
    path("samen/<uuid:uuid>/", partnership.partnership, name="partnership"),
    path("samen/<uuid:uuid>/doe/", partnership.act, name="act_partnership"),
    path("samen/<uuid:uuid>/plan/<int:pk>/weg/", partnership.drop_plan, name="drop_plan"),
    path("samen/<uuid:uuid>/plan/<int:pk>/", partnership.ask_plan, name="ask_plan"),
]
