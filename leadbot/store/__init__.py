"""The database: what was heard, what was decided, what shall leave. Nothing else of leadbot speaks SQL."""

from __future__ import annotations

from leadbot.ports import Clock
from leadbot.store.alarms import Alarms
from leadbot.store.brake import Brake
from leadbot.store.brand_log import BrandLog
from leadbot.store.brands import Brands
from leadbot.store.checks import Checks
from leadbot.store.chores import Chores
from leadbot.store.crm import Crm
from leadbot.store.database import Database, open_database
from leadbot.store.desk import Desk
from leadbot.store.desk_access import DeskAccess
from leadbot.store.desk_queue import DeskQueue
from leadbot.store.desk_story import DeskStories
from leadbot.store.desk_talk import DeskTalk
from leadbot.store.drafts import Drafts
from leadbot.store.inbox import InboxTable
from leadbot.store.outbox import Outbox
from leadbot.store.own_posts import OwnPosts
from leadbot.store.past import PastPosts
from leadbot.store.playbooks import Playbooks
from leadbot.store.queries import Queries
from leadbot.store.retention import Retention
from leadbot.store.routes import Routes
from leadbot.store.signal import Signal
from leadbot.store.spend import Spend
from leadbot.store.suppressions import Suppressions
from leadbot.store.traces import Traces
from leadbot.store.vetoes import Vetoes
from leadbot.store.work import Work

__all__ = ["Database", "Store", "open_database"]


class Store:
    """All rooms of the store on one open database.

    heard and decided tell when there is work for engine and relay.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self.database = database
        self.heard = Signal()
        self.decided = Signal()
        self.inbox = InboxTable(database, clock, self.heard)
        self.work = Work(database)
        self.outbox = Outbox(database)
        self.own_posts = OwnPosts(database)
        self.drafts = Drafts(database, clock, self.decided, self.heard)
        self.crm = Crm(database, clock, self.heard)
        self.desk = Desk(database, clock, self.heard)
        self.routes = Routes(database, clock, self.decided)
        self.desk_access = DeskAccess(database)
        self.desk_queue = DeskQueue(database)
        self.desk_stories = DeskStories(database)
        self.desk_talk = DeskTalk(database, clock, self.decided, self.heard)
        self.brands = Brands(database, clock, self.decided)
        self.brake = Brake(database, clock, self.decided, self.heard)
        self.vetoes = Vetoes(database, clock, self.heard)
        self.brand_log = BrandLog(database)
        self.playbooks = Playbooks(database, clock)
        self.spend = Spend(database)
        self.queries = Queries(database, clock)
        self.traces = Traces(database)
        self.past = PastPosts(database)
        self.alarms = Alarms(database, clock)
        self.suppressions = Suppressions(database, clock, self.heard)
        self.checks = Checks(database, self.heard)
        self.chores = Chores(database)
        self.retention = Retention(database)

    def close(self) -> None:
        """Close the database."""
        self.database.close()
