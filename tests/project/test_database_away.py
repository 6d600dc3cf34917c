"""While PostgreSQL is restarted pages say so, and that they come back: 503, not 500."""

import pytest
from django.db import IntegrityError, InterfaceError, OperationalError
from django.urls import reverse

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("error", "status"), [(OperationalError, 503), (InterfaceError, 503), (IntegrityError, 500)])
def test_a_page_without_its_database(error, status, client, monkeypatch):
    def ask(*args, **kwargs):
        raise error("the server closed the connection unexpectedly")

    monkeypatch.setattr("techfinder.requests.views.public_requests", ask)
    client.raise_request_exception = False
    response = client.get(reverse("requests:list"))
    assert response.status_code == status
    assert response.headers.get("Retry-After") == ("30" if status == 503 else None)
    assert "<h1" in response.content.decode()
