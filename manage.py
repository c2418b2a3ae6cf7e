#!/usr/bin/env python
"""Django's command line for the catalogue."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "catalogue.settings")
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        # Settings explain themselves; a traceback would bury the explanation.
        if "--traceback" in sys.argv:
            raise
        sys.exit(str(error))
