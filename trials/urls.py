"""The public pages. These addresses are stable: others link to them."""

from django.urls import path, re_path

from trials.views.browse import browse_page
from trials.views.compare import compare_page
from trials.views.facet import facet_page
from trials.views.history import history_page
from trials.views.home import home_page
from trials.views.landscape import landscape_file, landscape_page
from trials.views.map import map_file, map_page
from trials.views.preview import preview_page
from trials.views.record import trial_page
from trials.views.robots import robots_txt
from trials.views.styleguide import styleguide_page
from trials.views.suggest import suggestions

urlpatterns = [
    path("", home_page, name="home"),
    path("robots.txt", robots_txt),
    path("styleguide/", styleguide_page, name="styleguide"),
    path("preview/<str:token>/", preview_page, name="preview"),
    path("compare/", compare_page, name="compare"),
    path("trials/", browse_page, name="browse"),
    path("trials/facets/<str:key>/", facet_page, name="facet"),
    path("trials/suggest/", suggestions, name="suggest"),
    path("landscape/", landscape_page, name="landscape"),
    re_path(r"^landscape/(?P<key>[a-z0-9-]+)\.(?P<form>svg|csv)$", landscape_file, name="landscape-file"),
    path("map/", map_page, name="map"),
    re_path(r"^map/sites\.(?P<form>svg|csv)$", map_file, name="map-file"),
    path("trials/<str:slug>/", trial_page, name="trial"),
    path("trials/<str:slug>/history/", history_page, name="trial-history"),
]
