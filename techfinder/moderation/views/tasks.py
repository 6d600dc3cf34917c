"""What a coordinator has to look at: the list, and one task with what can be done."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from techfinder.bookings.actions.tasks import finish_task
from techfinder.bookings.models import Task
from techfinder.moderation.access import Desk, desk_of
from techfinder.moderation.forms.waiting import DoneForm
from techfinder.moderation.showing import tasks as showing
from techfinder.moderation.waiting_list import task_of, tasks_of, with_subjects
from techfinder.taxonomy.http import either, status_of

PER_PAGE = 20


@require_safe
def tasks(request: HttpRequest) -> HttpResponse:
    """All that is open, the oldest first; of one kind when asked."""
    desk = desk_of(request)
    kind = request.GET.get("soort", "")
    page = Paginator(with_subjects(tasks_of(desk, kind)), PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "lines": [showing.line(each) for each in page], "tabs": _tabs(desk, kind)}
    return render(request, "moderation/tasks.html", context)


def _tabs(desk: Desk, current: str) -> list[tuple[str, str, int, bool]]:
    """Everything, and the kinds of which there are some."""
    rows = tasks_of(desk).order_by().values_list("kind").annotate(count=Count("pk"))
    counts = dict(rows)
    url = reverse("moderation:tasks")
    kinds = [(f"{url}?soort={kind}", str(Task.Kind(kind).label), counts[kind], kind == current)
             for kind in Task.Kind.values if kind in counts]  # fmt: skip
    return [(url, gettext("Everything"), sum(counts.values()), current not in counts), *kinds]


@either
def task(request: HttpRequest, pk: int) -> HttpResponse:
    """One task; done with a few words."""
    desk = desk_of(request)
    found = task_of(desk, pk)
    form = DoneForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        if finish_task(task_id=found.pk, by=desk.user, words=form.cleaned_data["words"]):
            messages.success(request, gettext("Done. It is off the list."))
        else:
            messages.info(request, gettext("A colleague did this already."))
        return redirect("moderation:tasks")
    context = {"line": showing.line(found), "task": found, "people": showing.people(found), "form": form}
    return render(request, "moderation/task.html", context, status=status_of(form))
