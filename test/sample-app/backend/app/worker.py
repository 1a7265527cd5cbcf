"""The Celery side: a task that leaves a trace of every start and end, so that a lost or doubled job can be proven."""

import os
import socket
import threading
import time

import sqlalchemy
from celery import Celery
from celery.signals import worker_process_init, worker_ready, worker_shutdown

from . import knobs
from .parts import WORKERS, cache, engine

celery = Celery("sample", broker=os.environ.get("REDIS_URL", "redis://redis:6379/0"))
celery.conf.update(
    task_ignore_result=True,
    task_acks_late=True,
    worker_prefetch_multiplier=1,
    broker_connection_retry_on_startup=True,
    broker_transport_options={"visibility_timeout": 60},
)


@celery.task(name="work")
def work(job_id, duration):
    with engine.begin() as connection:
        run_id = connection.execute(
            sqlalchemy.text("INSERT INTO job_runs (job_id, worker, version) VALUES (:job, :worker, :version) RETURNING id"),
            {"job": job_id, "worker": socket.gethostname(), "version": knobs.VERSION},
        ).scalar_one()
    time.sleep(duration)
    with engine.begin() as connection:
        connection.execute(sqlalchemy.text("UPDATE job_runs SET ended_at = now() WHERE id = :run"), {"run": run_id})


@worker_process_init.connect
def forget_inherited_connections(**_):
    engine.dispose(close=False)


@worker_ready.connect
def note_life_signs(**_):
    def note():
        while True:
            try:
                cache.zadd(WORKERS, {socket.gethostname(): time.time()})
            except Exception:
                pass  # Redis may be away for a while; the health endpoint tells that
            time.sleep(1)

    threading.Thread(target=note, daemon=True).start()


@worker_shutdown.connect
def stop_life_signs(**_):
    cache.zrem(WORKERS, socket.gethostname())


if knobs.switched_on("WORKER_BROKEN"):
    worker_ready.connect(lambda **_: os._exit(3), weak=False)
