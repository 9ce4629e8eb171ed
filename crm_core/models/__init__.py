"""The tables, one file a noun."""

from crm_core.models.activities import Activity, ActivityKind
from crm_core.models.alerts import (
    Alert,
    AlertKind,
    AlertOutcome,
    AlertStatus,
    FittedModel,
    ModelName,
    Score,
)
from crm_core.models.base import Base, Record, Row
from crm_core.models.campaigns import Campaign, CampaignMember, CampaignStatus, Objective
from crm_core.models.changes import Change, ChangeKind
from crm_core.models.chat import (
    Conversation,
    Delivery,
    InboxEvent,
    InboxStatus,
    OutboxStatus,
    StoredCommand,
)
from crm_core.models.customers import Contact, Customer, Segment
from crm_core.models.deals import Deal, Stage
from crm_core.models.errands import Errand, ErrandStatus
from crm_core.models.files import StoredFile
from crm_core.models.findings import BasketRule, Cluster, ProductWeight
from crm_core.models.jobs import JobRun, Lease, RunStatus
from crm_core.models.metrics import Dimension, Metric, Statistic
from crm_core.models.notifications import Notification, NotificationStatus, Subscription
from crm_core.models.orders import Order, OrderLine, OrderStatus
from crm_core.models.products import Product
from crm_core.models.tasks import Task
from crm_core.models.tickets import (
    Priority,
    Ticket,
    TicketFile,
    TicketMessage,
    TicketStatus,
    TicketTopic,
    Visibility,
)
from crm_core.models.users import ChatIdentity, Language, LinkCode, Role, User

__all__ = [
    "Activity",
    "ActivityKind",
    "Alert",
    "AlertKind",
    "AlertOutcome",
    "AlertStatus",
    "Base",
    "BasketRule",
    "Campaign",
    "CampaignMember",
    "CampaignStatus",
    "Change",
    "ChangeKind",
    "ChatIdentity",
    "Cluster",
    "Contact",
    "Conversation",
    "Customer",
    "Deal",
    "Delivery",
    "Dimension",
    "Errand",
    "ErrandStatus",
    "FittedModel",
    "InboxEvent",
    "InboxStatus",
    "JobRun",
    "Language",
    "Lease",
    "LinkCode",
    "Metric",
    "ModelName",
    "Notification",
    "NotificationStatus",
    "Objective",
    "Order",
    "OrderLine",
    "OrderStatus",
    "OutboxStatus",
    "Priority",
    "Product",
    "ProductWeight",
    "Record",
    "Role",
    "Row",
    "RunStatus",
    "Score",
    "Segment",
    "Stage",
    "Statistic",
    "StoredCommand",
    "StoredFile",
    "Subscription",
    "Task",
    "Ticket",
    "TicketFile",
    "TicketMessage",
    "TicketStatus",
    "TicketTopic",
    "User",
    "Visibility",
]
