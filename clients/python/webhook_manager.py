"""Publishes webhook events inside a PostgreSQL transaction.

    webhook_manager = WebhookManager(db_pool)
    await webhook_manager.trigger_event(org_id=org_id, event="user.created", data={"user_id": user_id})

The pool is one of asyncpg (asyncpg.create_pool) or psycopg 3 (psycopg_pool.AsyncConnectionPool) to the database of the webhooks, whose
user is a member of the role webhooks_publisher. With `connection`, the event is part of that connection's transaction: it is accepted if
and only if the transaction commits. Without, it is accepted when the call returns.

What cannot be accepted raises the driver's error (asyncpg.PostgresError, psycopg.Error) with SQLSTATE WH001 (the id is that of another
event), WH003 (the organization was erased) or WH004 (a field cannot be used), and ends the transaction.
"""

import datetime
import json
import uuid

_FIELDS = {
    "org_id": "uuid",
    "event": "text",
    "data": "jsonb",
    "id": "text",
    "timestamp": "timestamptz",
    "traceparent": "text",
    "deliver_at": "timestamptz",
    "ordering_key": "text",
}


def _sql(placeholder):
    # Data come as text, whatever codec the application has set for jsonb.
    arguments = (
        f'"{name}" => {placeholder(place)}{"::text" if kind == "jsonb" else ""}::{kind}'
        for place, (name, kind) in enumerate(_FIELDS.items(), start=1)
    )
    return f"SELECT publish_webhook_event({', '.join(arguments)})"


_ASYNCPG = _sql(lambda place: f"${place}")
_PSYCOPG = _sql(lambda _: "%s")


def _to_json(value):
    if isinstance(value, (uuid.UUID, datetime.date, datetime.time)):
        return str(value) if isinstance(value, uuid.UUID) else value.isoformat()
    raise TypeError(f"{type(value).__name__} cannot stand in an event's data; make it a string or a number")


class WebhookManager:
    """Publishes events through a pool of connections."""

    def __init__(self, db_pool):
        self._pool = db_pool

    async def trigger_event(
        self,
        *,
        org_id,
        event,
        data,
        id=None,
        timestamp=None,
        traceparent=None,
        deliver_at=None,
        ordering_key=None,
        connection=None,
    ):
        """Publishes an event and returns its id, a UUID, which receivers see as webhook-id.

        org_id        the organization whose webhooks get it: a UUID, or its text
        event         the event type, as in "user.created"
        data          what happened: a dict of what JSON can hold, UUIDs, dates and times
        id            the idempotency key: the same event again under it makes no second delivery, for 7 days
        timestamp     when it happened, a datetime with a time zone; now by default
        traceparent   the W3C trace context of what the caller is doing
        deliver_at    when the first attempts are wanted, a datetime with a time zone, up to 7 days ahead
        ordering_key  the name of what has to come in order
        connection    the connection of asyncpg or psycopg whose transaction the event belongs to
        """
        for time in (timestamp, deliver_at):
            if time is not None and time.tzinfo is None:
                raise ValueError("a time needs a time zone, as datetime.now(timezone.utc) has")
        arguments = (
            str(org_id),
            event,
            json.dumps(data, ensure_ascii=False, allow_nan=False, default=_to_json),
            None if id is None else str(id),
            timestamp,
            traceparent,
            deliver_at,
            ordering_key,
        )
        if connection is not None:
            return await _publish(connection, arguments)
        take = self._pool.acquire if hasattr(self._pool, "acquire") else self._pool.connection
        async with take() as own:
            return await _publish(own, arguments)


async def _publish(connection, arguments):
    if hasattr(connection, "fetchval"):
        return await connection.fetchval(_ASYNCPG, *arguments)
    cursor = await connection.execute(_PSYCOPG, arguments)
    (event_id,) = await cursor.fetchone()
    return event_id
