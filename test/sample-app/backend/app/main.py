"""The HTTP side of the sample app."""

import asyncio
import json

import sqlalchemy
from fastapi import FastAPI, HTTPException
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import BaseModel

from . import knobs
from .behaviour import Behaviour
from .parts import database_answers, engine, redis_answers, state_of, worker_answers
from .worker import work

app = FastAPI()
app.add_middleware(Behaviour)
knobs.schedule_crash()


class NewItem(BaseModel):
    name: str


class NewJob(BaseModel):
    seconds: float


@app.get("/api/health")
def health():
    parts = {"database": state_of(database_answers), "redis": state_of(redis_answers), "celery": state_of(worker_answers)}
    healthy = not knobs.ailing() and all(state == "connected" for state in parts.values())
    body = {"status": "healthy" if healthy else "unhealthy", "version": knobs.VERSION, **parts}
    return JSONResponse(body, status_code=200 if healthy else 503)


@app.get("/api/version")
async def version():
    return JSONResponse({"version": knobs.VERSION})


@app.get("/api/items")
def items():
    with engine.connect() as connection:
        rows = connection.execute(sqlalchemy.text("SELECT id, name FROM items ORDER BY id DESC LIMIT 20")).mappings()
        return {"version": knobs.VERSION, "items": [dict(row) for row in rows]}


@app.post("/api/items", status_code=201)
def add_item(item: NewItem):
    with engine.begin() as connection:
        added = connection.execute(sqlalchemy.text("INSERT INTO items (name) VALUES (:name) RETURNING id"), {"name": item.name})
        return {"version": knobs.VERSION, "id": added.scalar_one()}


@app.post("/api/jobs", status_code=202)
def add_job(job: NewJob):
    with engine.begin() as connection:
        added = connection.execute(sqlalchemy.text("INSERT INTO jobs (seconds) VALUES (:seconds) RETURNING id"), {"seconds": job.seconds})
        job_id = added.scalar_one()
    work.delay(job_id, job.seconds)
    return {"version": knobs.VERSION, "id": job_id}


@app.get("/api/jobs")
def jobs():
    """Each job with its runs: none ended is a lost job, two are a doubled one."""
    query = """
        SELECT jobs.id, count(job_runs.id) AS started, count(job_runs.ended_at) AS ended,
               coalesce(array_agg(job_runs.version) FILTER (WHERE job_runs.id IS NOT NULL), '{}') AS versions
        FROM jobs LEFT JOIN job_runs ON job_runs.job_id = jobs.id GROUP BY jobs.id ORDER BY jobs.id"""
    with engine.connect() as connection:
        return {"version": knobs.VERSION, "jobs": [dict(row) for row in connection.execute(sqlalchemy.text(query)).mappings()]}


@app.get("/api/hold")
async def hold(seconds: float):
    await asyncio.sleep(bounded(seconds))
    return {"version": knobs.VERSION, "held": seconds}


@app.get("/api/stream")
async def stream(seconds: float):
    """Server-sent events, one per 100 ms; the last one says how many there were, so a reader can tell an end from a cut."""
    chunks = round(bounded(seconds) * 10)

    async def events():
        for number in range(chunks):
            yield f"data: {json.dumps({'version': knobs.VERSION, 'number': number})}\n\n"
            await asyncio.sleep(0.1)
        yield f"data: {json.dumps({'version': knobs.VERSION, 'end': chunks})}\n\n"

    return StreamingResponse(events(), media_type="text/event-stream")


def bounded(seconds):
    if not 0 <= seconds <= 600:
        raise HTTPException(422, "seconds must be between 0 and 600")
    return seconds
