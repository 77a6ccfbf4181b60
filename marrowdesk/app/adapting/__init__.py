"""Models adapted to this laboratory: which one proposes, the list of them, and making another one."""

from marrowdesk.app.adapting.choice import ModelChoice
from marrowdesk.app.adapting.commands import Adapting

__all__ = ["Adapting", "ModelChoice"]
