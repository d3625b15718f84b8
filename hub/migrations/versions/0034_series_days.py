"""Series keep holidays and days with other times, what a second officer signed for, and when visits call people."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0034_series_days"
down_revision = "0032_replays"
branch_labels = None
depends_on = None

_LIMITS = {"visit_before_s": "900", "out_before_s": "3600"}
_DAY = ("from_s", "there_s", "until_s")


def upgrade() -> None:
    op.add_column(
        "pass_series", sa.Column("on_holidays", sa.Boolean(), nullable=False, server_default=sa.true())
    )
    op.add_column(
        "pass_series_people", sa.Column("signed_for", sa.String(300), nullable=False, server_default="")
    )
    for name in _DAY:
        op.add_column("pass_series_skips", sa.Column(name, sa.Integer(), nullable=True))
    for name, value in _LIMITS.items():
        op.add_column("pass_rules", sa.Column(name, sa.Integer(), nullable=False, server_default=value))


def downgrade() -> None:
    for name in _LIMITS:
        op.drop_column("pass_rules", name)
    for name in _DAY:
        op.drop_column("pass_series_skips", name)
    op.drop_column("pass_series_people", "signed_for")
    op.drop_column("pass_series", "on_holidays")
