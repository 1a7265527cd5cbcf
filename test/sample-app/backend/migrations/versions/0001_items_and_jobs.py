from alembic import op

revision = "0001"
down_revision = None


def upgrade():
    op.execute("CREATE TABLE items (id bigserial PRIMARY KEY, name text NOT NULL)")
    op.execute("CREATE TABLE jobs (id bigserial PRIMARY KEY, seconds double precision NOT NULL, enqueued_at timestamptz NOT NULL DEFAULT now())")
    op.execute(
        "CREATE TABLE job_runs (id bigserial PRIMARY KEY, job_id bigint NOT NULL REFERENCES jobs, worker text NOT NULL, version text NOT NULL,"
        " started_at timestamptz NOT NULL DEFAULT now(), ended_at timestamptz)"
    )


def downgrade():
    op.execute("DROP TABLE job_runs, jobs, items")
