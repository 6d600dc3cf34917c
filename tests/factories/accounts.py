import factory

from techfinder.accounts.models import User


class UserFactory(factory.django.DjangoModelFactory[User]):
    """A person who can sign in; `moderates=[region, ...]` makes a moderator."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@example.com")
    name = factory.Sequence(lambda n: f"Person {n}")
    password = "!unusable"

    @factory.post_generation
    def moderates(self, create, regions, **kwargs):
        if create and regions:
            self.moderates.set(regions)


class AdministratorFactory(UserFactory):
    is_staff = True
    is_superuser = True
