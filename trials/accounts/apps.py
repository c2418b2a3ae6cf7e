"""The Django admin with the catalogue's own site in place of the stock one."""

from __future__ import annotations

from django.contrib.admin import apps


class CatalogueAdminConfig(apps.AdminConfig):
    default_site = "trials.accounts.site.CatalogueSite"

    def ready(self) -> None:
        super().ready()
        from trials.accounts import signins

        signins.listen()
