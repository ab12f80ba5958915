# Muon's step for the hidden matrices, in TorchScript's serialized dialect (see kawi/torch/ops.py); kawi.train.Muon calls it.

class Muon(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  _is_full_backward_hook : Optional[bool]

  def none(self) -> Optional[Tensor]:
    return None

  # Matrices (n, rows, columns) -> nearly orthogonal ones with the same singular vectors: a quintic Newton-Schulz iteration
  # whose coefficients push every singular value quickly to somewhere between 0.7 and 1.2.
  def orthogonal(self, matrices: Tensor, iterations: int) -> Tensor:
    tall = matrices.size(1) > matrices.size(2)
    x = matrices.transpose(1, 2) if tall else matrices
    x = x / (torch.linalg_vector_norm(x, 2, [1, 2], True) + 1e-7)
    if 2 * x.size(1) <= x.size(2):
      x = self.through_gram(x, iterations)
    else:
      for i in range(iterations):
        a = torch.bmm(x, x.transpose(1, 2))
        b = torch.baddbmm(a, a, a, beta=-4.7750, alpha=2.0315)
        x = torch.baddbmm(x, b, x, beta=3.4445, alpha=1.0)
    return x.transpose(1, 2) if tall else x

  # The same for wide matrices: all iterations are polynomials of the small x x', so x itself is multiplied once, at the end
  def through_gram(self, x: Tensor, iterations: int) -> Tensor:
    a = torch.bmm(x, x.transpose(1, 2))
    one = torch.eye(x.size(1), dtype=6, device=x.device).expand_as(a)
    q = one
    for i in range(iterations):
      b = torch.baddbmm(a, a, a, beta=-4.7750, alpha=2.0315)
      p = torch.add(b, one, alpha=3.4445)
      if i == 0:
        q = p
      else:
        q = torch.bmm(p, q)
      if i < iterations - 1:
        a = torch.bmm(p, torch.bmm(a, p))
    return torch.bmm(q, x)

  # One step for matrices of one shape (rows, columns), each of them `parts` matrices side by side
  def step(self, weights: List[Tensor], gradients: List[Tensor], means: List[Tensor], rate: float, momentum: float, decay: float, parts: int, iterations: int) -> NoneType:
    torch._foreach_mul_(means, momentum)
    torch._foreach_add_(means, gradients, alpha=1.0 - momentum)
    u = torch.stack(gradients) * (1.0 - momentum) + torch.stack(means) * momentum
    n = u.size(0)
    rows = u.size(1)
    columns = u.size(2)
    width = columns // parts
    u = u.view([n, rows, parts, width]).transpose(1, 2).reshape([n * parts, rows, width])
    u = self.orthogonal(u, iterations)
    u = u.reshape([n, parts, rows, width]).transpose(1, 2).reshape([n, rows, columns])
    longer = float(max(rows, width))
    size = 0.2 * longer ** 0.5
    torch._foreach_mul_(weights, 1.0 - rate * decay)
    torch._foreach_add_(weights, torch.unbind(u), alpha=0.0 - rate * size)
    return None
