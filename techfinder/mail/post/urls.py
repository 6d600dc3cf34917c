"""The mails of a development site, to be read in the browser; only there while settings.SHOW_POST."""

from django.urls import path

from techfinder.mail.post import gallery, mails

app_name = "post"

urlpatterns = [
    path("", mails.index, name="index"),
    path("galerij/", gallery.index, name="gallery"),
    path("galerij/<slug:template>/<slug:name>/<slug:language>/", gallery.sample, name="sample"),
    path(
        "galerij/<slug:template>/<slug:name>/<slug:language>/<slug:scheme>/",
        gallery.html,
        name="sample_html",
    ),
    path("<uuid:uuid>/", mails.detail, name="detail"),
    path("<uuid:uuid>/html/", mails.html, name="html"),
]
