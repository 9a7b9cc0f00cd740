"""Trains with PyTorch, as the job's variant says: one of driver.TORCH.

torch-checkpoint computes each block's forward pass again in the backward pass (Hugging Face's activation checkpointing);
torch-compile-BUDGET is torch.compile with that activation_memory_budget, which is 1 for torch-compile.
Attention is scaled_dot_product_attention, which is PyTorch's fast path, although ONNX files are exported without it.
"""

import peer
import torch
import torch._functorch.config
from gpt2 import Gpt2
from safetensors import safe_open
from safetensors.torch import load_file


def load(job):
    """The module with the weights Neap starts from; they have PyTorch's names, with or without this module's own prefix."""
    with torch.device("meta"):
        module = Gpt2("sdpa", job["config"])
    module.to_empty(device=job["device"])
    module.model.tie_weights()
    def unify(name):  # a tied matrix has one of its two names in the module, and one in the file
        name = name.removeprefix("model.")
        return "transformer.wte.weight" if name == "lm_head.weight" else name

    state = {unify(name): parameter for name, parameter in module.named_parameters()}
    with torch.no_grad(), safe_open(job["weights"], "pt") as file:
        for name in file.keys():
            if file.get_slice(name).get_dtype() == "F32" and file.get_slice(name).get_shape():
                state.pop(unify(name)).copy_(file.get_tensor(name))
    if state:
        raise SystemExit(f"the model file has no weights for {sorted(state)}")
    return module.train()


def adapt(module, variant):
    """What is called for the loss."""
    if variant == "torch-checkpoint":
        enable = getattr(module.model, "activation_checkpointing_enable", None)
        (enable or module.model.gradient_checkpointing_enable)()  # its name before transformers 5.20
    if not variant.startswith("torch-compile"):
        return module
    budget = variant.removeprefix("torch-compile").removeprefix("-")
    torch._functorch.config.activation_memory_budget = float(budget or 1)
    return torch.compile(module)


def main():
    job = peer.read_job()
    torch.set_num_threads(job["threads"])
    module = load(job)
    foreach = job["variant"] == "torch-eager-foreach"
    optimizer = torch.optim.AdamW(module.parameters(), lr=job["learning_rate"], weight_decay=job["weight_decay"],
                                  foreach=foreach, fused=not foreach)
    loss_of = adapt(module, job["variant"])

    def step(batch):
        optimizer.zero_grad(set_to_none=True)
        loss = loss_of(*batch)
        loss.backward()
        optimizer.step()
        return loss.item()

    data = load_file(f"{job['folder']}/data.safetensors", device=job["device"])
    device_peak_bytes = None if job["device"] == "cpu" else torch.cuda.max_memory_reserved
    peer.run(job, step, list(zip(data["input_ids"], data["labels"])), device_peak_bytes)


if __name__ == "__main__":
    main()
