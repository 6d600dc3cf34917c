from django.urls import path

from techfinder.mail import views

app_name = "mail"

urlpatterns = [path("<str:token>/", views.unsubscribe, name="unsubscribe")]
