"""What can be measured, and how it is summed up."""

from enum import StrEnum


class Metric(StrEnum):
    REVENUE = "revenue"
    ORDERS = "orders"
    AVERAGE_ORDER_VALUE = "average_order_value"
    UNITS = "units"
    CUSTOMERS = "customers"
    NEW_CUSTOMERS = "new_customers"
    ACTIVE_CUSTOMERS = "active_customers"
    RETENTION_RATE = "retention_rate"
    CHURN_RATE = "churn_rate"
    PIPELINE_VALUE = "pipeline_value"
    DEALS = "deals"
    DEALS_WON = "deals_won"
    WIN_RATE = "win_rate"
    SALES_CYCLE = "sales_cycle"
    TICKETS = "tickets"
    FIRST_RESPONSE_TIME = "first_response_time"
    RESOLUTION_TIME = "resolution_time"
    SLA_ATTAINMENT = "sla_attainment"
    SATISFACTION = "satisfaction"


class Statistic(StrEnum):
    """What is made of many values. Variance and deviation are those of a sample (n - 1)."""

    SUM = "sum"
    COUNT = "count"
    MEAN = "mean"
    MEDIAN = "median"
    VARIANCE = "variance"
    STD = "std"
    MIN = "min"
    MAX = "max"


class Dimension(StrEnum):
    """What values are grouped by. The first five are steps of time."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    SEGMENT = "segment"
    CATEGORY = "category"
    PRODUCT = "product"
    COUNTRY = "country"
    CITY = "city"
    OWNER = "owner"
    STAGE = "stage"
    PRIORITY = "priority"
    STATUS = "status"
    KIND = "kind"
