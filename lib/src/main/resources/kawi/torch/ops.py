# The kit's hot operators, in TorchScript's serialized dialect. Java writes this text into an archive and libtorch loads it;
# no Python runs. Read it beside kawi.torch.Ops, which has one Java method for each.
#
# Dialect: every name is typed; dtypes are numbers (float16 is 5, float32 is 6, bool is 11, bfloat16 is 15); no torch.nn.functional.
# A bfloat16 tensor never leaves a method: DJL aborts the JVM on some of its operators.

class Ops(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  _is_full_backward_hook : Optional[bool]

  def none(self) -> Optional[Tensor]:
    return None

  # --- matrix products ---------------------------------------------------------------------------------------------
  # `by` is how a product is made, one of kawi.torch.Products in its order: 0 float32 as PyTorch makes it, 1 bfloat16, 2 float32 by oneDNN.

  # x (rows, in), w (out, in), b (out) or None -> (rows, out). oneDNN's linear operator has no gradient; its convolution has one, and a product is the
  # convolution of an image one pixel wide, a row of x each, with a window of one pixel. PyTorch would keep that from oneDNN where it has one thread (half
  # as fast on an AMD EPYC), but gives it windows with gaps between their pixels, of which a window of one pixel has none.
  def one_dnn(self, x: Tensor, w: Tensor, b: Optional[Tensor]) -> Tensor:
    if not torch.is_grad_enabled():
      return ops.mkldnn._linear_pointwise(x, w, b, "none", annotate(List[Optional[number]], []), "")
    image = torch.permute(torch.reshape(x, [1, x.size(0), 1, x.size(1)]), [0, 3, 1, 2])
    y = torch.conv2d(image, torch.view(w, [w.size(0), w.size(1), 1, 1]), b, [1, 1], [0, 0], [2, 2])
    return torch.reshape(torch.permute(y, [0, 2, 3, 1]), [x.size(0), w.size(0)])

  # A weight in bfloat16, for products that find it so; see kawi.torch.RoundedWeights
  def rounded(self, w: Tensor) -> Tensor:
    return w.to(15)

  # x (..., in), w (out, in) -> (..., out): torch.nn.Linear's layout
  def linear(self, x: Tensor, w: Tensor, b: Optional[Tensor], by: int) -> Tensor:
    if by == 1:
      y = torch.linear(x.to(15), w.to(15)).to(6)
      if b is not None:
        y = y + b
      return y
    if by == 2:
      return self.one_dnn(x.reshape(-1, x.size(-1)), w, b).view(x.size()[:-1] + [w.size(0)])
    return torch.linear(x, w, b)

  # the same plus b a x, a low-rank change of w: a (rank, in), b (out, rank); a share of what a reads, and of that only, is dropped
  def adapted(self, x: Tensor, w: Tensor, a: Tensor, b: Tensor, scale: float, dropped: float, by: int) -> Tensor:
    rows = x.reshape(-1, x.size(-1))
    read = rows
    if dropped > 0.0:
      read = torch.dropout(rows, dropped, True)
    few = torch.linear(read, a).mul_(scale)
    y = self.linear(rows, w, None, by)
    # Added in place to what is no view of anything: of a view, autograd would copy the whole gradient on its way back.
    if by == 2:
      y = torch.addmm(y, few, b.t())
    else:
      y = y.addmm_(few, b.t())
    return y.view(x.size()[:-1] + [w.size(0)])

  # x (rows, in), w (in, out) -> (rows, out), in bfloat16 where `by` is 1
  def columns(self, x: Tensor, w: Tensor, b: Optional[Tensor], by: int) -> Tensor:
    if by == 2:
      return self.one_dnn(x, w.t(), b)
    if by == 1:
      x = x.to(15)
      w = w.to(15)
    if b is None:
      return torch.mm(x, w)
    return torch.addmm(b.to(x.dtype), x, w)

  # x (..., in), w (in, out) -> (..., out): the layout of GPT-2's Conv1D
  def affine(self, x: Tensor, w: Tensor, b: Optional[Tensor], by: int) -> Tensor:
    return self.columns(x.reshape(-1, x.size(-1)), w, b, by).to(6).view(x.size()[:-1] + [w.size(1)])

  # GPT-2's feed-forward layer in one call, so that the wide middle stays in bfloat16 where that is fast
  def mlp(self, x: Tensor, w1: Tensor, b1: Tensor, w2: Tensor, b2: Tensor, by: int) -> Tensor:
    h = torch.gelu(self.columns(x.reshape(-1, x.size(-1)), w1, b1, by), approximate="tanh")
    return self.columns(h, w2, b2, by).to(6).view(x.size())

  # Llama's gated feed-forward layer in one call: its wide middle stays in bfloat16 where that is fast, and x is rounded once for both products
  def gated_mlp(self, x: Tensor, gate: Tensor, up: Tensor, down: Tensor, by: int) -> Tensor:
    if by == 1:
      h = x.reshape(-1, x.size(-1)).to(15)
      middle = torch.silu(torch.linear(h, gate.to(15))) * torch.linear(h, up.to(15))
      return torch.linear(middle, down.to(15)).to(6).view(x.size())
    return self.linear(self.swiglu(self.linear(x, gate, None, by), self.linear(x, up, None, by)), down, None, by)

  # --- element by element --------------------------------------------------------------------------------------------

  def embedding(self, table: Tensor, ids: Tensor) -> Tensor:
    return torch.embedding(table, ids)

  # rows first .. last - 1 of a table, such as the learned positions
  def rows(self, table: Tensor, first: int, last: int) -> Tensor:
    return table[first:last]

  def layer_norm(self, x: Tensor, gain: Tensor, bias: Tensor, eps: float) -> Tensor:
    return torch.layer_norm(x, [x.size(-1)], gain, bias, eps)

  def rms_norm(self, x: Tensor, gain: Optional[Tensor], eps: float) -> Tensor:
    return torch.rms_norm(x, [x.size(-1)], gain, eps)

  def swiglu(self, gate: Tensor, up: Tensor) -> Tensor:
    return torch.silu(gate) * up

  def scale(self, x: Tensor, factor: float) -> Tensor:
    return x * factor

  # Sets a share of the numbers, drawn anew at each call, to zero and divides the others by what is left of 1 (Srivastava et al. 2014)
  def dropout(self, x: Tensor, share: float) -> Tensor:
    return torch.dropout(x, share, True)

  # --- attention ------------------------------------------------------------------------------------------------------

  # (batch, time, heads * size) -> (batch, heads, time, size)
  def split_heads(self, x: Tensor, heads: int) -> Tensor:
    return x.view(x.size(0), x.size(1), heads, x.size(2) // heads).transpose(1, 2)

  # (batch, heads, time, size) -> (batch, time, heads * size)
  def merge_heads(self, x: Tensor) -> Tensor:
    return x.transpose(1, 2).reshape(x.size(0), x.size(2), x.size(1) * x.size(3))

  # Rotary positions, rotate-half form: x (batch, heads, time, size), cos and sin (time, size)
  def rope(self, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    half = x.size(-1) // 2
    turned = torch.cat([torch.neg(x[..., half:]), x[..., :half]], -1)
    return x * cos + turned * sin

  # cos and sin for positions first .. first + time - 1, each (time, size)
  def rope_table(self, like: Tensor, first: int, time: int, size: int, base: float) -> Tuple[Tensor, Tensor]:
    steps = torch.arange(0, size, 2, dtype=6, device=like.device)
    frequencies = torch.reciprocal(torch.pow(base, steps / size))
    positions = torch.arange(first, first + time, dtype=6, device=like.device)
    angles = torch.outer(positions, frequencies)
    both = torch.cat([angles, angles], -1)
    return torch.cos(both), torch.sin(both)

  # q (batch, heads, time, size), k and v (batch, groups, past + time, size); heads is a multiple of groups
  def attend(self, q: Tensor, k: Tensor, v: Tensor, mask: Optional[Tensor], causal: bool) -> Tensor:
    share = q.size(1) // k.size(1)
    if share == 1:
      return torch.scaled_dot_product_attention(q, k, v, mask, 0.0, causal)
    if q.size(2) == 1 and mask is None:
      # one new position: the heads of a group become the rows of one query matrix, and nothing is copied
      grouped = q.reshape(q.size(0), k.size(1), share, q.size(3))
      return torch.scaled_dot_product_attention(grouped, k, v, None, 0.0, False).reshape(q.size())
    k = torch.repeat_interleave(k, share, 1)
    v = torch.repeat_interleave(v, share, 1)
    return torch.scaled_dot_product_attention(q, k, v, mask, 0.0, causal)

  def attention(self, q: Tensor, k: Tensor, v: Tensor, causal: bool, bf16: bool) -> Tensor:
    if bf16:
      return self.attend(q.to(15), k.to(15), v.to(15), None, causal).to(6)
    return self.attend(q, k, v, None, causal)

  # x (batch, time, width), places (batch, n) -> (batch, n, width): what stands at these positions of each sequence
  def pick(self, x: Tensor, places: Tensor) -> Tensor:
    return torch.gather(x, 1, torch.unsqueeze(places, 2).expand([-1, -1, x.size(2)]))

  # causal attention of the queries at some positions only: q (batch, heads, n, size), places (batch, n)
  def attention_at(self, q: Tensor, k: Tensor, v: Tensor, places: Tensor) -> Tensor:
    seen = torch.arange(k.size(2), device=q.device) <= places.view(places.size(0), 1, -1, 1)
    return self.attend(q, k, v, seen, False)

  # qkv (batch, time, 3 * width) -> (batch, time, width), causal
  def self_attention(self, qkv: Tensor, heads: int, bf16: bool) -> Tensor:
    if bf16:
      qkv = qkv.to(15)
    q, k, v = qkv.split(qkv.size(2) // 3, 2)
    y = torch.scaled_dot_product_attention(self.split_heads(q, heads), self.split_heads(k, heads), self.split_heads(v, heads), None, 0.0, True)
    return self.merge_heads(y).to(6)

  # The weights that attention gives, (batch, heads, time, time): each row sums to one
  def attention_weights(self, q: Tensor, k: Tensor) -> Tensor:
    k = torch.repeat_interleave(k, q.size(1) // k.size(1), 1)
    scores = torch.matmul(q, k.transpose(2, 3)) * (q.size(3) ** -0.5)
    future = torch.ones([q.size(2), k.size(2)], dtype=11, device=q.device).triu(1 + k.size(2) - q.size(2))
    return torch.softmax(scores.masked_fill(future, float("-inf")), -1)

  # Writes k and v at `position` into the caches (batch, groups, length, size) and attends to everything so far
  def cached_attention(self, q: Tensor, k: Tensor, v: Tensor, keys: Tensor, values: Tensor, position: int) -> Tensor:
    time = q.size(2)
    end = position + time
    keys[:, :, position:end].copy_(k)
    values[:, :, position:end].copy_(v)
    past = keys[:, :, :end]
    held = values[:, :, :end]
    if time == 1:
      return self.attend(q, past, held, None, False)
    if position == 0:
      return self.attend(q, past, held, None, True)
    mask = torch.ones([time, end], dtype=11, device=q.device).tril(position)
    return self.attend(q, past, held, mask, False)

  # --- recurrent layers -----------------------------------------------------------------------------------------------

  # x (batch, time, in), state (layers, batch, width); weights as in torch.nn.RNN: w_ih, w_hh, b_ih, b_hh for each layer.
  # The last but two of an operator's arguments says whether it trains. On a CPU it changes nothing without dropout; a GPU's cuDNN has gradients only with it.
  def rnn(self, x: Tensor, h: Tensor, weights: List[Tensor], layers: int) -> Tuple[Tensor, Tensor]:
    y, h1 = torch.rnn_tanh(x, h, weights, True, layers, 0.0, x.is_cuda, False, True)
    return y, h1

  def gru(self, x: Tensor, h: Tensor, weights: List[Tensor], layers: int) -> Tuple[Tensor, Tensor]:
    y, h1 = torch.gru(x, h, weights, True, layers, 0.0, x.is_cuda, False, True)
    return y, h1

  def lstm(self, x: Tensor, h: Tensor, c: Tensor, weights: List[Tensor], layers: int) -> Tuple[Tensor, Tensor, Tensor]:
    y, h1, c1 = torch.lstm(x, [h, c], weights, True, layers, 0.0, x.is_cuda, False, True)
    return y, h1, c1

  # --- loss -----------------------------------------------------------------------------------------------------------

  # logits (..., vocabulary), targets (...) int64; targets of -100 are left out of the mean; nats
  def cross_entropy(self, logits: Tensor, targets: Tensor) -> Tensor:
    return torch.cross_entropy_loss(logits.reshape(-1, logits.size(-1)), targets.reshape(-1))

  # mean over the rows of sum p (ln p - ln q), with p and q the softmax of held and of logits, both (..., vocabulary); nats, not below 0
  def divergence(self, held: Tensor, logits: Tensor) -> Tensor:
    p = torch.log_softmax(held.reshape(-1, held.size(-1)), 1)
    q = torch.log_softmax(logits.reshape(-1, logits.size(-1)), 1)
    return torch.mean(torch.sum(torch.exp(p) * (p - q), [1]))

  # the same for each token, shape of targets, 0 where the target is -100
  def token_losses(self, logits: Tensor, targets: Tensor) -> Tensor:
    return torch.cross_entropy_loss(logits.reshape(-1, logits.size(-1)), targets.reshape(-1), None, 0).view(targets.size())

  # margins (pairs) -> the mean loss of direct preference optimisation, nats
  def preference_loss(self, margins: Tensor, beta: float, smoothing: float) -> Tensor:
    z = margins * beta
    loss = torch.neg(torch.log_sigmoid(z))
    if smoothing > 0.0:
      loss = loss * (1.0 - smoothing) - torch.log_sigmoid(torch.neg(z)) * smoothing
    return torch.mean(loss)

  # x (n), groups (n) int64 below count -> (count), the sum of each group
  def sums(self, x: Tensor, groups: Tensor, count: int) -> Tensor:
    return torch.zeros([count], dtype=6, device=x.device).index_add(0, groups, x)

  # token_losses of linear(hidden, w), some rows and a slice of the vocabulary at a time: -log softmax is the log of the sum of all exps less the target's
  # logit, and that log is put together from the slices'. On a CPU a piece is 16 MB at most, which a cache may hold until it is summed.
  def head_losses(self, hidden: Tensor, w: Tensor, targets: Tensor, by: int) -> Tensor:
    h = hidden.reshape(-1, hidden.size(-1))
    t = targets.reshape(-1)
    left_out = torch.eq(t, -100)
    together = 512
    if h.is_cuda:
      together = 16 * together
    wide = 8192
    losses : List[Tensor] = []
    for first in range(0, h.size(0), together):
      rows = h[first:first + together]
      place = torch.unsqueeze(t[first:first + together], 1)
      sums : List[Tensor] = []
      told = torch.zeros([rows.size(0), 1], dtype=6, device=h.device)
      for at in range(0, w.size(0), wide):
        logits = self.linear(rows, w[at:at + wide], None, by)
        sums.append(torch.logsumexp(logits, [1], True))
        column = torch.clamp(place - at, 0, logits.size(1) - 1)
        told = torch.where(torch.eq(column, place - at), torch.gather(logits, 1, column), told)
      losses.append(torch.squeeze(torch.logsumexp(torch.cat(sums, 1), [1], True) - told, 1))
    return torch.masked_fill(torch.clamp(torch.cat(losses, 0), 0.0), left_out, 0.0).view(targets.size())

  # The same mean as cross_entropy of linear(hidden, w), with its gradients by hidden (..., width) and w (vocabulary, width), a few rows at a time: the
  # logits of a step are its largest array, and here they are gone before the next rows' are made. Fewer than 128 rows would read a large vocabulary's w for
  # too little. Without `learned` there is none by w.
  def head_gradients(self, hidden: Tensor, w: Tensor, targets: Tensor, learned: bool, by: int) -> Tuple[Tensor, Tensor, Tensor]:
    h = hidden.reshape(-1, hidden.size(-1))
    t = targets.reshape(-1)
    left_out = torch.eq(t, -100)
    places = torch.unsqueeze(torch.masked_fill(t, left_out, 0), 1)
    counted = torch.logical_not(left_out).to(6)
    shares = torch.unsqueeze(counted / counted.sum(), 1)
    nats = torch.zeros([], dtype=6, device=h.device)
    by_h = torch.empty_like(h)
    by_w = torch.zeros([0], device=h.device)
    if learned:
      by_w = torch.zeros([w.size(1), w.size(0)], dtype=6, device=h.device)
    together = max(128, 1 + (1 << 20) // w.size(0))
    if h.is_cuda:
      together = 64 * together
    if by == 1:
      h = h.to(15)
      w = w.to(15)
    for first in range(0, h.size(0), together):
      last = min(h.size(0), first + together)
      rows = h[first:last]
      place = places[first:last]
      share = shares[first:last]
      logs = torch.log_softmax(self.linear(rows, w, None, by), -1)
      nats = nats - (torch.gather(logs, 1, place) * share).sum()
      p = torch.exp_(logs)
      p.scatter_add_(1, place, torch.full_like(share, -1.0))
      p.mul_(share)
      if by == 1:
        p = p.to(15)    # once for both products
      by_h[first:last].copy_(self.columns(p, w, None, by))
      if learned:
        if by == 0:
          by_w.addmm_(rows.t(), p)
        else:
          by_w.add_(self.columns(rows.t(), p, None, by))
    if learned:
      by_w = by_w.t().contiguous()
    return nats, by_h.view(hidden.size()), by_w

  # `value` as it is, with given gradients by some tensors
  def with_gradients(self, value: Tensor, of: List[Tensor], gradients: List[Tensor]) -> Tensor:
    for i in range(len(of)):
      product = torch.dot(of[i].reshape(-1), gradients[i].reshape(-1))
      value = value + (product - product.detach())
    return value

  # --- optimizer ------------------------------------------------------------------------------------------------------

  # d loss / d weights, new tensors; a weight that the loss does not use is an error
  def gradients_of(self, loss: Tensor, weights: List[Tensor]) -> List[Tensor]:
    found = torch.autograd.grad([loss], weights)
    gradients : List[Tensor] = []
    for i in range(len(found)):
      gradients.append(torch._unwrap_optional(found[i]))
    return gradients

  # adds to each tensor its term, in place
  def add(self, sums: List[Tensor], terms: List[Tensor]) -> NoneType:
    torch._foreach_add_(sums, terms)
    return None

  # Scales all gradients together so that their joint 2-norm is at most `most`; returns the norm before
  def clip(self, gradients: List[Tensor], most: float) -> Tensor:
    norm = torch.linalg_vector_norm(torch.stack(torch._foreach_norm(gradients, 2.0)))
    torch._foreach_mul_(gradients, torch.clamp(torch.reciprocal(norm + 1e-6) * most, None, 1.0))
    return norm

  # The fused kernel does not advance its step counters, so that comes first. It takes every tensor's numbers in the order in which they lie in memory: a
  # gradient that lies transposed, as oneDNN leaves those of (in, out) matrices, would go to the wrong weights without a word.
  def adamw(self, weights: List[Tensor], gradients: List[Tensor], first: List[Tensor], second: List[Tensor], steps: List[Tensor],
            rate: float, beta1: float, beta2: float, eps: float, decay: float) -> NoneType:
    torch._foreach_add_(steps, 1.0)
    lying : List[Tensor] = []
    for gradient in gradients:
      lying.append(torch.contiguous(gradient))
    torch._fused_adamw_(weights, lying, first, second, [], steps, lr=rate, beta1=beta1, beta2=beta2, weight_decay=decay, eps=eps, amsgrad=False, maximize=False)
    return None

  def zero(self, tensors: List[Tensor]) -> NoneType:
    torch._foreach_zero_(tensors)
    return None

  # --- stored half-precision numbers and plain measurements ---------------------------------------------------------------

  # bytes (2 n) uint8 that hold n numbers of a 16-bit dtype (5 is float16, 15 is bfloat16) -> float32 of the given shape
  def widen(self, bytes: Tensor, dtype: int, shape: List[int]) -> Tensor:
    return torch.view_copy(bytes, dtype=dtype).to(6).view(shape)

  # a copy in memory of PyTorch's own, dtype kept
  def copy(self, x: Tensor) -> Tensor:
    return x.clone()

  # copies into a leaf that requires a gradient
  def assign(self, to: Tensor, value: Tensor) -> NoneType:
    to.copy_(value)
    return None

  # whether no number is NaN or infinite: the least and the greatest of all are NaN where one is
  def finite(self, x: Tensor) -> Tensor:
    least, most = torch.aminmax(x)
    return torch.logical_and(torch.isfinite(least), torch.isfinite(most))

  def same(self, x: Tensor, y: Tensor) -> Tensor:
    return torch.all(torch.eq(x, y))

  # `times` square products for timing; returns one number so that everything has run when it is read
  def products(self, a: Tensor, times: int, by: int) -> Tensor:
    if by == 1:
      a = a.to(15)
    y = a
    for i in range(times):
      y = self.columns(a, a, None, by)
    return y.to(6).sum()
