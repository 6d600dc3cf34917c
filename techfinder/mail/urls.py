from django.urls import path

from techfinder.mail import views

app_name = "mail"

urlpatterns = [
    path("mail/", views.own_preferences, name="own_preferences"),
    path("mail/<str:token>/", views.preferences, name="preferences"),
    path("<str:token>/", views.unsubscribe, name="unsubscribe"),
]
