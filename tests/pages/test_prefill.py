"""What "ask for this" fills in of the form of a question."""

import pytest
from django.urls import reverse

from tests.factories.activities import ActivityFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("levels", "ticked"), [(["po-6", "po-7", "po-8"], ["po-6", "po-7", "po-8"]), (["po"], []), (["vo-havo"], [])]
)
def test_few_classes_are_ticked_and_many_are_left_to_the_teacher(client, levels, ticked):
    activity = ActivityFactory(levels=levels, themes=["natuur"], kind="gastles", title="Kijk in de sloot")
    form = client.get(reverse("requests:new"), {"activiteit": activity.slug}).context["form"]
    assert form["levels"].value() == ticked
    assert (form["title"].value(), form["themes"].value()) == ("Kijk in de sloot", ["natuur"])
