from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django.views.generic import TemplateView

from techfinder.pages import queries


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/home.html", queries.home())


class Help(TemplateView):
    template_name = "pages/help.html"


class How(TemplateView):
    template_name = "pages/how.html"


class Privacy(TemplateView):
    template_name = "pages/privacy.html"


class Accessibility(TemplateView):
    template_name = "pages/accessibility.html"
