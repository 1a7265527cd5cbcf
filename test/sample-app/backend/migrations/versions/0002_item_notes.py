from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade():
    op.execute("ALTER TABLE items ADD COLUMN note text")  # the old version neither reads nor misses it: both can run at once


def downgrade():
    op.execute("ALTER TABLE items DROP COLUMN note")
