"""The network as it is trained: scaling of the input, what is trained beside it, the moving average."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.inference.network import MEAN, STD, run
from marrowdesk.training.adversary import make_adversary

if TYPE_CHECKING:
    import torch

    from marrowdesk.training.distributed import Group


class Learned(NamedTuple):
    """What a learner gives for N images, all float32.

    Attributes:
        logits: (N, K).
        followed: (N, T), what follows the teacher's features; None without a teacher.
        said: (N, S), logits of the adversary over the sources; None without one.
    """

    logits: torch.Tensor
    followed: torch.Tensor | None
    said: torch.Tensor | None


def make_learner(
    network: torch.nn.Module, targets: int, dtype: torch.dtype, sources: int = 0
) -> torch.nn.Module:
    """Put a network behind the scaling of its input, and beside it what else learns from its features.

    Args:
        network: gives features, their mean and logits, see :func:`marrowdesk.inference.network.run`.
        targets: length of the teacher's features; 0 without a teacher.
        dtype: format that the network computes in.
        sources: how many sources an adversary tells apart; 0 for no adversary.

    Returns:
        Module of (N, S, S, 3) uint8 images, and the adversary's strength, that gives :class:`Learned`. Its
        parts are ``network``, ``follow`` and ``adversary``.
    """
    import torch

    class Learner(torch.nn.Module):
        """The network and what is trained beside it."""

        def __init__(self) -> None:
            super().__init__()
            self.network = network
            width = int(network.num_features)  # type: ignore[arg-type]
            self.follow = torch.nn.Linear(width, max(1, targets), bias=False)
            # Without a teacher nothing flows through it; several processes would wait for its gradient.
            self.follow.requires_grad_(targets > 0)
            self.adversary = make_adversary(width, sources) if sources else None
            for name, value in (("mean", MEAN), ("std", STD)):
                self.register_buffer(name, torch.tensor(value).view(1, 3, 1, 1), persistent=False)

        def forward(self, images: torch.Tensor, against: float = 0.0) -> Learned:
            pixels = (images.permute(0, 3, 1, 2).float() / 255 - self.mean) / self.std
            pixels = pixels.contiguous(memory_format=torch.channels_last)
            with torch.autocast(images.device.type, dtype, enabled=dtype is not torch.float32):
                outputs = run(self.network, pixels)
            pooled = outputs.pooled.float()
            followed = self.follow(pooled) if targets else None
            said = self.adversary(pooled, against) if self.adversary is not None else None
            return Learned(outputs.logits.float(), followed, said)

    return Learner()


def shared(learner: torch.nn.Module, group: Group) -> torch.nn.Module:
    """Let the processes of a group average their gradients; alone, give the learner as it is."""
    if group.size == 1:
        return learner
    from torch.nn.parallel import DistributedDataParallel

    own = None if group.device == "cpu" else [int(group.device.rpartition(":")[2])]
    return DistributedDataParallel(learner, device_ids=own)


def synchronised(network: torch.nn.Module, group: Group) -> torch.nn.Module:
    """Let the network's batch norms take their statistics over all processes (Peng et al. 2018).

    Raises:
        MarrowdeskError: the processes are not on GPUs: PyTorch has such norms on CUDA only.
    """
    if group.device == "cpu":
        raise MarrowdeskError(
            "Batch statistics are shared between GPUs only.", "Train without --sync-norm on the CPU."
        )
    from timm.layers import convert_sync_batchnorm

    # PyTorch's own conversion would lose the activation that timm's norms carry.
    converted: torch.nn.Module = convert_sync_batchnorm(network)
    return converted


def statistics(network: torch.nn.Module) -> list[torch.Tensor]:
    """List the running statistics of the network's norms, which each process has of its own part."""
    return [each for each in network.buffers() if each.is_floating_point()]


def parameter_groups(learner: torch.nn.Module, decay: float) -> list[dict[str, Any]]:
    """Give weight decay to matrices and kernels only, not to biases and norms."""
    values = list(learner.parameters())
    return [
        {"params": [each for each in values if each.ndim > 1], "weight_decay": decay},
        {"params": [each for each in values if each.ndim <= 1], "weight_decay": 0.0},
    ]


class MovingAverage:
    """Keeps the moving average of a network's weights and running statistics (Polyak and Juditsky 1992).

    Args:
        network: the network that is trained.
        average: one of the same make, which becomes the average.
        decay: how much of the average a step leaves; less in the first steps.
    """

    def __init__(self, network: torch.nn.Module, average: torch.nn.Module, decay: float) -> None:
        self._decay = decay
        current, kept = network.state_dict(), average.state_dict()
        pairs = [(kept[name], current[name]) for name in kept]
        self._floats = [pair for pair in pairs if pair[0].is_floating_point()]
        self._counts = [pair for pair in pairs if not pair[0].is_floating_point()]

    def follow(self, step: int) -> None:
        """Move towards the network as it is after ``step``."""
        import torch

        decay = min(self._decay, (1 + step) / (10 + step))
        kept, current = [list(each) for each in zip(*self._floats, strict=True)]
        torch._foreach_lerp_(kept, current, 1 - decay)
        for count, now in self._counts:
            count.copy_(now)
