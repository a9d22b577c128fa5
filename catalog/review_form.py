"""What somebody fills in who bought something and says how it is."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.plain_text import PlainTextField
from catalog.ratings import STARS
from catalog.services.reviews import LONGEST_TEXT, Told


def _stars() -> list[tuple[str, str]]:
    return [
        (str(stars), ngettext("%(count)d star", "%(count)d stars", stars) % {"count": stars})
        for stars in range(STARS, 0, -1)
    ]


class ReviewForm(forms.Form):
    """The review; only the stars have to be given."""

    stars = forms.ChoiceField(
        label=_("How many stars do you give it?"), choices=_stars, widget=forms.RadioSelect,
        error_messages={"required": _("Please choose one to five stars.")},
    )  # fmt: skip
    title = PlainTextField(
        label=_("In a few words"), max_length=120, required=False, widget=forms.TextInput(attrs={"dir": "auto"})
    )
    text = PlainTextField(
        label=_("How is it?"), max_length=LONGEST_TEXT, required=False, several_lines=True,
        widget=forms.Textarea(attrs={"rows": 6, "dir": "auto"}),
        help_text=_("What do you like, what not, how did it arrive? Please leave out names, addresses and numbers."),
    )  # fmt: skip
    language = forms.ChoiceField(label=_("Language of your review"), choices=settings.LANGUAGES)
    signed = PlainTextField(
        label=_("Signed by"), max_length=60, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "nickname", "dir": "auto"}),
        help_text=_("Everybody reads this name. It need not be your real one."),
    )  # fmt: skip

    @property
    def told(self) -> Told:
        """What was said; of a valid form."""
        names = ("title", "text", "signed", "language")
        return Told(int(self.cleaned_data["stars"]), **{name: self.cleaned_data[name] for name in names})
