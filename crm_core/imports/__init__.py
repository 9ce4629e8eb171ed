"""Real data in: people's own files, and two public data sets to begin with."""

from crm_core.imports.checking import Check, check
from crm_core.imports.crm_sales import import_crm_sales
from crm_core.imports.files import is_table
from crm_core.imports.northwind import import_northwind
from crm_core.imports.report import Counts, Problem, Report
from crm_core.imports.shapes import KINDS, Kind
from crm_core.imports.tables import import_table, recognise

__all__ = [
    "KINDS",
    "Check",
    "Counts",
    "Kind",
    "Problem",
    "Report",
    "check",
    "import_crm_sales",
    "import_northwind",
    "import_table",
    "is_table",
    "recognise",
]
