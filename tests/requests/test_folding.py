"""Long lists of boxes show the first six; what is chosen is always in view."""

import pytest
from django.urls import reverse

pytestmark = pytest.mark.django_db


def part(html, name):
    start = html.index(f'id="id_{name}"')
    return html[start : html.index("</fieldset>", start)]


@pytest.mark.parametrize(("name", "total"), [("themes", 18), ("kinds", 13)])
def test_the_first_six_and_the_rest_folded(client, name, total):
    boxes = part(client.get(reverse("requests:new")).content.decode(), name)
    seen, folded = boxes.split("<details", 1)
    assert seen.count("<input") == 6
    assert folded.count("<input") == total - 6
    assert f"Toon alle {total}" in folded
    assert " open>" not in folded


def test_a_chosen_one_opens_the_rest(client):
    data = {"themes": ["natuur"], "kinds": ["gastles"]}
    html = client.post(reverse("requests:new"), data).content.decode()
    assert " open><summary>" in part(html, "themes")
    assert " open><summary>" not in part(html, "kinds")
