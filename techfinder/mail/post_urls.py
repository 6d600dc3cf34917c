"""The mails of a development site, to be read in the browser; only there while settings.SHOW_POST."""

from django.urls import path

from techfinder.mail import post, post_gallery

app_name = "post"

urlpatterns = [
    path("", post.index, name="index"),
    path("galerij/", post_gallery.index, name="gallery"),
    path("galerij/<slug:template>/<slug:name>/<slug:language>/", post_gallery.sample, name="sample"),
    path(
        "galerij/<slug:template>/<slug:name>/<slug:language>/<slug:scheme>/",
        post_gallery.html,
        name="sample_html",
    ),
    path("<uuid:uuid>/", post.detail, name="detail"),
    path("<uuid:uuid>/html/", post.html, name="html"),
]
