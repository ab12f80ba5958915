"""Two processes of PyTorch with gloo, the peer of ClusterRows.java.  use: ddp.py DATA THREADS full|quick exchange|step

Starts itself twice by torchrun, one thread each: `exchange` adds up 12.3 M numbers of both, `step` trains the GPT of gpt_step.py by DistributedDataParallel,
four windows a process.
"""
import os
import statistics
import subprocess
import sys
import time

import torch


def both(data, size, work):
    import torch.distributed as dist
    from torch.nn.parallel import DistributedDataParallel

    from gpt import Gpt, cosine, fused_adamw, train_step
    from tokens import Tokens

    dist.init_process_group("gloo")
    rank = dist.get_rank()
    torch.set_num_threads(1)
    torch.manual_seed(1)
    warm, timed = (1, 2) if size == "quick" else (4, 15)
    seconds = []
    if work == "exchange":
        numbers = torch.full([12_300_000], float(rank + 1))
        for _ in range(warm + timed):
            dist.barrier()
            start = time.perf_counter()
            dist.all_reduce(numbers)
            seconds.append(time.perf_counter() - start)
    else:
        text = Tokens(f"{data}/pairs.train.tokens")
        model = Gpt(4096, 256, 6, 6, 384)
        optimizer = fused_adamw(model, 1e-3, 0.95)
        shared = Loss(model)
        wrapped = DistributedDataParallel(shared)
        for step in range(warm + timed):
            start = time.perf_counter()
            for _ in range(1 + rank):    # each draws windows of its own
                ids, targets = text.batch(4, 256)
            train_step(Wrapped(wrapped, model), optimizer, ids, targets, 1e-3 * cosine(step, 1, 2000))
            seconds.append(time.perf_counter() - start)
        if rank == 0:
            print("result parameters", sum(weight.numel() for weight in model.parameters()))
    if rank == 0:
        print("result seconds", statistics.median(seconds[warm:]))
    dist.destroy_process_group()


class Loss(torch.nn.Module):
    """The loss as a forward pass, for that is what DistributedDataParallel wraps."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, ids, targets):
        return self.model.loss(ids, targets)


class Wrapped:
    """What train_step asks of a model."""

    def __init__(self, wrapped, model):
        self.loss, self.parameters = wrapped, model.parameters


def main():
    data, _, size, work = sys.argv[1:]
    if "RANK" in os.environ:
        both(data, size, work)
        return 0
    return subprocess.run([sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2", __file__, *sys.argv[1:]],
                          env={**os.environ, "OMP_NUM_THREADS": "1", "GLOO_SOCKET_IFNAME": "lo"}).returncode


if __name__ == "__main__":
    sys.exit(main())
