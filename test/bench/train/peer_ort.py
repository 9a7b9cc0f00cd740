"""Trains with onnxruntime-training. The first run writes its artifacts: training graph, optimizer graph, checkpoint.

ONNX Runtime has gradients only for norms and losses with their optional outputs, which exporters leave out, so they are
added to the graph; and batch and sequence become fixed, as they are for Neap. Its AdamW follows Hugging Face by
default, where epsilon counts before bias correction; adam_mode 0 is PyTorch's.
"""

import pathlib
import shutil
import sys
import types

sys.modules["onnxruntime.training.optim"] = types.ModuleType("optim")  # needs PyTorch, and is not used here
import onnx
import onnxruntime
import peer
from onnxruntime.training import artifacts, onnxblock
from onnxruntime.training.api import CheckpointState, Module, Optimizer
from safetensors.numpy import load_file


def write_artifacts(job, folder, shape):
    model = onnx.load(f"{job['model']}")
    del model.graph.value_info[:]
    for value in model.graph.input:
        for dim, size in zip(value.type.tensor_type.shape.dim, shape):
            dim.dim_value = size
    for node in model.graph.node:
        extra = {"LayerNormalization": ["mean", "inverse_deviation"], "SoftmaxCrossEntropyLoss": ["log_prob"]}
        missing = extra.get(node.op_type, [])[len(node.output) - 1:]
        node.output.extend(f"{node.output[0]}_{name}" for name in missing)
    trained = [tensor.name for tensor in model.graph.initializer
               if tensor.data_type == onnx.TensorProto.FLOAT and len(tensor.dims) > 0]
    optimizer = onnxblock.optim.AdamW(eps=1e-8, weight_decay=job["weight_decay"])
    part = folder.with_name("ort.part")  # renamed when it is whole
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir()
    artifacts.generate_artifacts(model, requires_grad=trained, optimizer=optimizer, artifact_directory=str(part))
    path = str(part / "optimizer_model.onnx")
    model = onnx.load(path)
    for node in model.graph.node:
        for attribute in node.attribute:
            if attribute.name == "adam_mode":
                attribute.i = 0
    onnx.save(model, path)
    part.rename(folder)


def main():
    job = peer.read_job()
    folder = pathlib.Path(job["folder"]) / "ort"
    data = load_file(f"{job['folder']}/data.safetensors")
    if job.get("prepare"):
        return write_artifacts(job, folder, data["input_ids"].shape[1:])
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = job["threads"]
    state = CheckpointState.load_checkpoint(folder / "checkpoint")
    module = Module(folder / "training_model.onnx", state, None, "cpu", options)
    optimizer = Optimizer(folder / "optimizer_model.onnx", module)
    optimizer.set_learning_rate(job["learning_rate"])

    def step(batch):
        loss = float(module(*batch))
        optimizer.step()
        module.lazy_reset_grad()
        return loss

    peer.run(job, step, list(zip(data["input_ids"], data["labels"])))


if __name__ == "__main__":
    main()
