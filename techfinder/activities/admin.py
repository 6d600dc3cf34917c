from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext, ngettext

from techfinder.activities.models import Activity, SavedSearch, Session, Stage, Synonym
from techfinder.activities.search.text.synonyms import Phrase, as_words, phrases, stemmed


class StageInline(admin.TabularInline[Stage, Activity]):
    model = Stage
    extra = 0


class SessionInline(admin.TabularInline[Session, Activity]):
    model = Session
    extra = 0


@admin.register(Activity)
class ActivityAdmin(admin.ModelAdmin[Activity]):
    """For looking and mending: every save raises the version, so that the sweeper matches it anew."""

    list_display = ("title", "provider", "kind", "status", "published_at")
    list_filter = ("status", "kind")
    list_select_related = ("provider",)
    search_fields = ("title", "slug", "ref", "provider__name")
    raw_id_fields = ("provider",)
    readonly_fields = ("version", "matched_version", "created_at", "updated_at", "pending")
    inlines = (StageInline, SessionInline)

    def save_model(self, request: HttpRequest, obj: Activity, form: Any, change: bool) -> None:
        obj.version += 1
        super().save_model(request, obj, form, change)


class SynonymForm(forms.ModelForm[Synonym]):
    """Two to twenty words or short phrases; each word, in whatever form, in one group only."""

    FEWEST, MOST = 2, 20

    class Meta:
        model = Synonym
        fields = ["words"]

    def clean_words(self) -> str:
        group = phrases(self.cleaned_data["words"])
        if not self.FEWEST <= len(group) <= self.MOST:
            raise ValidationError(
                gettext("Give %(fewest)d to %(most)d words, separated by commas.")
                % {"fewest": self.FEWEST, "most": self.MOST}
            )
        self._readable(group)
        self._only_here(group)
        return ", ".join(group)

    def _readable(self, group: list[str]) -> None:
        strange = [phrase for phrase in group if not any(stemmed(as_words(phrase)))]
        if strange:
            raise ValidationError(
                gettext("Words or phrases of at most four words, please; these are not: %(phrases)s.")
                % {"phrases": ", ".join(strange)}
            )

    def _only_here(self, group: list[str]) -> None:
        taken = self._taken()
        double = []
        for phrase in group:
            known = set(stemmed(as_words(phrase)))
            if known & taken:
                double.append(phrase)
            taken |= known
        if double:
            raise ValidationError(
                ngettext(
                    "This word is already in a group: %(phrases)s.",
                    "These words are already in a group: %(phrases)s.",
                    len(double),
                )
                % {"phrases": ", ".join(double)}
            )

    def _taken(self) -> set[Phrase]:
        others = Synonym.objects.exclude(pk=self.instance.pk).values_list("words", flat=True)
        return {key for line in others for phrase in phrases(line) for key in stemmed(as_words(phrase))}


@admin.register(Synonym)
class SynonymAdmin(admin.ModelAdmin[Synonym]):
    """Who searches for one word of a group finds the others as well, after its own; at work with the next search."""

    form = SynonymForm
    list_display = ("words",)
    search_fields = ("words",)
    list_per_page = 200


@admin.register(SavedSearch)
class SavedSearchAdmin(admin.ModelAdmin[SavedSearch]):
    """For looking: who waits for what. Its long number opens its pages, and is not shown."""

    list_display = ("id", "email", "frequency", "state", "created_at", "sent_at")
    list_filter = ("state", "frequency")
    search_fields = ("email",)
    list_per_page = 50
    show_full_result_count = False

    def get_fields(self, request: HttpRequest, obj: SavedSearch | None = None) -> Any:
        return [field.name for field in SavedSearch._meta.fields if field.name not in ("uuid", "fingerprint")]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("activities.view_savedsearch")
