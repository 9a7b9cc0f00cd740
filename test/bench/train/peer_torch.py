"""Trains with PyTorch, as the job's variant says: torch-eager-fused, torch-eager-foreach or torch-compile.

Attention is scaled_dot_product_attention, which is PyTorch's fast path, although ONNX files are exported without it.
"""

import peer
import torch
from gpt2 import Gpt2
from safetensors import safe_open
from safetensors.torch import load_file


def load(folder, device):
    """The module with the weights Neap starts from; they have PyTorch's names."""
    with torch.device("meta"):
        module = Gpt2("sdpa")
    module.to_empty(device=device)
    module.model.tie_weights()
    state = dict(module.named_parameters())  # a tied matrix has one of its two names here, and one in the file
    names = {"model.lm_head.weight": "model.transformer.wte.weight"}
    state = {names.get(name, name): parameter for name, parameter in state.items()}
    with torch.no_grad(), safe_open(f"{folder}/neap.safetensors", "pt") as file:
        for name in file.keys():
            if file.get_slice(name).get_dtype() == "F32" and file.get_slice(name).get_shape():
                state.pop(names.get(name, name)).copy_(file.get_tensor(name))
    if state:
        raise SystemExit(f"the model file has no weights for {sorted(state)}")
    return module.train()


def main():
    job = peer.read_job()
    torch.set_num_threads(job["threads"])
    module = load(job["folder"], job["device"])
    foreach = job["variant"] == "torch-eager-foreach"
    optimizer = torch.optim.AdamW(module.parameters(), lr=job["learning_rate"], weight_decay=job["weight_decay"],
                                  foreach=foreach, fused=not foreach)
    loss_of = torch.compile(module) if job["variant"] == "torch-compile" else module

    def step(batch):
        optimizer.zero_grad(set_to_none=True)
        loss = loss_of(*batch)
        loss.backward()
        optimizer.step()
        return loss.item()

    data = load_file(f"{job['folder']}/data.safetensors", device=job["device"])
    peak_bytes = peer.peak_resident_bytes if job["device"] == "cpu" else torch.cuda.max_memory_reserved
    peer.run(job, step, list(zip(data["input_ids"], data["labels"])), peak_bytes)


if __name__ == "__main__":
    main()
