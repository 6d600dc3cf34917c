from collections.abc import Callable
from typing import cast

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from techfinder.accounts import actions
from techfinder.accounts.forms import DeleteForm, ProfileForm
from techfinder.accounts.models import User
from techfinder.accounts.queries import personal_data
from techfinder.taxonomy.http import either, status_of

View = Callable[[HttpRequest], HttpResponse]

# A factor that was shown a while ago is shown again before what cannot be undone.
fresh = cast(Callable[[View], View], reauthentication_required)


@login_required
@either
def profile(request: HttpRequest) -> HttpResponse:
    """Name, language and mail; the doors to address, passkeys and sessions."""
    user = cast(User, request.user)
    form = ProfileForm(request.POST or None, instance=User.objects.get(pk=user.pk))
    if request.method == "POST" and form.is_valid():
        actions.update_profile(user=user, **form.cleaned_data)
        messages.success(request, _("Your details are saved."))
        return redirect("accounts:profile")
    return render(request, "account/profile.html", {"form": form}, status=status_of(form))


def no_password(request: HttpRequest) -> HttpResponse:
    """A page of allauth that has no place here."""
    raise Http404


@login_required
@require_safe
@never_cache
@fresh
def export(request: HttpRequest) -> HttpResponse:
    """Everything we hold about this person, as a file."""
    data = personal_data(cast(User, request.user))
    response = JsonResponse(data, json_dumps_params={"indent": 2, "ensure_ascii": False})
    response["Content-Disposition"] = f'attachment; filename="techfinder-{timezone.localdate():%Y-%m-%d}.json"'
    return response


@login_required
@either
@fresh
def delete(request: HttpRequest) -> HttpResponse:
    """Say what goes, ask once, and go."""
    form = DeleteForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        actions.delete_account(user=User.objects.get(email=cast(User, request.user).email))
        logout(request)
        messages.success(request, _("Your account is deleted."))
        return redirect("pages:home")
    return render(request, "account/delete.html", {"form": form}, status=status_of(form))
