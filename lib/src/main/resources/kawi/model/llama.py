# Llama for inference, all layers in one call: decoding with a key-value cache, and whole sequences, in float32 and with int8 weights.
# The readable form of the same model is kawi.model.Llama; see kawi/torch/ops.py for the dialect.
#
# w: for each layer input norm, q, k, v, o, post-attention norm, gate, up, down (9 tensors); then the last norm and the head. In int8 the matrices are empty.
# table: the embedding, which ids are looked up in, or the ids' own rows in order where it stays in its file.
# packed: empty for float32; for int8 each layer's qkv, o, gate and up, down (4 weights), then the head, as fbgemm takes them.
# rows: the same matrices as oneDNN takes them, each followed by its scales; empty where fbgemm is to multiply.
# In float32 the matrices may be `laid` for many rows, where oneDNN multiplies.
# dnn: whether oneDNN multiplies float32, or PyTorch's own choice of library; see kawi.torch.OneDnn.

class LlamaInference(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  _is_full_backward_hook : Optional[bool]

  def none(self) -> Optional[Tensor]:
    return None

  # A list that is handed over once and then named by one handle, not by a handle for each tensor at every token.
  def kept(self, w: List[Tensor]) -> List[Tensor]:
    return w

  # The same list with its matrices as oneDNN multiplies many rows with them. It lays a matrix out so for each product of several rows, which for 64 rows takes
  # as long as half of the product; this is done once.
  def laid(self, w: List[Tensor]) -> List[Tensor]:
    laid : List[Tensor] = []
    for each in w:
      if each.dim() == 2:
        laid.append(ops.mkldnn._reorder_linear_weight(each, 64))
      else:
        laid.append(each)
    return laid

  # (out, in) matrices -> int8, one scale for each output row. Integers stop at 63: CPUs without VNNI add two products of an unsigned
  # activation and a signed weight in 16 bits, and 2 * 255 * 63 still fits.
  def whole(self, m: Tensor) -> Tuple[Tensor, Tensor]:
    scales = torch.clamp(torch.amax(torch.abs(m), [1]) / 63.0, 1e-12)
    return torch.round(m / torch.unsqueeze(scales, 1)).to(1), scales

  # Adds a matrix, whose rows come in pieces, and their scales, to the weights that fbgemm takes.
  def pack(self, packed: List[__torch__.torch.classes.quantized.LinearPackedParamsBase], whole: List[Tensor],
           scales: List[Tensor]) -> List[__torch__.torch.classes.quantized.LinearPackedParamsBase]:
    s = torch.cat(scales, 0)
    q = torch._make_per_channel_quantized_tensor(self.stacked(whole), s, torch.zeros_like(s, dtype=3), 0)
    packed.append(ops.quantized.linear_prepack(q, None))
    return packed

  # Adds it to those that oneDNN takes. Scales take in that activations are within 127.
  def prepare(self, rows: List[Tensor], whole: List[Tensor], scales: List[Tensor]) -> List[Tensor]:
    m = self.stacked(whole)
    rows.append(ops.onednn.qlinear_prepack(m, [512, m.size(1)]))
    rows.append(torch.cat(scales, 0) / 127.0)
    return rows

  def stacked(self, pieces: List[Tensor]) -> Tensor:
    if len(pieces) == 1:
      return pieces[0]
    return torch.cat(pieces, 0)

  # Adds the only matrix of `last`.
  def follow(self, packed: List[__torch__.torch.classes.quantized.LinearPackedParamsBase],
             last: List[__torch__.torch.classes.quantized.LinearPackedParamsBase]) -> List[__torch__.torch.classes.quantized.LinearPackedParamsBase]:
    packed.append(last[0])
    return packed

  def empty(self) -> List[Tensor]:
    rows : List[Tensor] = []
    return rows

  # A few tokens' activations are a thousand times the others' (the first one's, above all), so each row is scaled on its own before it is rounded.
  def most(self, x: Tensor) -> Tensor:
    return torch.clamp_(torch.amax(torch.abs(x), [-1], True), 1e-12)

  def product(self, x: Tensor, w: __torch__.torch.classes.quantized.LinearPackedParamsBase) -> Tensor:
    most = self.most(x)
    return torch.mul_(ops.quantized.linear_dynamic(x / most, w, False), most)

  def unpacked(self) -> List[__torch__.torch.classes.quantized.LinearPackedParamsBase]:
    packed : List[__torch__.torch.classes.quantized.LinearPackedParamsBase] = []
    return packed

  # x (..., in), w (out, in) -> (..., out), float32
  def times(self, x: Tensor, w: Tensor, dnn: bool) -> Tensor:
    if dnn:
      return ops.mkldnn._linear_pointwise(x, w, None, "none", annotate(List[Optional[number]], []), "")
    return torch.linear(x, w)

  # x (batch, time, in) -> (batch, time, sum of out)
  def qkv(self, x: Tensor, w: List[Tensor], packed: List[__torch__.torch.classes.quantized.LinearPackedParamsBase], i: int, dnn: bool) -> Tensor:
    if len(packed) > 0:
      return self.product(x, packed[4 * i])
    return torch.cat([self.times(x, w[9 * i + 1], dnn), self.times(x, w[9 * i + 2], dnn), self.times(x, w[9 * i + 3], dnn)], -1)

  def out(self, x: Tensor, w: List[Tensor], packed: List[__torch__.torch.classes.quantized.LinearPackedParamsBase], i: int, dnn: bool) -> Tensor:
    if len(packed) > 0:
      return self.product(x, packed[4 * i + 1])
    return self.times(x, w[9 * i + 4], dnn)

  def mlp(self, x: Tensor, w: List[Tensor], packed: List[__torch__.torch.classes.quantized.LinearPackedParamsBase], i: int, dnn: bool) -> Tensor:
    if len(packed) > 0:
      gate, up = torch.chunk(self.product(x, packed[4 * i + 2]), 2, -1)
      return self.product(torch.mul_(torch.silu(gate), up), packed[4 * i + 3])
    return self.times(torch.mul_(torch.silu(self.times(x, w[9 * i + 6], dnn)), self.times(x, w[9 * i + 7], dnn)), w[9 * i + 8], dnn)

  # x (batch, time, heads, size), cos and sin (batch or 1, time, 1, size)
  def rope(self, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    half = x.size(-1) // 2
    return x * cos + torch.cat([torch.neg(x[..., half:]), x[..., :half]], -1) * sin

  # q (batch, heads, time, size), k and v (batch, groups, keys, size)
  def attend(self, q: Tensor, k: Tensor, v: Tensor, mask: Optional[Tensor], causal: bool) -> Tensor:
    share = q.size(1) // k.size(1)
    if q.size(2) == 1:
      grouped = q.reshape(q.size(0), k.size(1), share, q.size(3))
      return torch.scaled_dot_product_attention(grouped, k, v, mask, 0.0, False).reshape(q.size())
    return torch.scaled_dot_product_attention(q, torch.repeat_interleave(k, share, 1), torch.repeat_interleave(v, share, 1), mask, 0.0, causal)

  # Whole sequences in int8. x (rows, in), overwritten -> x / most times matrix j, (rows, out); the caller multiplies by `most` where that is cheapest.
  # Whole numbers -127..127 go to oneDNN as 1..255 around 128 (by way of a signed byte, whose conversion is vectorised).
  def scaled(self, x: Tensor, most: Tensor, packed: List[__torch__.torch.classes.quantized.LinearPackedParamsBase], rows: List[Tensor], j: int) -> Tensor:
    if len(rows) > 0:
      bytes = torch.bitwise_xor(torch.to(torch.to(torch.round_(torch.mul_(x, 127.0 / most)), 1), 0), 128)
      zero = torch.zeros([1], dtype=3)
      return ops.onednn.qlinear_pointwise(bytes, 1.0, 128, rows[2 * j], rows[2 * j + 1], zero, None, 1.0, 0, 6, "none", annotate(List[Optional[number]], []), "")
    return ops.quantized.linear_dynamic(torch.div_(x, most), packed[j], False)

  # Causal attention, a block of queries at a time: what lies after the block is not computed, and the heads that share a key go in one product.
  # q (batch, heads, time, size), already over the root of size; k and v (batch, groups, time, size); mask (block, block) is added at the block's own keys
  def blocks(self, q: Tensor, k: Tensor, v: Tensor, mask: Tensor) -> Tensor:
    b, groups, t, size = k.size()
    share = q.size(1) // groups
    q = torch.reshape(q, [b * groups, share, t, size])
    k = torch.transpose(torch.reshape(k, [b * groups, t, size]), 1, 2)
    v = torch.reshape(v, [b * groups, t, size])
    block = mask.size(0)
    y : List[Tensor] = []
    for j in range((t + block - 1) // block):
      first = j * block
      end = min(t, first + block)
      n = end - first
      scores = torch.bmm(torch.reshape(q[:, :, first:end], [b * groups, share * n, size]), k[:, :, :end])
      own = torch.view(scores, [b * groups, share, n, end])[:, :, :, first:]
      torch.add_(own, mask[:n, :n])
      y.append(torch.view(torch.bmm(torch.softmax(scores, -1), v[:, :end]), [b, groups * share, n, size]))
    return torch.cat(y, 2)

  # For `mixed`: cosines and sines (time, size) as (time, 1, size), the sines with the signs of `rope`, and the mask of a block of 64 queries
  def turns(self, cos: Tensor, sin: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
    half = cos.size(-1) // 2
    s = torch.cat([torch.neg(sin[:, :half]), sin[:, half:]], 1)
    return torch.unsqueeze(cos, 1), torch.unsqueeze(s, 1), torch.triu(torch.full([64, 64], -inf, dtype=6), 1)

  # Rotary positions and attention: queries and keys qk (batch, time, heads + groups, size), v (batch, time, groups, size) -> (batch * time, heads * size)
  def mixed(self, qk: Tensor, v: Tensor, heads: int, c: Tensor, s: Tensor, mask: Tensor) -> Tensor:
    b, t, both, size = qk.size()
    qk = torch.transpose(torch.addcmul(qk * c, torch.roll(qk, [size // 2], [3]), s), 1, 2)
    y = self.blocks(qk[:, :heads] * (1.0 / torch.sqrt(float(size))), qk[:, heads:], torch.transpose(v, 1, 2), mask)
    return torch.reshape(torch.transpose(y, 1, 2), [b * t, heads * size])

  # x (rows, in), w (out, in) -> (rows, out), float32; `by` as in kawi/torch/ops.py: 0 float32 as PyTorch makes it, 1 bfloat16, 2 float32 by oneDNN
  def made(self, x: Tensor, w: Tensor, by: int) -> Tensor:
    if by == 1:
      return torch.linear(x.to(15), w.to(15)).to(6)
    return self.times(x, w, by == 2)

  # x as `made` reads it: where several matrices are multiplied with it, it is rounded once
  def read(self, x: Tensor, by: int) -> Tensor:
    if by == 1:
      return x.to(15)
    return x

  # Layers first .. last - 1 over whole sequences in float32, products in bfloat16 where `by` is 1, on a CPU: x (batch, time, width), cos and sin (time, size)
  def exact(self, x: Tensor, w: List[Tensor], first: int, last: int, heads: int, groups: int, cos: Tensor, sin: Tensor, eps: float,
            by: int) -> Tensor:
    b, t, width = x.size()
    size = cos.size(-1)
    c, s, mask = self.turns(cos, sin)
    x = torch.clone(torch.reshape(x, [b * t, width]))
    for i in range(first, last):
      o = 9 * i
      h = self.read(torch.mul_(x * self.inverse(x, eps), w[o]), by)
      qk = torch.cat([self.made(h, w[o + 1], by), self.made(h, w[o + 2], by)], 1)
      v = self.made(h, w[o + 3], by)
      y = self.mixed(torch.view(qk, [b, t, heads + groups, size]), torch.view(v, [b, t, groups, size]), heads, c, s, mask)
      x = torch.add_(x, self.made(y, w[o + 4], by))
      h = self.read(torch.mul_(x * self.inverse(x, eps), w[o + 5]), by)
      h = torch.mul_(torch.silu_(self.made(h, w[o + 6], by)), self.made(h, w[o + 7], by))
      x = torch.add_(x, self.made(h, w[o + 8], by))
    return torch.view(x, [b, t, width])

  # Layers first .. last - 1 over texts that begin alike and branch, laid end to end, in float32 on a CPU: x (tokens, width), the stem first; cos and sin (tokens, size);
  # ends: behind the stem and behind each text; masks: one a text, (its tokens, the stem's and its own), added to its scores.
  def branching(self, x: Tensor, w: List[Tensor], first: int, last: int, heads: int, groups: int, cos: Tensor, sin: Tensor, ends: List[int], masks: List[Tensor],
                eps: float, dnn: bool) -> Tensor:
    n = x.size(0)
    size = cos.size(-1)
    c, s, mask = self.turns(cos, sin)
    x = torch.clone(x)
    for i in range(first, last):
      o = 9 * i
      h = torch.mul_(x * self.inverse(x, eps), w[o])
      qk = torch.view(torch.cat([self.times(h, w[o + 1], dnn), self.times(h, w[o + 2], dnn)], 1), [n, heads + groups, size])
      qk = torch.transpose(torch.addcmul(qk * c, torch.roll(qk, [size // 2], [2]), s), 0, 1)
      v = torch.transpose(torch.view(self.times(h, w[o + 3], dnn), [n, groups, size]), 0, 1)
      y = self.apart(qk[:heads] * (1.0 / torch.sqrt(float(size))), qk[heads:], v, ends, masks, mask)
      x = torch.add_(x, self.times(torch.reshape(torch.transpose(y, 0, 1), [n, heads * size]), w[o + 4], dnn))
      h = torch.mul_(x * self.inverse(x, eps), w[o + 5])
      h = torch.mul_(torch.silu_(self.times(h, w[o + 6], dnn)), self.times(h, w[o + 7], dnn))
      x = torch.add_(x, self.times(h, w[o + 8], dnn))
    return x

  # Attention of `branching`: each text sees the stem and itself. q (heads, tokens, size), k and v (groups, tokens, size) -> as q
  def apart(self, q: Tensor, k: Tensor, v: Tensor, ends: List[int], masks: List[Tensor], causal: Tensor) -> Tensor:
    heads = q.size(0)
    groups = k.size(0)
    size = q.size(2)
    stem = ends[0]
    y : List[Tensor] = []
    if stem > 0:
      own = self.blocks(torch.unsqueeze(q[:, :stem], 0), torch.unsqueeze(k[:, :stem], 0), torch.unsqueeze(v[:, :stem], 0), causal)
      y.append(torch.reshape(own, [heads, stem, size]))
    for j in range(1, len(ends)):
      first = ends[j - 1]
      end = ends[j]
      n = end - first
      keys = k[:, first:end]
      values = v[:, first:end]
      if stem > 0:
        keys = torch.cat([k[:, :stem], keys], 1)
        values = torch.cat([v[:, :stem], values], 1)
      scores = torch.bmm(torch.reshape(q[:, first:end], [groups, (heads // groups) * n, size]), torch.transpose(keys, 1, 2))
      torch.add_(torch.view(scores, [heads, n, stem + n]), masks[j - 1])
      y.append(torch.reshape(torch.bmm(torch.softmax(scores, -1), values), [heads, n, size]))
    return torch.cat(y, 1)

  # `exact` in int8. A row's norm and its largest activation are both one factor of the whole row, so they are multiplied in after the product, together.
  def layers(self, x: Tensor, w: List[Tensor], packed: List[__torch__.torch.classes.quantized.LinearPackedParamsBase], rows: List[Tensor], first: int,
             last: int, heads: int, groups: int, cos: Tensor, sin: Tensor, eps: float) -> Tensor:
    b, t, width = x.size()
    size = cos.size(-1)
    both = heads + groups
    c, s, mask = self.turns(cos, sin)
    x = torch.reshape(x, [b * t, width])
    for i in range(first, last):
      h = x * w[9 * i]
      most = self.most(h)
      factor = most * self.inverse(x, eps)
      qkv = torch.view(torch.mul_(self.scaled(h, most, packed, rows, 4 * i), factor), [b, t, both + groups, size])
      y = self.mixed(qkv[:, :, :both], qkv[:, :, both:], heads, c, s, mask)
      most = self.most(y)
      x = torch.addcmul(x, self.scaled(y, most, packed, rows, 4 * i + 1), most)
      h = x * w[9 * i + 5]
      most = self.most(h)
      factor = most * self.inverse(x, eps)
      gate, up = torch.chunk(self.scaled(h, most, packed, rows, 4 * i + 2), 2, 1)
      h = torch.mul_(torch.silu_(gate * factor), up)
      most = self.most(h)
      x = torch.addcmul(x, self.scaled(h, most, packed, rows, 4 * i + 3), most * factor)
    return torch.view(x, [b, t, width])

  # 1 over the root of each row's mean square, (rows, 1)
  def inverse(self, x: Tensor, eps: float) -> Tensor:
    length = torch.linalg_vector_norm(x, 2, [-1], True)
    return torch.rsqrt_(length * length / x.size(1) + eps)

  # x (..., width), normalised -> (..., vocabulary), int8; rows of the head alone
  def logits(self, x: Tensor, packed: List[__torch__.torch.classes.quantized.LinearPackedParamsBase], rows: List[Tensor]) -> Tensor:
    most = self.most(x)
    y = self.scaled(torch.clone(x), most, packed, rows, max(0, len(packed) - 1))
    return torch.mul_(y, most)

  # Feeds ids (b, t) of the given rows of the batch, whose first stands at `start`, or each at its own position (start -1, t 1, all rows).
  # positions (b, t); keys and values (layers, batch, groups, length, size); returns the last position's logits (b, vocabulary).
  def decode(self, ids: Tensor, rows: Tensor, positions: Tensor, start: int, end: int, table: Tensor, w: List[Tensor],
             packed: List[__torch__.torch.classes.quantized.LinearPackedParamsBase], keys: Tensor, values: Tensor,
             heads: int, groups: int, cos: Tensor, sin: Tensor, eps: float, dnn: bool) -> Tensor:
    b, t = ids.size()
    x = torch.embedding(table, ids)
    width = x.size(2)
    size = cos.size(-1)
    c = torch.embedding(cos, positions).view(b, t, 1, size)
    s = torch.embedding(sin, positions).view(b, t, 1, size)
    everyone = b == keys.size(1)
    mask : Optional[Tensor] = None
    if start < 0:
      mask = torch.le(torch.arange(end, device=x.device).view(1, 1, 1, end), positions.view(b, 1, 1, 1))
    elif start > 0 and t > 1:
      mask = torch.ones([t, end], dtype=11, device=x.device).tril(start)
    for i in range(len(w) // 9):
      qkv = self.qkv(torch.rms_norm(x, [width], w[9 * i], eps), w, packed, i, dnn).view(b, t, heads + 2 * groups, size)
      qk = self.rope(qkv[:, :, :heads + groups], c, s).transpose(1, 2)
      q = qk[:, :heads]
      k = qk[:, heads:]
      v = qkv[:, :, heads + groups:].transpose(1, 2)
      held = keys[i]
      seen = values[i]
      if start < 0:
        held.index_put_([rows, None, positions[:, 0]], k[:, :, 0])
        seen.index_put_([rows, None, positions[:, 0]], v[:, :, 0])
      elif everyone:
        held[:, :, start:end].copy_(k)
        seen[:, :, start:end].copy_(v)
      else:
        held[:, :, start:end].index_copy_(0, rows, k)
        seen[:, :, start:end].index_copy_(0, rows, v)
      if start != 0:
        k = held[:, :, :end]
        v = seen[:, :, :end]
        if not everyone:
          k = k.index_select(0, rows)
          v = v.index_select(0, rows)
      y = self.attend(q, k, v, mask, mask is None)
      x = x + self.out(y.transpose(1, 2).reshape(b, t, heads * size), w, packed, i, dnn)
      x = x + self.mlp(torch.rms_norm(x, [width], w[9 * i + 5], eps), w, packed, i, dnn)
    x = torch.rms_norm(x[:, -1], [width], w[len(w) - 2], eps)
    if len(packed) > 0:
      return self.product(x, packed[len(packed) - 1])
    return self.times(x, w[len(w) - 1], dnn)

  # cache (layers, batch, groups, length, size) -> those of some rows of the batch
  def some(self, cache: Tensor, rows: Tensor) -> Tensor:
    return torch.index_select(cache, 1, rows)

  # What a row of the batch has read first, `length` tokens: its keys or values (layers, groups, length, size), a copy
  def stem(self, cache: Tensor, row: int, length: int) -> Tensor:
    return torch.clone(torch.narrow(torch.select(cache, 1, row), 2, 0, length))

  # Puts it at the front of another row
  def begin(self, cache: Tensor, row: int, stem: Tensor) -> Tensor:
    return torch.copy_(torch.narrow(torch.select(cache, 1, row), 2, 0, stem.size(2)), stem)

  # One row x -> x over the root of its mean square, times weight; share = 1 / width. `rms_norm` is six operators on more numbers.
  def norm(self, x: Tensor, weight: Tensor, eps: Tensor, share: float) -> Tensor:
    row = torch.view(x, [-1])
    return torch.mul_(x * torch.rsqrt_(torch.add(eps, torch.dot(row, row), alpha=share)), weight)

  # x (1, in) -> (1, out). One row has one range, so it need not be scaled before it is rounded.
  def single(self, x: Tensor, w: __torch__.torch.classes.quantized.LinearPackedParamsBase) -> Tensor:
    return ops.quantized.linear_dynamic(x, w, False)

  # x (1, in), w (out, in) -> (1, out), float32: what is `linear` for MKL is a matrix times a vector, which it reads faster
  def row(self, x: Tensor, w: Tensor, dnn: bool) -> Tensor:
    if dnn:
      return self.times(x, w, dnn)
    return torch.unsqueeze(torch.mv(w, torch.view(x, [-1])), 0)

  # q (groups, heads of a group, size), past (groups, size, keys), said (groups, keys, size) -> as q. `zero` is not read: with it, product and scale are one
  # operator.
  def answer(self, q: Tensor, past: Tensor, said: Tensor, zero: Tensor, scale: float) -> Tensor:
    return torch.bmm(torch.softmax(torch.baddbmm(zero, q, past, beta=0, alpha=scale), -1), said)

  # The matrix (size, size) by which a row is turned at a position with these cosines and sines (size): `rope` as one product.
  def turn(self, c: Tensor, s: Tensor) -> Tensor:
    half = c.size(0) // 2
    m = torch.diag(c)
    torch.copy_(torch.diagonal(m, half), s[half:])
    torch.copy_(torch.diagonal(m, -half), torch.neg(s[:half]))
    return m

  # `decode` for one token of one text, which is what chatting mostly is. Here the weights are read in a few milliseconds, and each small operator beside
  # them counts: what differs only from token to token is made once before the layers, float32 takes matrices times vectors, and int8 one product for
  # queries, keys and values. Returns logits (1, vocabulary).
  def one(self, id: int, position: int, table: Tensor, w: List[Tensor], packed: List[__torch__.torch.classes.quantized.LinearPackedParamsBase],
          keys: Tensor, values: Tensor, heads: int, groups: int, cos: Tensor, sin: Tensor, epsilon: float, dnn: bool) -> Tensor:
    width = table.size(1)
    size = cos.size(-1)
    both = heads + groups
    share = 1.0 / width
    scale = 1.0 / torch.sqrt(float(size))
    eps = torch.full([], epsilon, dtype=6, device=table.device)
    zero = torch.zeros([1, 1, 1], dtype=6, device=table.device)
    turn = self.turn(torch.select(cos, 0, position), torch.select(sin, 0, position))
    held = torch.select(keys, 1, 0)                                         # (layers, groups, length, size)
    seen = torch.select(values, 1, 0)
    key = torch.unbind(torch.select(held, 2, position), 0)
    value = torch.unbind(torch.select(seen, 2, position), 0)
    past = torch.unbind(torch.transpose(torch.narrow(held, 2, 0, position + 1), 2, 3), 0)
    said = torch.unbind(torch.narrow(seen, 2, 0, position + 1), 0)
    x = torch.clone(torch.narrow(table, 0, id, 1))                          # (1, width)
    if len(packed) > 0:
      for i in range(len(w) // 9):
        o = 9 * i
        qkv = torch.view(self.single(self.norm(x, w[o], eps, share), packed[4 * i]), [both + groups, size])
        qk = torch.mm(torch.narrow(qkv, 0, 0, both), turn)
        torch.copy_(key[i], torch.narrow(qk, 0, heads, groups))
        torch.copy_(value[i], torch.narrow(qkv, 0, both, groups))
        q = torch.view(torch.narrow(qk, 0, 0, heads), [groups, heads // groups, size])
        y = self.answer(q, past[i], said[i], zero, scale)
        x = torch.add_(x, self.single(torch.view(y, [1, heads * size]), packed[4 * i + 1]))
        gate, up = torch.chunk(self.single(self.norm(x, w[o + 5], eps, share), packed[4 * i + 2]), 2, 1)
        x = torch.add_(x, self.single(torch.mul_(torch.silu(gate), up), packed[4 * i + 3]))
      return self.single(self.norm(x, w[len(w) - 2], eps, share), packed[len(packed) - 1])
    for i in range(len(w) // 9):
      o = 9 * i
      h = self.norm(x, w[o], eps, share)
      torch.copy_(key[i], torch.mm(torch.view(self.row(h, w[o + 2], dnn), [groups, size]), turn))
      torch.copy_(value[i], torch.view(self.row(h, w[o + 3], dnn), [groups, size]))
      q = torch.view(torch.mm(torch.view(self.row(h, w[o + 1], dnn), [heads, size]), turn), [groups, heads // groups, size])
      y = self.answer(q, past[i], said[i], zero, scale)
      x = torch.add_(x, self.row(torch.view(y, [1, heads * size]), w[o + 4], dnn))
      h = self.norm(x, w[o + 5], eps, share)
      x = torch.add_(x, self.row(torch.mul_(torch.silu_(self.row(h, w[o + 6], dnn)), self.row(h, w[o + 7], dnn)), w[o + 8], dnn))
    return self.row(self.norm(x, w[len(w) - 2], eps, share), w[len(w) - 1], dnn)
