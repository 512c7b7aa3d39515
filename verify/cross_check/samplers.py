"""Two ways to send vectors through a random matrix and back: draw the matrix, or draw only what it does to them.

X has shape (R, B, N): R replicas, each with its own N x N matrix M, and B inputs as rows. `forward` gives X M, `backward`
gives D M^T for gradients D of the same shape; one forward and one backward use a matrix.

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

from typing import TYPE_CHECKING, Any, Protocol

from theory.validation import InputError
from verify.cross_check.network import Network

if TYPE_CHECKING:
    from torch import Generator, Tensor

SAMPLERS = ("weights", "law")


class Sampler(Protocol):
    """forward(X) = (X M, memory), backward(D, memory) = D M^T with the M of that memory."""

    def forward(self, x: "Tensor") -> "tuple[Tensor, Any]": ...

    def backward(self, d: "Tensor", memory: Any) -> "Tensor": ...


def make_sampler(name: str, network: Network, forward: "Generator", backward: "Generator") -> Sampler:
    """forward, backward: the generators from which the two passes draw. Raises `InputError` where the law has no room."""
    if name not in SAMPLERS:
        raise InputError("sampler", name, f"is not known; choose one of {', '.join(SAMPLERS)}")
    if name == "weights":
        return OrthogonalWeights(forward) if network.matrix == "orthogonal" else Weights(forward)
    if network.matrix == "gaussian":
        return Law(forward, backward)
    if network.width < 2 * network.batch:
        problem = f"orthogonal matrices are drawn by law up to N/2 = {network.width // 2} inputs; use the sampler weights"
        raise InputError("batch", network.batch, problem)
    return OrthogonalLaw(forward, backward)


class Weights:
    """M Gaussian, drawn in full."""

    def __init__(self, forward: "Generator") -> None:
        self.generator = forward

    def forward(self, x: "Tensor") -> "tuple[Tensor, Tensor]":
        state = self.generator.get_state()
        return x @ self.draw(x), state

    def backward(self, d: "Tensor", memory: "Tensor") -> "Tensor":
        self.generator.set_state(memory)
        return d @ self.draw(d).mT

    def draw(self, like: "Tensor") -> "Tensor":
        """The matrices of all replicas, shape (R, N, N)."""
        replicas, _, width = like.shape
        return _normal(like, (replicas, width, width), self.generator).div_(width**0.5)


class OrthogonalWeights(Weights):
    """M uniform on the orthogonal group, drawn in full."""

    def draw(self, like: "Tensor") -> "Tensor":
        replicas, _, width = like.shape
        return _frame(_normal(like, (replicas, width, width), self.generator))


class Law:
    """M Gaussian, only X M and D M^T are drawn."""

    def __init__(self, forward: "Generator", backward: "Generator") -> None:
        self.generator, self.fresh = forward, backward

    def forward(self, x: "Tensor") -> "tuple[Tensor, tuple[Tensor, Tensor]]":
        c, q = _factor(x)
        y = self.image(q)
        return _combine(c, y), (q, y)

    def image(self, q: "Tensor") -> "Tensor":
        """Q M, given the orthonormal rows Q."""
        return _normal(q, q.shape, self.generator).div_(q.shape[-1] ** 0.5)

    def backward(self, d: "Tensor", memory: "tuple[Tensor, Tensor]") -> "Tensor":
        q, y = memory
        f = _triangle(d)
        unseen = _combine(f, _normal(d, (len(d), f.shape[2], d.shape[2]), self.fresh).div_(d.shape[2] ** 0.5))
        return unseen + _combine(_products(d, y) - _products(unseen, q), q)


class OrthogonalLaw(Law):
    """M uniform on the orthogonal group, only X M and D M^T are drawn."""

    def image(self, q: "Tensor") -> "Tensor":
        return _frame(_normal(q, q.shape, self.generator))

    def backward(self, d: "Tensor", memory: "tuple[Tensor, Tensor]") -> "Tensor":
        q, y = memory
        seen, e = _products(d, y), _normal(d, d.shape, self.fresh)
        frame = _frame(e - _combine(_products(e, q), q))
        return _combine(seen, q) + _combine(_triangle(d - _combine(seen, y)), frame)


def _normal(like: "Tensor", shape: "Any", generator: "Generator") -> "Tensor":
    import torch

    return torch.randn(shape, generator=generator, dtype=like.dtype, device=like.device)


def _combine(coefficients: "Tensor", rows: "Tensor") -> "Tensor":
    """Linear combinations of rows. One row is multiplied at once: a matrix product with a scalar is slow."""
    return coefficients * rows if rows.shape[1] == 1 else coefficients @ rows


def _products(one: "Tensor", other: "Tensor") -> "Tensor":
    """The inner products of the rows of one with those of the other, shape (R, B, B')."""
    return (one * other).sum(dim=2, keepdim=True) if other.shape[1] == 1 else one @ other.mT


def _factor(x: "Tensor") -> "tuple[Tensor, Tensor]":
    """X = C Q with orthonormal rows Q. One row is normalized at once: LAPACK takes the replicas one by one."""
    import torch

    if x.shape[1] == 1:
        size = torch.linalg.vector_norm(x, dim=2, keepdim=True)
        return size, x / size.clamp_min(torch.finfo(x.dtype).tiny)
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
