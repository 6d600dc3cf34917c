"""The mails of a development site, to be read in the browser; only there while settings.SHOW_POST."""

from django.urls import path

from techfinder.mail import post

app_name = "post"

urlpatterns = [
    path("", post.index, name="index"),
    path("<uuid:uuid>/", post.detail, name="detail"),
    path("<uuid:uuid>/html/", post.html, name="html"),
]
