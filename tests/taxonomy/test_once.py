"""What is drawn once: for each language, and for each value that it hangs on."""

from django.template import Context, Template
from django.utils import translation

from techfinder.taxonomy.templatetags.once import MOST


class Counted:
    """Says how often it was asked."""

    def __init__(self) -> None:
        self.times = 0

    def __str__(self) -> str:
        self.times += 1
        return f"drawn {self.times}"


def test_it_is_drawn_once_for_each_language():
    template, drawn = Template("{% load once %}{% once %}{{ drawn }}{% endonce %}"), Counted()
    texts = []
    for language in ("nl", "nl", "en", "nl"):
        with translation.override(language):
            texts.append(template.render(Context({"drawn": drawn})))
    assert texts == ["drawn 1", "drawn 1", "drawn 2", "drawn 1"]


def test_it_is_drawn_for_each_value_that_is_named():
    template = Template("{% load once %}{% once path more %}{{ drawn }}{% endonce %}")
    drawn = Counted()
    texts = [template.render(Context({"drawn": drawn, "path": path})) for path in ("/", "/aanbod/", "/")]
    assert texts == ["drawn 1", "drawn 2", "drawn 1"]


def test_it_keeps_no_more_than_so_many():
    template, drawn = Template("{% load once %}{% once path %}{{ drawn }}{% endonce %}"), Counted()
    for path in range(3 * MOST):
        template.render(Context({"drawn": drawn, "path": path}))
    [node] = [node for node in template.nodelist if hasattr(node, "kept")]
    assert len(node.kept) <= MOST
