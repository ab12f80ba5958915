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
    x = matrices
    tall = x.size(1) > x.size(2)
    if tall:
      x = x.transpose(1, 2)
    x = x / (torch.linalg_vector_norm(x, 2, [1, 2], True) + 1e-7)
    for i in range(iterations):
      a = torch.bmm(x, x.transpose(1, 2))
      b = torch.baddbmm(a, a, a, beta=-4.7750, alpha=2.0315)
      x = torch.baddbmm(x, b, x, beta=3.4445, alpha=1.0)
    if tall:
      x = x.transpose(1, 2)
    return x

  # One step for matrices of one shape (rows, columns), each of them `parts` matrices side by side
  def step(self, weights: List[Tensor], gradients: List[Tensor], means: List[Tensor], rate: float, momentum: float, decay: float, parts: int) -> NoneType:
    torch._foreach_mul_(means, momentum)
    torch._foreach_add_(means, gradients, alpha=1.0 - momentum)
    u = torch.stack(gradients) * (1.0 - momentum) + torch.stack(means) * momentum
    n = u.size(0)
    rows = u.size(1)
    columns = u.size(2)
    width = columns // parts
    u = u.view([n, rows, parts, width]).transpose(1, 2).reshape([n * parts, rows, width])
    u = self.orthogonal(u, 5)
    u = u.reshape([n, parts, rows, width]).transpose(1, 2).reshape([n, rows, columns])
    longer = float(max(rows, width))
    size = 0.2 * longer ** 0.5
    torch._foreach_mul_(weights, 1.0 - rate * decay)
    torch._foreach_add_(weights, torch.unbind(u), alpha=0.0 - rate * size)
    return None
