from django.urls import path

from techfinder.mail import proving, views
from techfinder.mail.inbound import webhooks

app_name = "mail"

urlpatterns = [
    path("mail/", views.own_preferences, name="own_preferences"),
    path("mail/<str:token>/", views.preferences, name="preferences"),
    path("mail/<str:token>/opnieuw/", proving.ask, name="ask_again"),
    path("opnieuw/<str:token>/", proving.again, name="again"),
    path("webhook/<slug:service>/", webhooks.webhook, name="webhook"),
    path("<str:token>/", views.unsubscribe, name="unsubscribe"),
]
