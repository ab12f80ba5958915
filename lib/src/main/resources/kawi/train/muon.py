# Muon's step for the hidden matrices, in TorchScript's serialized dialect (see kawi/torch/ops.py); kawi.train.Muon calls it.

class Muon(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  _is_full_backward_hook : Optional[bool]

  def none(self) -> Optional[Tensor]:
    return None

  # Coefficients of odd quintics, applied one after the other. Each comes as close to 1 as it can over the interval that the one before leaves of
  # [0.003, 1] (Amsel et al. 2025): after the four, every singular value that was in it is within 0.2 of 1.
  # Between 1 and the next they are steep: what bfloat16 rounds up over the edge would grow with each. So there all are stretched by a fiftieth.
  def quintics(self, half: bool) -> List[List[float]]:
    if half:
      return [[8.2193, -23.3375, 16.6266], [3.9641, -2.8377, 0.5158], [3.4369, -2.4752, 0.4761], [2.4413, -1.7285, 0.3956]]
    return [[8.3837, -24.7659, 18.3571], [4.0434, -3.0114, 0.5695], [3.5056, -2.6267, 0.5257], [2.4901, -1.8343, 0.4368]]

  # Matrices (n, rows, columns) -> nearly orthogonal ones with the same singular vectors: x (a + b x'x + c (x'x)^2) for each quintic.
  # `half` multiplies in bfloat16, as the authors of Muon do.
  def orthogonal(self, matrices: Tensor, half: bool) -> Tensor:
    tall = matrices.size(1) > matrices.size(2)
    x = matrices.transpose(1, 2) if tall else matrices
    x = x / (torch.linalg_vector_norm(x, 2, [1, 2], True) + 1e-7)
    if half:
      x = x.to(15)
    if not half and 2 * x.size(1) <= x.size(2):
      x = self.through_gram(x)
    else:
      for abc in self.quintics(half):
        g = torch.bmm(x, x.transpose(1, 2))
        p = torch.baddbmm(g, g, g, beta=abc[1], alpha=abc[2])
        x = torch.baddbmm(x, p, x, beta=abc[0], alpha=1.0)
    x = x.to(6)
    return x.transpose(1, 2) if tall else x

  # The same for wide matrices: every factor is a polynomial of the small xx', so x itself is multiplied once, at the end.
  # Not in bfloat16: xx' has the squares of the singular values, and the small ones would drown in its rounding.
  def through_gram(self, x: Tensor) -> Tensor:
    g = torch.bmm(x, x.transpose(1, 2))
    one = torch.eye(x.size(1), dtype=6, device=x.device)
    q = one.expand_as(g)
    for abc in self.quintics(False):
      p = torch.baddbmm(g, g, g, beta=abc[1], alpha=abc[2]) + one * abc[0]
      q = torch.bmm(p, q)
      g = torch.bmm(p, torch.bmm(g, p))
    return torch.bmm(q, x)

  # One step for n matrices of one shape (rows, columns), each of them `parts` matrices side by side; means (n, rows, columns) holds their momentum
  def step(self, weights: List[Tensor], gradients: List[Tensor], means: Tensor, rate: float, momentum: float, decay: float, parts: int, half: bool) -> NoneType:
    g = torch.stack(gradients)
    torch.lerp_(means, g, 1.0 - momentum)
    u = torch.lerp_(g, means, momentum)
    n = u.size(0)
    rows = u.size(1)
    columns = u.size(2)
    width = columns // parts
    u = u.view([n, rows, parts, width]).transpose(1, 2).reshape([n * parts, rows, width])
    u = self.orthogonal(u, half)
    u = u.reshape([n, parts, rows, width]).transpose(1, 2).reshape([n, rows, columns])
    longer = float(max(rows, width))
    size = 0.2 * longer ** 0.5
    if decay > 0.0:
      torch._foreach_mul_(weights, 1.0 - rate * decay)
    torch._foreach_add_(weights, torch.unbind(u), alpha=0.0 - rate * size)
    return None
