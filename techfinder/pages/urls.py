from django.contrib.sitemaps.views import sitemap
from django.urls import path

from techfinder.pages import robots, sitemaps, views

app_name = "pages"

urlpatterns = [
    path("", views.home, name="home"),
    path("regio/", views.regions, name="regions"),
    path("regio/<slug:slug>/", views.region, name="region"),
    path("robots.txt", robots.robots, name="robots"),
    path("sitemap.xml", sitemaps.index, name="sitemap"),
    path("sitemap-<slug:section>.xml", sitemap, {"sitemaps": sitemaps.SECTIONS}, name="sitemap_section"),
    path("hulp/", views.Help.as_view(), name="help"),
    path("zo-werkt-het/", views.How.as_view(), name="how"),
    path("privacy/", views.Privacy.as_view(), name="privacy"),
    path("toegankelijkheid/", views.Accessibility.as_view(), name="accessibility"),
]
