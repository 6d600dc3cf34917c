from django.urls import path

from techfinder.pages import views

app_name = "pages"

urlpatterns = [
    path("", views.home, name="home"),
    path("hulp/", views.Help.as_view(), name="help"),
    path("zo-werkt-het/", views.How.as_view(), name="how"),
    path("privacy/", views.Privacy.as_view(), name="privacy"),
    path("toegankelijkheid/", views.Accessibility.as_view(), name="accessibility"),
]
