"""From the weights that are trained to those that work: masked by pruning, rounded by quantisation; and the way back."""

from __future__ import annotations

from dataclasses import dataclass, field

from snn_workload.train.quantise import Quantiser
from snn_workload.train.tensors import Params


@dataclass(frozen=True, kw_only=True)
class Treatment:
    """masks: by weight name, empty where nothing is pruned; quantiser: None where weights are floating point.

    Scales are parameters, `name:scale`.
    """

    masks: Params = field(default_factory=dict)
    quantiser: Quantiser | None = None
    names: tuple[str, ...] = ()

    def forward(self, params: Params) -> Params:
        """Parameters with the weights that work in place of those that are trained."""
        if not self.masks and self.quantiser is None:
            return params
        found = dict(params)
        for name in self.names:
            weight = params[name] * self.masks[name] if name in self.masks else params[name]
            found[name] = self.quantiser.forward(weight, params[scale_of(name)]) if self.quantiser else weight
        return found

    def backward(self, params: Params, grads: Params) -> Params:
        """Derivatives for the trained parameters, scales among them, from those for the weights that work."""
        if not self.masks and self.quantiser is None:
            return grads
        found = dict(grads)
        for name in self.names:
            grad = grads[name]
            if self.quantiser:
                weight = params[name] * self.masks[name] if name in self.masks else params[name]
                grad, found[scale_of(name)] = self.quantiser.backward(grad, weight, params[scale_of(name)])
            found[name] = grad * self.masks[name] if name in self.masks else grad
        return found


def scale_of(name: str) -> str:
    """The name of a weight's scale."""
    return f"{name}:scale"
