import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from matching.mend import Mend
from techfinder.activities.models import Activity
from techfinder.matches.explain import Story, explain_pair, find_activity, find_request
from techfinder.requests.models import Request
from techfinder.taxonomy.commands import read_day


class Command(BaseCommand):
    help = "Says of one request and one activity why they match or not, rule by rule, and the score as a sum."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("request", help="reference, number or uuid of a request")
        parser.add_argument("activity", help="reference, number or slug of an activity")
        parser.add_argument("--today", type=read_day, help="as on this day, YYYY-MM-DD")
        parser.add_argument("--json", action="store_true", help="write everything as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        request = find_request(options["request"], Request.objects.all())
        activity = find_activity(options["activity"], Activity.objects.all())
        if request is None or activity is None:
            model, name = (Request, options["request"]) if request is None else (Activity, options["activity"])
            raise CommandError(f"There is no {model._meta.verbose_name} “{name}”.")
        story = explain_pair(request=request, activity=activity, today=options["today"])
        self.stdout.write(_json(story) if options["json"] else _table(story))


def _json(story: Story) -> str:
    explanation, match = story.explanation, story.match
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
        "mends": [_mend(it) for it in story.mends],
        "stored": {"state": match.state, "held": match.held, "rank": story.rank} if match else None,
    }
    return json.dumps(data, default=str, ensure_ascii=False)


def _mend(mend: Mend) -> dict[str, Any]:
    change = mend.change
    return {"rule": mend.rule, "size": change.size, "unit": change.unit} if change else {"rule": mend.rule}


def _table(story: Story) -> str:
    explanation = story.explanation
    lines = [
        f"{'yes' if it.holds else 'NO':3} {it.rule:9} "
        f"request {_plain(it.request_value)} | activity {_plain(it.activity_value)}"
        for it in explanation.verdicts
    ]
    lines.append("eligible" if explanation.eligible else "not eligible")
    lines += [f"{it.rule} would hold with {it.change.size:g} {it.change.unit}" for it in story.mends if it.change]
    lines.append(_stored(story))
    lines += [f"{it.points:6.1f} {it.component} ({it.value:.2f} of {it.weight:g})" for it in explanation.parts]
    lines.append(f"{explanation.score:6.1f} score")
    return "\n".join(lines)


def _stored(story: Story) -> str:
    match = story.match
    if match is None:
        return "not stored"
    held = f", held back: {match.held}" if match.held else ""
    rank = f", rank {story.rank}" if story.rank else ""
    return f"stored: {match.state}{rank}{held}"


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key}={_plain(item)}" for key, item in value.items())
    if isinstance(value, list | tuple):
        return " ".join(_plain(item) for item in value) or "any"
    return "none" if value is None else str(value)
