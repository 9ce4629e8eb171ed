"""Reports: metric × statistic × dimension × period × filters, asked of the database."""

from crm_core.reports.measures import MEASURES, Each, Measure, Unit
from crm_core.reports.queries import Filters, Query
from crm_core.reports.running import Report, Row, Series, run, takes_long
from crm_core.reports.timeline import STEPS, before, following

__all__ = [
    "MEASURES",
    "STEPS",
    "Each",
    "Filters",
    "Measure",
    "Query",
    "Report",
    "Row",
    "Series",
    "Unit",
    "before",
    "following",
    "run",
    "takes_long",
]
