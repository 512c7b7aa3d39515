"""Two ways to send vectors through a random matrix and back: draw the matrix, or draw only what it does to them.

X has shape (R, B, N): R replicas, each with its own N x N matrix M, and B inputs as rows. A layer is W = diagonal I + noise M:
`forward` gives diagonal X + noise X M, `backward` gives diagonal D + noise D M^T for gradients D of the same shape. One
forward and one backward use a matrix.

**weights** draws M, forgets it, and draws it again for the way back by winding its generator back: N^2 random numbers.

**law** draws only X M and D M^T, in exactly the joint law that they have under `weights`, with O(N B) random numbers and
O(N B^2) work (THEORY F5). *Forward.* Let X = C Q with orthonormal rows Q, of shape (B', N), B' = min(B, N). Then
X M = C (Q M), and for a Gaussian M with entries N(0, 1/N) the rows Q M = Y are again B' independent rows of N(0, 1/N), whatever
Q is: rotate M. C may be singular (inputs that have become equal), Q then holds any rows that fit. *Backward.* With the
projection P = I - Q^T Q,

    M = Q^T Y + P M,      D M^T = (D Y^T) Q + (D M'^T) P,

M' a fresh copy of M: P M is independent of Y = Q M, so given all that the forward pass has seen of M it has the law of P M'.
The gradients D come from later layers and from Y, not from P M, so they do not spoil that. Finally D = F U with orthonormal
rows U gives D M'^T = F E in law, E of shape (B', N) with entries N(0, 1/N):

    D M^T = F E + (D Y^T - F E Q^T) Q.

*Orthogonal M.* Q M = Y is then a uniformly random frame: B' orthonormal rows. Given Y, M maps the complement of the rows of Q
to the complement of the rows of Y, by a uniformly random rotation. So with D - (D Y^T) Y = F U, the rows U in the complement
of Y come back as a random frame E in the complement of Q: D M^T = (D Y^T) Q + F E. There has to be room for it: N >= 2 B.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

from theory.validation import InputError
from verify.cross_check.network import Network

if TYPE_CHECKING:
    from torch import Generator, Tensor

SAMPLERS = ("weights", "law")


class Sampler(Protocol):
    """forward(X) = (diagonal X + noise X M, memory); backward(D, memory) = diagonal D + noise D M^T, with the same M."""

    def forward(self, x: "Tensor") -> "tuple[Tensor, Any]": ...

    def backward(self, d: "Tensor", memory: Any) -> "Tensor": ...


def make_sampler(name: str, network: Network, forward: "Generator", backward: "Generator") -> Sampler:
    """forward, backward: the generators from which the two passes draw. Raises `InputError` where the law has no room."""
    if name not in SAMPLERS:
        raise InputError("sampler", name, f"is not known; choose one of {', '.join(SAMPLERS)}")
    if name == "weights":
        return (OrthogonalWeights if network.matrix == "orthogonal" else Weights)(network, forward)
    if network.matrix == "gaussian":
        return Law(network, forward, backward)
    if network.width < 2 * network.batch:
        problem = f"orthogonal matrices are drawn by law up to N/2 = {network.width // 2} inputs; use the sampler weights"
        raise InputError("batch", network.batch, problem)
    return OrthogonalLaw(network, forward, backward)


class Weights:
    """M Gaussian, drawn in full."""

    def __init__(self, network: Network, forward: "Generator") -> None:
        self.diagonal, self.generator = network.diagonal, forward
        self.noise = network.noise / network.width**0.5  # of an entry

    def forward(self, x: "Tensor") -> "tuple[Tensor, Tensor]":
        state = self.generator.get_state()
        return x.baddbmm(x, self.draw(x), beta=self.diagonal, alpha=self.noise), state

    def backward(self, d: "Tensor", memory: "Tensor") -> "Tensor":
        self.generator.set_state(memory)
        return d.baddbmm(d, self.draw(d).mT, beta=self.diagonal, alpha=self.noise)

    def draw(self, like: "Tensor") -> "Tensor":
        """sqrt(N) M of all replicas, shape (R, N, N)."""
        return _normal((len(like), like.shape[2], like.shape[2]), like, self.generator)


class OrthogonalWeights(Weights):
    """M uniform on the orthogonal group, drawn in full."""

    def draw(self, like: "Tensor") -> "Tensor":
        return _frame(super().draw(like)).mul_(like.shape[2] ** 0.5)


class Law:
    """M Gaussian, only X M and D M^T are drawn."""

    def __init__(self, network: Network, forward: "Generator", backward: "Generator") -> None:
        self.diagonal, self.generator, self.fresh = network.diagonal, forward, backward
        self.noise = network.noise / network.width**0.5

    def forward(self, x: "Tensor") -> "tuple[Tensor, tuple[Tensor, Tensor]]":
        c, q = _factor(x)
        y = _normal(q.shape, q, self.generator)  # sqrt(N) Q M
        return _add(x, self.diagonal, self.noise * c, y), (q, y)

    def backward(self, d: "Tensor", memory: "tuple[Tensor, Tensor]") -> "Tensor":
        q, y = memory
        f = _triangle(d)
        e = _normal((len(d), f.shape[2], d.shape[2]), d, self.fresh)
        seen = _products(d, y) - f @ _products(e, q)
        return _add(_add(d, self.diagonal, self.noise * f, e), 1, self.noise * seen, q)


class OrthogonalLaw:
    """M uniform on the orthogonal group, only X M and D M^T are drawn."""

    def __init__(self, network: Network, forward: "Generator", backward: "Generator") -> None:
        self.diagonal, self.noise, self.generator, self.fresh = network.diagonal, network.noise, forward, backward

    def forward(self, x: "Tensor") -> "tuple[Tensor, tuple[Tensor, Tensor]]":
        c, q = _factor(x)
        y = _frame(_normal(q.shape, q, self.generator))
        return _add(x, self.diagonal, self.noise * c, y), (q, y)

    def backward(self, d: "Tensor", memory: "tuple[Tensor, Tensor]") -> "Tensor":
        q, y = memory
        seen, e = _products(d, y), _normal(d.shape, d, self.fresh)
        frame = _frame(_add(e, 1, -_products(e, q), q))
        f = _triangle(_add(d, 1, -seen, y))
        return _add(_add(d, self.diagonal, self.noise * f, frame), 1, self.noise * seen, q)


def _normal(shape: "Sequence[int]", like: "Tensor", generator: "Generator") -> "Tensor":
    import torch

    return torch.randn(tuple(shape), generator=generator, dtype=like.dtype, device=like.device)


def _add(start: "Tensor", beta: float, coefficients: "Tensor", rows: "Tensor") -> "Tensor":
    """beta start + coefficients rows. One row is multiplied at once: a matrix product with a scalar is slow."""
    if rows.shape[1] == 1:
        return (beta * start).addcmul_(coefficients, rows)
    return start.baddbmm(coefficients, rows, beta=beta)


def _products(one: "Tensor", other: "Tensor") -> "Tensor":
    """The inner products of the rows of one with those of the other, shape (R, B, B')."""
    return (one * other).sum(dim=2, keepdim=True) if other.shape[1] == 1 else one @ other.mT


def _factor(x: "Tensor") -> "tuple[Tensor, Tensor]":
    """X = C Q with orthonormal rows Q. One row is normalized at once: LAPACK takes the replicas one by one.

    A row whose size is 0 (its squares may underflow) is a multiple, 0, of the first unit vector.
    """
    import torch

    if x.shape[1] == 1:
        size = torch.linalg.vector_norm(x, dim=2, keepdim=True)
        return size, torch.where(size > 0, x / size, torch.eye(1, x.shape[2], dtype=x.dtype, device=x.device))
    q, r = torch.linalg.qr(x.mT)
    return r.mT, q.mT


def _triangle(d: "Tensor") -> "Tensor":
    """The factor F of D = F U, U orthonormal rows."""
    import torch

    if d.shape[1] == 1:
        return torch.linalg.vector_norm(d, dim=2, keepdim=True)
    return torch.linalg.qr(d.mT, mode="r")[1].mT


def _frame(e: "Tensor") -> "Tensor":
    """Orthonormal rows with the span of the rows of E; uniform if E is Gaussian, because the signs of R are divided out."""
    import torch

    q, r = torch.linalg.qr(e.mT)
    return (q * r.diagonal(dim1=1, dim2=2).sign()[:, None]).mT
