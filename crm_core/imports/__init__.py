"""Real data in: people's own files, and two public data sets to begin with."""

from crm_core.imports.report import Counts, Problem, Report
from crm_core.imports.shapes import Kind
from crm_core.imports.tables import import_table, recognise

__all__ = ["Counts", "Kind", "Problem", "Report", "import_table", "recognise"]
