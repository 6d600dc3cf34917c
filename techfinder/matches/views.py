from django.http import HttpRequest, HttpResponse


def dashboard(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


request = loosen = activity = decline = ask = offer = dashboard
