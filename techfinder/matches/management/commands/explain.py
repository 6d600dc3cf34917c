import json
from typing import Any, TypeVar
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Model, Q, QuerySet

from matching import Explanation
from techfinder.activities.models import Activity
from techfinder.matches.explain import explain_pair
from techfinder.requests.models import Request
from techfinder.taxonomy.commands import read_day

Row = TypeVar("Row", bound=Model)


class Command(BaseCommand):
    help = "Says of one request and one activity why they match or not, rule by rule, and the score as a sum."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("request", help="reference, number or uuid of a request")
        parser.add_argument("activity", help="reference, number or slug of an activity")
        parser.add_argument("--today", type=read_day, help="as on this day, YYYY-MM-DD")
        parser.add_argument("--json", action="store_true", help="write everything as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        request = _one(Request.objects.select_related("school__municipality"), options["request"], _uuid)
        activity = _one(Activity.objects.select_related("provider"), options["activity"], lambda text: Q(slug=text))
        explanation = explain_pair(request=request, activity=activity, today=options["today"])
        self.stdout.write(_json(explanation) if options["json"] else _table(explanation))


def _uuid(text: str) -> Q:
    try:
        return Q(uuid=UUID(text))
    except ValueError:
        return Q()


def _one(rows: QuerySet[Row], text: str, own: Any) -> Row:
    """By reference first: it is what the owner of an import knows."""
    ways = [Q(ref=text), own(text), Q(pk=int(text)) if text.isdecimal() else Q()]
    for way in ways:
        found = rows.filter(way).first() if way else None
        if found is not None:
            return found
    raise CommandError(f"There is no {rows.model._meta.verbose_name} “{text}”.")


def _json(explanation: Explanation) -> str:
    data = {
        "eligible": explanation.eligible,
        "score": explanation.score,
        "rules": [
            {"rule": it.rule, "holds": it.holds, "request": it.request_value, "activity": it.activity_value}
            for it in explanation.verdicts
        ],
        "parts": [
            {"component": it.component, "value": it.value, "weight": it.weight, "points": it.points}
            for it in explanation.parts
        ],
    }
    return json.dumps(data, default=str, ensure_ascii=False)


def _table(explanation: Explanation) -> str:
    lines = [
        f"{'yes' if it.holds else 'NO':3} {it.rule:9} "
        f"request {_plain(it.request_value)} | activity {_plain(it.activity_value)}"
        for it in explanation.verdicts
    ]
    lines.append("eligible" if explanation.eligible else "not eligible")
    lines += [f"{it.points:6.1f} {it.component} ({it.value:.2f} of {it.weight:g})" for it in explanation.parts]
    lines.append(f"{explanation.score:6.1f} score")
    return "\n".join(lines)


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key}={_plain(item)}" for key, item in value.items())
    if isinstance(value, list | tuple):
        return " ".join(_plain(item) for item in value) or "any"
    return "none" if value is None else str(value)
