"""By the clocks of Sweden, which late in the evening are a day ahead of UTC."""

from __future__ import annotations

from datetime import datetime


def in_sweden(moment: datetime) -> datetime:
    """A moment by the clocks of Sweden."""
    from zoneinfo import ZoneInfo

    return moment.astimezone(ZoneInfo("Europe/Stockholm"))
