"""How a view gets an organisation for this person: whoever is not in it gets 404."""

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone

from techfinder.accounts.models import User
from techfinder.organisations.models import Board, Invitation, Membership, Provider, School
from techfinder.organisations.queries import own_providers

Organisation = School | Provider | Board
Person = User | AnonymousUser

# How an organisation is named in addresses: the word of the site, the model, the key that is public anyway.
KINDS: dict[str, tuple[type[Organisation], str]] = {
    "school": (School, "code"),
    "aanbieder": (Provider, "slug"),
    "bestuur": (Board, "code"),
}
RELATIONS: dict[type[Organisation], str] = {School: "school", Provider: "provider", Board: "board"}
STANDING = (Membership.Status.ACTIVE, Membership.Status.PENDING)


def kind_and_key(organisation: Organisation) -> tuple[str, str]:
    """How this organisation is named in addresses."""
    kind = next(word for word, (model, _key) in KINDS.items() if isinstance(organisation, model))
    return kind, str(getattr(organisation, KINDS[kind][1]))


def memberships_of(user: Person) -> list[Membership]:
    """The memberships of a person that stand or wait, with their organisations."""
    if not user.is_authenticated:
        return []
    found = Membership.objects.filter(user=user, status__in=STANDING)
    return list(found.select_related("school__municipality", "school__board", "provider", "board").order_by("pk"))


def organisations_of(user: Person) -> list[Organisation]:
    """Whom a person acts for."""
    return [each.organisation for each in memberships_of(user) if each.status == Membership.Status.ACTIVE]


def providers_of(user: Person) -> list[Provider]:
    """The providers a person acts for, verified or not."""
    return [each for each in organisations_of(user) if isinstance(each, Provider)]


def school_ids_of(user: Person) -> set[int]:
    """The schools a person acts for, also through their board."""
    if not user.is_authenticated:
        return set()
    active = Q(status=Membership.Status.ACTIVE, user_id=user.pk)
    own = Membership.objects.filter(active, school__isnull=False).values("school_id")
    boards = Membership.objects.filter(active, board__isnull=False).values("board_id")
    return set(School.objects.filter(Q(pk__in=own) | Q(board_id__in=boards)).values_list("pk", flat=True))


def provider_for(user: Person, slug: str) -> Provider:
    """The provider that this person acts for; 404 for everybody else."""
    if not user.is_authenticated:
        raise Http404
    return get_object_or_404(own_providers(user), slug=slug)


def visible_provider(user: Person, slug: str) -> Provider:
    """A verified provider for everybody; one that waits only for its members."""
    provider = get_object_or_404(Provider.objects.select_related("municipality"), slug=slug)
    if provider.status != Provider.Status.VERIFIED:
        provider_for(user, slug)
    return provider


def membership_for(user: Person, kind: str, key: str) -> Membership:
    """The active membership through which this person acts for one organisation."""
    return get_object_or_404(_standing(user, kind, key), status=Membership.Status.ACTIVE)


def standing_membership_for(user: Person, kind: str, key: str) -> Membership:
    """As `membership_for`, or the claim that still waits."""
    return get_object_or_404(_standing(user, kind, key), status__in=STANDING)


def _standing(user: Person, kind: str, key: str) -> QuerySet[Membership]:
    if kind not in KINDS or not user.is_authenticated:
        raise Http404
    model, field = KINDS[kind]
    relation = RELATIONS[model]
    return Membership.objects.filter(user=user, **{f"{relation}__{field}": key}).select_related(relation)


def colleagues(membership: Membership) -> list[Membership]:
    """Everybody who acts for the same organisation."""
    active = Membership.objects.filter(status=Membership.Status.ACTIVE, **_same(membership))
    return list(active.select_related("user").order_by("created_at", "pk"))


def is_last(membership: Membership) -> bool:
    """Whether nobody else acts for the organisation."""
    others = Membership.objects.filter(status=Membership.Status.ACTIVE, **_same(membership))
    return not others.exclude(pk=membership.pk).exists()


def open_invitations(membership: Membership) -> list[Invitation]:
    """Who was asked to join and has not answered."""
    unanswered = Invitation.objects.filter(accepted_at=None, expires_at__gt=timezone.now(), **_same(membership))
    return list(unanswered.order_by("created_at", "pk"))


def is_open(invitation: Invitation) -> bool:
    """Whether the link still works."""
    return invitation.accepted_at is None and invitation.expires_at > timezone.now()


def _same(membership: Membership) -> dict[str, Organisation]:
    organisation = membership.organisation
    return {RELATIONS[type(organisation)]: organisation}
