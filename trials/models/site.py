"""Places where a trial runs."""

from __future__ import annotations

from functools import cache

from django.db import models
from django_countries import countries
from django_countries.fields import CountryField

from trials.models import choices
from trials.models.fields import PartialDateField, one_of, partial_date_length
from trials.models.trial import TrialRow


class Site(TrialRow):
    """A hospital or unit, with its own status where the source gives one. Coordinates in degrees (WGS 84)."""

    facility = models.CharField(max_length=400, blank=True)
    city = models.CharField(max_length=120, blank=True)
    state = models.CharField("state or province", max_length=120, blank=True)
    zip = models.CharField("postcode", max_length=30, blank=True)
    country = CountryField(blank=True)
    country_raw = models.CharField("country as written", max_length=120, blank=True)
    status = models.CharField(max_length=30, choices=choices.SiteStatus.choices, blank=True)
    status_raw = models.CharField("status as written", max_length=120, blank=True)
    status_date = PartialDateField("status as of")
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    remark = models.CharField(max_length=300, blank=True, help_text="In our words: which part comes from where.")

    class Meta(TrialRow.Meta):
        abstract = False
        constraints = [
            one_of("status", choices.SiteStatus),
            partial_date_length("status_date"),
            models.CheckConstraint(
                condition=models.Q(latitude__isnull=True, longitude__isnull=True)
                | models.Q(
                    latitude__isnull=False,
                    longitude__isnull=False,
                    latitude__range=(-90, 90),
                    longitude__range=(-180, 180),
                ),
                name="site_coordinates_on_earth",
                violation_error_message="Give latitude (-90 to 90) and longitude (-180 to 180), or neither.",
            ),
            models.CheckConstraint(
                condition=~models.Q(facility="", city="", country="", country_raw=""),
                name="site_says_where",
                violation_error_message="A site needs at least a facility, a city or a country.",
            ),
        ]

    def __str__(self) -> str:
        return ", ".join(part for part in (self.facility, self.city, self.country_name) if part)

    @property
    def country_name(self) -> str:
        """The country's name, or the source's own word where no ISO code is known."""
        return country_name(str(self.country)) or self.country_raw


@cache
def country_name(code: str) -> str:
    """The English name of a country by its ISO code, remembered: the library works it out anew each time."""
    return str(countries.name(code)) if code else ""
