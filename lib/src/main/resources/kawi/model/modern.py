# The parts of kawi.model.ModernGpt, each in the form of GPT-2 and in the form that replaced it; see kawi/torch/ops.py for the dialect.

class Modern(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  _is_full_backward_hook : Optional[bool]

  def none(self) -> Optional[Tensor]:
    return None

  # (x - mean) / deviation over the last axis, with no gain and no bias: one fused kernel
  def plain_norm(self, x: Tensor) -> Tensor:
    return torch.layer_norm(x, [x.size(-1)], None, None, 1e-5)

  # GPT-2's layer norm with its gain and bias, or x over the root of its mean square with neither (Zhang and Sennrich 2019): on a CPU several kernels
  def norm(self, x: Tensor, rms: bool, gain: Optional[Tensor], bias: Optional[Tensor]) -> Tensor:
    if rms:
      return torch.rms_norm(x, [x.size(-1)], None, 1e-5)
    return torch.layer_norm(x, [x.size(-1)], gain, bias, 1e-5)

  # Token shift: each token's vector plus a share, dimension by dimension, of the vector before it (Peng et al. 2023). x (batch, time, width),
  # before (batch, 1, width) or None where a text begins, share (width)
  def shift(self, x: Tensor, before: Optional[Tensor], share: Tensor) -> Tensor:
    if before is None:
      earlier = torch.constant_pad_nd(x[:, :-1], [0, 0, 1, 0], 0.0)
    else:
      earlier = torch.cat([before, x[:, :-1]], 1)
    return x + earlier * share

  # cos and sin of the angles by which positions first .. first + time - 1 turn the pairs of a head: one complex number each, (time, 1, size / 2)
  def turns(self, like: Tensor, first: int, time: int, size: int, base: float) -> Tensor:
    steps = torch.arange(0, size, 2, dtype=6, device=like.device)
    frequencies = torch.reciprocal(torch.pow(base, steps / size))
    positions = torch.arange(first, first + time, dtype=6, device=like.device)
    angles = torch.unsqueeze(torch.outer(positions, frequencies), 1)
    return torch.complex(torch.cos(angles), torch.sin(angles))

  # qkv (batch, time, 3 * width) -> queries, keys and values, each (batch, heads, time, size). Queries and keys go through the same changes, so
  # they go together: normalised to length root(size), then turned by their position (Su et al. 2021; neighbouring values are a pair).
  def split(self, qkv: Tensor, heads: int, qk_norm: bool, turns: Optional[Tensor]) -> Tuple[Tensor, Tensor, Tensor]:
    width = qkv.size(2) // 3
    size = width // heads
    shape = [qkv.size(0), qkv.size(1), 2 * heads, size]
    both, v = qkv.split_with_sizes([2 * width, width], 2)
    qk = both.reshape(shape)
    if qk_norm:
      qk = self.plain_norm(qk)
    if turns is not None:
      pairs = torch.view_as_complex(qk.view([qkv.size(0), qkv.size(1), 2 * heads, size // 2, 2]))
      qk = torch.view_as_real(pairs * turns).view(shape)
    q, k = qk.transpose(1, 2).split(heads, 1)
    return q, k, v.view([qkv.size(0), qkv.size(1), heads, size]).transpose(1, 2)

  # What stands between the two products of a feed-forward layer: the square of what is above zero (So et al. 2021), or GPT-2's tanh form of the Gaussian
  # error linear unit
  def activation(self, x: Tensor, squared: bool) -> Tensor:
    if squared:
      return torch.square(torch.relu(x))
    return torch.gelu(x, approximate="tanh")
