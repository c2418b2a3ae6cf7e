"""Trials: the list, the form with its lists of rows, the address, deleting."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.text import capfirst

from trials.admin import bulk, filters
from trials.admin.bulk import accept, add_term, take_term
from trials.admin.deleted_page import deleted_page
from trials.admin.deletion import consequences
from trials.admin.desk.pages import addresses
from trials.admin.editing import EditedTrial
from trials.admin.fields import TickedField
from trials.admin.inline import RowInline
from trials.admin.locks_page import locks_page
from trials.admin.names import suggestions, worded_names
from trials.admin.previews import MAKE, REVOKE, back_to, make_link, previews_of, revoke_link
from trials.admin.publishing import may_publish, publish, send_to_review, withdraw
from trials.admin.rows import LISTS, list_sizes, short_lists
from trials.admin.rows_page import RowsPage
from trials.admin.searching import trials_meant, within
from trials.admin.sheets import sheet_urls
from trials.admin.shown import why_of
from trials.admin.timeline_page import restore_page, timeline_page
from trials.admin.trial_form import TrialForm
from trials.admin.trial_list import TrialList
from trials.intake import rename_slug
from trials.intake.deleting import delete_trials
from trials.models import Trial
from trials.models.choices import State, WhoMasked

FIELDSETS: Any = [
    (
        "Identity",
        {
            "fields": [
                "title",
                "display_title",
                "acronym",
                "official_title",
                "keywords",
                "our_wording",
            ]
        },
    ),
    (
        "Status and dates",
        {
            "fields": [
                ("status", "status_raw"),
                ("status_verified", "last_known_status"),
                "why_stopped",
                ("start_date", "start_date_type"),
                ("primary_completion_date", "primary_completion_date_type"),
                ("completion_date", "completion_date_type"),
                "has_results",
            ]
        },
    ),
    (
        "Phase and design",
        {
            "fields": [
                ("phase", "phase_raw"),
                ("study_type", "study_type_raw"),
                ("primary_purpose", "allocation"),
                "intervention_model",
                "intervention_model_description",
                "masking",
                "who_masked",
                "masking_description",
                ("centres", "site_count"),
                "design_note",
            ]
        },
    ),
    (
        "Who may enter",
        {
            "description": "The criteria themselves are a list further down.",
            "fields": [
                ("min_age_value", "min_age_unit"),
                ("max_age_value", "max_age_unit"),
                ("sex", "healthy_volunteers"),
                "gender_based",
                "gender_description",
            ],
        },
    ),
    (
        "Enrolment",
        {"fields": [("enrollment_count", "enrollment_type"), "enrollment_conditional_max", "enrollment_note"]},
    ),
    (
        "Texts",
        {"fields": ["brief_summary", "detailed_description", "objectives", "safety_rules", "cohort_plan"]},
    ),
    (
        "Oversight",
        {"fields": ["has_dmc", ("is_fda_regulated_drug", "is_fda_regulated_device"), "ipd_sharing"]},
    ),
    (
        "Publication",
        {"fields": ["slug", "state", ("first_posted", "last_update_posted"), ("created", "updated")]},
    ),
]


@admin.register(Trial)
class TrialAdmin(EditedTrial):
    form = TrialForm
    fieldsets = FIELDSETS
    readonly_fields = ("created", "updated")
    kinds = {
        "our_wording": partial(
            TickedField, choices=lambda: worded_names().items(), tells="Tick the texts that are in our own words."
        ),
        "who_masked": partial(TickedField, choices=WhoMasked.choices),
    }

    list_display = ("name", "status", "phase", "state", "lead_registration", "cell_types", "updated")
    list_filter = (
        "state",
        filters.StatusFilter,
        filters.PhaseFilter,
        filters.StudyTypeFilter,
        filters.CellTypeFilter,
        filters.AreaFilter,
        filters.ConditionFilter,
        filters.SponsorClassFilter,
        filters.FlagFilter,
        ("updated", admin.DateFieldListFilter),
        filters.TissueFilter,
        filters.DonorFilter,
        filters.TargetFilter,
        filters.RouteFilter,
        filters.OrganisationFilter,
        filters.UnmappedFilter,
    )
    # Not looked in one by one: see `get_search_results`.
    search_fields = ("slug",)
    search_help_text = "A registry number or its beginning, an address, an acronym or words of a title."
    ordering = ("-updated", "-pk")
    actions = (send_to_review, publish, withdraw, add_term, take_term, accept)
    delete_confirmation_template = "admin/trials/trial/timeline_delete.html"
    delete_selected_confirmation_template = "admin/trials/trial/timeline_delete_selected.html"

    def has_edit_conditions_permission(self, request: HttpRequest) -> bool:
        return bulk.may_edit_conditions(request)

    def has_review_permission(self, request: HttpRequest) -> bool:
        return bulk.may_review(request)

    # The list --------------------------------------------------------------------------------------------------

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return TrialList

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> Any:
        text = search_term.replace("\x00", "").strip()
        return within(queryset, trials_meant(text)) if text else queryset, False

    @admin.display(description="Trial", ordering="title")
    def name(self, trial: Trial) -> str:
        title = trial.display_title or trial.title
        title = title if len(title) <= 90 else f"{title[:89]}…"
        return f"{trial.acronym}: {title}" if trial.acronym and trial.acronym not in title else title

    @admin.display(description="Lead registration", ordering="slug")
    def lead_registration(self, trial: Any) -> str:
        """The leading document's number, else any other of the trial's, else the document itself."""
        rows = trial.fetched_registrations
        return next((row.number for row in rows if row.number), rows[0].document if rows else "")

    @admin.display(description="Cell types")
    def cell_types(self, trial: Any) -> str:
        labels = [term.label for product in trial.fetched_products for term in product.cell_types.all()]
        return ", ".join(dict.fromkeys(labels))

    # The form --------------------------------------------------------------------------------------------------

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        # A trial made by hand starts as a draft.
        return self.readonly_fields if obj else (*self.readonly_fields, "state")

    def has_publish_permission(self, request: HttpRequest) -> bool:
        """Who may decide what the public sees."""
        return may_publish(request.user)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        form.is_publisher = may_publish(request.user)
        return form

    def view_on_site(self, obj: Trial) -> str | None:
        """Only what is published has a public page."""
        return obj.get_absolute_url() if obj.state == State.PUBLISHED else None

    def get_inlines(self, request: HttpRequest, obj: Any) -> list[type[RowInline]]:  # type: ignore[override]
        """The lists to edit here: all that are not too long; of a page that was sent, those that it held."""
        if request.method == "POST":
            return [inline for name, inline in LISTS.items() if f"{name}-TOTAL_FORMS" in request.POST]
        held = short_lists(list_sizes(obj)) if obj else set(LISTS)
        return [inline for name, inline in LISTS.items() if name in held]

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        trial = kwargs.get("obj")
        context |= suggestions()
        if trial is not None:
            context["lists"] = self._lists(request, trial, context)
            if self.has_change_permission(request, trial):
                context["previews"] = previews_of(trial)
        return super().render_change_form(request, context, *args, **kwargs)

    def _lists(self, request: HttpRequest, trial: Trial, context: Any) -> list[dict[str, Any]]:
        """Each list that the editor may see: its words, size, address, and whether it is on this page or locked."""
        shown = {formset.formset.prefix for formset in context["inline_admin_formsets"]}
        locked = set(trial.locks.values_list("name", flat=True))
        sizes = list_sizes(trial)
        lists = []
        for name, inline_class in LISTS.items():
            inline = inline_class(Trial, self.admin_site)
            if inline.has_view_or_change_permission(request, trial):
                address = reverse("admin:trials_trial_rows", args=[trial.pk, name])
                words = capfirst(str(inline.verbose_name_plural))
                found = {"name": name, "words": words, "size": sizes[name], "url": address, "here": name in shown}
                lists.append(found | {"locked": name in locked})
        return lists

    def changeform_view(
        self, request: HttpRequest, object_id: Any = None, form_url: str = "", extra_context: Any = None
    ) -> Any:
        if request.method == "POST" and object_id is not None and REVOKE in request.POST:
            trial = self.get_object(request, unquote(object_id))
            if trial is not None and self.has_change_permission(request, trial):
                revoke_link(self, request, trial)
        return super().changeform_view(request, object_id, form_url, extra_context)

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        if MAKE in request.POST:
            return make_link(self, request, obj)
        return back_to(obj) if REVOKE in request.POST else super().response_change(request, obj)

    def save_trial(self, request: HttpRequest, obj: Trial, form: Any, change: bool) -> None:
        wanted = obj.slug
        if change and "slug" in form.changed_data:
            obj.slug = form.initial["slug"]
        super().save_trial(request, obj, form, change)
        rename_slug(obj, wanted)

    # Pages of their own ----------------------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern | URLResolver]:  # type: ignore[override]
        view = self.admin_site.admin_view(self.rows_view)
        locks = self.admin_site.admin_view(self.locks_view)
        restore = self.admin_site.admin_view(self.restore_view)
        deleted = self.admin_site.admin_view(self.deleted_view)
        return [
            *addresses(),
            path("deleted/", deleted, name="trials_trial_deleted"),
            path("<path:object_id>/history/<int:moment>/", restore, name="trials_trial_restore"),
            *sheet_urls(self),
            path("<path:object_id>/rows/<str:name>/", view, name="trials_trial_rows"),
            path("<path:object_id>/locks/", locks, name="trials_trial_locks"),
            *super().get_urls(),
        ]

    def rows_view(self, request: HttpRequest, object_id: str, name: str) -> HttpResponse:
        """One list of a trial on a page of its own."""
        if name not in LISTS:
            raise Http404(f"A trial has no list called {name}.")
        return RowsPage(LISTS[name], self.admin_site).change_view(request, object_id)

    def locks_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """What editors own of a trial, beside what the registry says."""
        return locks_page(self, request, object_id)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """All that happened to a trial: what people did and what registries changed."""
        return timeline_page(self, request, object_id)

    def restore_view(self, request: HttpRequest, object_id: str, moment: int) -> HttpResponse:
        """What restoring from the history would change, and restoring it."""
        return restore_page(self, request, object_id, moment)

    def deleted_view(self, request: HttpRequest) -> HttpResponse:
        """The deleted trials and the way back."""
        return deleted_page(self, request)

    # Deleting --------------------------------------------------------------------------------------------------

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        trials = objs if isinstance(objs, QuerySet) else Trial.objects.filter(pk__in=[trial.pk for trial in objs])
        shown, counted = consequences(trials)
        return shown, counted, set(), []

    def delete_model(self, request: HttpRequest, obj: Trial) -> None:
        delete_trials(Trial.objects.filter(pk=obj.pk), request.user, why_of(request))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Trial]) -> None:
        delete_trials(queryset, request.user, why_of(request))
