import factory

from techfinder.accounts.models import User
from techfinder.mail.models import MailPreferences


class UserFactory(factory.django.DjangoModelFactory[User]):
    """A person who can sign in; `match_mail=` is how often; `moderates=[region, ...]` makes a moderator."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@example.com")
    name = factory.Sequence(lambda n: f"Person {n}")
    password = "!unusable"

    @factory.post_generation
    def match_mail(self, create, frequency, **kwargs):
        if create and frequency:
            MailPreferences.objects.update_or_create(email=self.email, defaults={"matches": frequency})

    @factory.post_generation
    def moderates(self, create, regions, **kwargs):
        if create and regions:
            self.moderates.set(regions)


class AdministratorFactory(UserFactory):
    is_staff = True
    is_superuser = True
