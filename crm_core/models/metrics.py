"""What can be measured."""

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
