"""The database and Redis, and whether they and a worker answer."""

import os
import time

import redis
import sqlalchemy

engine = sqlalchemy.create_engine(
    os.environ.get("DATABASE_URL", "postgresql://localhost/sample"),
    pool_size=4, max_overflow=4, pool_timeout=5, pool_pre_ping=True, connect_args={"connect_timeout": 3},
)
cache = redis.Redis.from_url(os.environ.get("REDIS_URL", "redis://redis:6379/0"), socket_timeout=3, socket_connect_timeout=3)

WORKERS = "sample:workers"
WORKER_SILENCE_SECONDS = 5


def database_answers():
    with engine.connect() as connection:
        connection.execute(sqlalchemy.text("SELECT 1"))
    return True


def redis_answers():
    return cache.ping()


def worker_answers():
    """A worker notes the time in a sorted set every second, which costs less than a broadcast ping with a reply queue per health check."""
    return cache.zcount(WORKERS, time.time() - WORKER_SILENCE_SECONDS, "+inf") > 0


def state_of(answers):
    try:
        return "connected" if answers() else "disconnected"
    except Exception:
        return "disconnected"
