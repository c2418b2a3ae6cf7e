"""Editing in the Django admin.

`FixtureFile` and `FixtureRow` are not here: they are the loader's own memory of what it wrote, and an edit would make
it overwrite an editor's work or keep a stale row.
"""

from django.contrib import admin

from trials.admin.accounts import AccountAdmin, RoleAdmin
from trials.admin.audit import AuditEntryAdmin
from trials.admin.flags import FlagAdmin
from trials.admin.former_slug import FormerSlugAdmin
from trials.admin.imports import ChangeAdmin, ImportRunAdmin, RawRecordAdmin
from trials.admin.matching import MatchDecisionAdmin, MatchSuggestionAdmin
from trials.admin.organisation import OrganisationAdmin
from trials.admin.owning import EditAdmin, LockAdmin
from trials.admin.schedules import ScheduledFetchAdmin
from trials.admin.trial import TrialAdmin
from trials.admin.unmapped import TrialConditionAdmin
from trials.admin.uploads import JobAdmin
from trials.admin.vocabulary import (
    AreaAdmin,
    CellTypeAdmin,
    ConditionAdmin,
    CueAdmin,
    DonorRelationAdmin,
    KnownProductAdmin,
    RouteAdmin,
    TargetAdmin,
    TissueSourceAdmin,
)

admin.site.site_header = "Cell-therapy trial catalogue"
admin.site.site_title = "Cell-therapy trial catalogue"
admin.site.index_title = "Editing"
# A dozen models need no second menu; forms and lists need the width.
admin.site.enable_nav_sidebar = False

__all__ = [
    "AccountAdmin",
    "AreaAdmin",
    "AuditEntryAdmin",
    "CellTypeAdmin",
    "ChangeAdmin",
    "ConditionAdmin",
    "CueAdmin",
    "DonorRelationAdmin",
    "EditAdmin",
    "FlagAdmin",
    "FormerSlugAdmin",
    "ImportRunAdmin",
    "JobAdmin",
    "KnownProductAdmin",
    "LockAdmin",
    "MatchDecisionAdmin",
    "MatchSuggestionAdmin",
    "OrganisationAdmin",
    "RawRecordAdmin",
    "RoleAdmin",
    "RouteAdmin",
    "ScheduledFetchAdmin",
    "TargetAdmin",
    "TissueSourceAdmin",
    "TrialAdmin",
    "TrialConditionAdmin",
]
