"""What `/metrics` shows: heard, handled, sent, refused, waiting, and their times."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Metrics:
    """Implements `services.messaging.watch.Watch`. One an app, so that tests do not share it."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._heard = Counter(
            "domovoy_heard", "Inbound, by channel and happening", ["channel", "happening"],
            registry=self.registry,
        )  # fmt: skip
        self._handled = Counter(
            "domovoy_handled", "Handled inbound, by outcome", ["outcome"], registry=self.registry
        )
        self._sent = Counter(
            "domovoy_sent", "Sent rows, by channel and kind", ["channel", "kind"],
            registry=self.registry,
        )  # fmt: skip
        self._refused = Counter(
            "domovoy_refused", "Rows that did not arrive, by reason", ["channel", "reason"],
            registry=self.registry,
        )  # fmt: skip
        self._seconds = Histogram(
            "domovoy_seconds", "Time of a step", ["step", "detail"], buckets=BUCKETS,
            registry=self.registry,
        )  # fmt: skip
        self.waiting = Gauge(
            "domovoy_waiting", "Rows that wait, by queue", ["queue"], registry=self.registry
        )
        self.set_aside = Gauge(
            "domovoy_set_aside", "Inbound nobody could handle", registry=self.registry
        )
        self.oldest = Gauge(
            "domovoy_oldest_seconds", "Age of the oldest row somebody waits for, by queue",
            ["queue"], registry=self.registry,
        )  # fmt: skip
        self.rooms_in_trouble = Gauge(
            "domovoy_rooms_in_trouble", "Staff groups that do not let us write or hear",
            registry=self.registry,
        )  # fmt: skip
        self.disk_free = Gauge(
            "domovoy_disk_free_bytes", "Free space where data lies", registry=self.registry
        )
        self.database_up = Gauge(
            "domovoy_database_up", "1 while the database answers", registry=self.registry
        )
        self._drafts = Counter(
            "domovoy_drafts", "Drafts by the outside machine, by outcome", ["outcome"],
            registry=self.registry,
        )  # fmt: skip
        self.outside_up = Gauge(
            "domovoy_outside_up", "1 while an outside machine answers", ["name"],
            registry=self.registry,
        )  # fmt: skip
        self.channel_up = Gauge(
            "domovoy_channel_up", "1 while a channel works", ["channel"], registry=self.registry
        )

    def count_heard(self, channel: str, happening: str) -> None:
        self._heard.labels(channel, happening).inc()

    def count_handled(self, outcome: str) -> None:
        self._handled.labels(outcome).inc()

    def count_sent(self, channel: str, kind: str) -> None:
        self._sent.labels(channel, kind).inc()

    def count_refused(self, channel: str, reason: str) -> None:
        self._refused.labels(channel, reason).inc()

    def count_draft(self, outcome: str) -> None:
        self._drafts.labels(outcome).inc()

    @contextmanager
    def timing(self, step: str, detail: str) -> Iterator[None]:
        start = time.perf_counter()
        try:
            yield
        finally:
            self._seconds.labels(step, detail).observe(time.perf_counter() - start)

    def render(self) -> bytes:
        return generate_latest(self.registry)
