"""How this app's long work is called in the interface, and what is shown when it has ended."""

from django.utils.translation import gettext_lazy as _

from companies.actions.duplicates import MERGE, SEARCH, UNDO
from companies.actions.imports import CHECK, REVERT, RUN
from core.jobs import describe

IMPORT = "companies/job_import.html"
describe(CHECK, _("Dry run of an import"), template=IMPORT)
describe(RUN, _("Import of companies"), template=IMPORT)
describe(REVERT, _("Taking an import back"), template=IMPORT)
describe(SEARCH, _("Search for duplicates"), template="companies/job_duplicates.html")
describe(MERGE, _("Merging two companies"), template="companies/job_merge.html", stoppable=False)
describe(UNDO, _("Undoing a merge"), template="companies/job_merge.html", stoppable=False)
