# What the families of kawi.model.Transformer need beside the operators of kawi/torch/ops.py; see there for the dialect.

class Transformer(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  _is_full_backward_hook : Optional[bool]

  def none(self) -> Optional[Tensor]:
    return None

  # Attention of queries that stand at `position` and on: q (batch, heads, time, size), k and v (batch, groups, position + time, size) -> as q.
  # A query sees itself and what is before it, the last `window` tokens where that is not 0; scores are held within +-cap where that is not 0.
  def attend(self, q: Tensor, k: Tensor, v: Tensor, position: int, scale: float, cap: float, window: int) -> Tensor:
    time = q.size(2)
    if time == 1 and window > 0 and window < k.size(2):
      k = k[:, :, k.size(2) - window:]
      v = v[:, :, v.size(2) - window:]
      window = 0
      position = k.size(2) - 1
    share = q.size(1) // k.size(1)
    if share > 1:
      k = torch.repeat_interleave(k, share, 1)
      v = torch.repeat_interleave(v, share, 1)
    seen : Optional[Tensor] = None
    if time > 1 and (position > 0 or window > 0 or cap > 0.0):
      row = torch.arange(position, position + time, device=q.device).view(time, 1)
      column = torch.arange(k.size(2), device=q.device).view(1, k.size(2))
      mask = torch.le(column, row)
      if window > 0:
        mask = torch.logical_and(mask, torch.gt(column, row - window))
      seen = mask
    if cap > 0.0:
      scores = torch.tanh(torch.matmul(q, k.transpose(2, 3)) * (scale / cap)) * cap
      if seen is not None:
        scores = scores.masked_fill(torch.logical_not(seen), float("-inf"))
      return torch.matmul(torch.softmax(scores, -1), v)
    return torch.scaled_dot_product_attention(q, k, v, seen, 0.0, seen is None and time > 1, scale=scale)

  # The same after k and v have been written at `position` into the caches (batch, groups, length, size)
  def cached(self, q: Tensor, k: Tensor, v: Tensor, keys: Tensor, values: Tensor, position: int, scale: float, cap: float, window: int) -> Tensor:
    end = position + q.size(2)
    keys[:, :, position:end].copy_(k)
    values[:, :, position:end].copy_(v)
    return self.attend(q, keys[:, :, :end], values[:, :, :end], position, scale, cap, window)

  # Rotary positions of the first values of each head: x (batch, heads, time, size), cos and sin (time, at most size)
  def turn(self, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    turned = cos.size(-1)
    y = x[..., :turned]
    half = turned // 2
    y = y * cos + torch.cat([torch.neg(y[..., half:]), y[..., :half]], -1) * sin
    if turned == x.size(-1):
      return y
    return torch.cat([y, x[..., turned:]], -1)

  # kind: a place in kawi.model.TransformerConfig.Activation
  def activate(self, x: Tensor, kind: int) -> Tensor:
    if kind == 0:
      return torch.silu(x)
    if kind == 1:
      return torch.gelu(x, approximate="none")
    if kind == 2:
      return torch.gelu(x, approximate="tanh")
    return torch.relu(x)

  def gated(self, gate: Tensor, up: Tensor, kind: int) -> Tensor:
    return self.activate(gate, kind) * up

  # A mixture of experts: x (batch, time, width), router (experts, width), of each expert its gate, up and down. A token is read by the `most` experts that
  # its router finds likeliest, and what they say is added in these shares of what is likely.
  def mixture(self, x: Tensor, router: Tensor, gates: List[Tensor], ups: List[Tensor], downs: List[Tensor], most: int, kind: int) -> Tensor:
    tokens = x.reshape([-1, x.size(-1)])
    likely, chosen = torch.topk(torch.softmax(torch.linear(tokens, router), -1), most)
    shares = likely / torch.sum(likely, [-1], True)
    told = torch.zeros_like(tokens)
    for e in range(len(gates)):
      mine = torch.sum(shares * torch.eq(chosen, e), [-1], True)
      rows = torch.nonzero(torch.squeeze(mine, -1)).view([-1])
      if rows.size(0) > 0:
        some = torch.index_select(tokens, 0, rows)
        read = torch.linear(self.gated(torch.linear(some, gates[e]), torch.linear(some, ups[e]), kind), downs[e])
        told = torch.index_add(told, 0, rows, read * torch.index_select(mine, 0, rows))
    return told.view_as(x)

  # Holds numbers within +-most
  def cap(self, x: Tensor, most: float) -> Tensor:
    return torch.tanh(x / most) * most
