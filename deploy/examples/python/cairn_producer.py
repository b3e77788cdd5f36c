"""Publishes the denoising steps of a diffusers pipeline, so that Cairn attributes them while it draws.

    latents = torch.randn(1, 4, 64, 64, generator=generator, device=pipe.device, dtype=pipe.dtype)
    steps = GenerationSteps(Producer({"bootstrap.servers": "localhost:9092"}), "my-model", latents)
    pipe(prompt, latents=latents, callback_on_step_end=steps, callback_on_step_end_tensor_inputs=steps.inputs)
    steps.flush()
"""

import uuid
from typing import Any, Mapping, Sequence

import numpy as np
from confluent_kafka import Producer

from cairn.v1 import generation_pb2, tensor_pb2

STEP = "dev.cairn.generation.step.v1"
COMPLETED = "dev.cairn.generation.completed.v1"


def array(tensor: Any) -> np.ndarray:
    """A float32 array of whatever the pipeline computes with, on whatever device."""
    if hasattr(tensor, "detach"):
        tensor = tensor.detach().float().cpu().numpy()
    return np.ascontiguousarray(tensor, dtype="<f4")


def wire(values: np.ndarray) -> tensor_pb2.Tensor:
    return tensor_pb2.Tensor(data_type=tensor_pb2.FP32, shape=values.shape, data=values.tobytes())


class GenerationSteps:
    """A ``callback_on_step_end`` for the images of one call of a pipeline.

    diffusers calls back at the *end* of a step, with the latents that the *next* step begins from. Cairn
    wants x_t, what the denoiser saw at t; so this keeps the latents from one call to the next, which is
    why it must be given those that the pipeline starts from.

    :param latents: the initial noise, n x channels x height x width, as passed to the pipeline
    :param model: the id of the model bundle, which is its directory's name
    :param conditioning: for each of the pipeline's tensors to send along, the model's input that it is, for
        example ``{"prompt_embeds": "encoder_hidden_states"}``. With guidance the last n rows are taken.
    :param tags: copied to the results
    :param traceparent: W3C trace context that the results will carry on
    """

    def __init__(
        self,
        producer: Producer,
        model: str,
        latents: Any,
        *,
        topic: str = "cairn.generations",
        conditioning: Mapping[str, str] | None = None,
        tags: Mapping[str, str] | None = None,
        traceparent: str | None = None,
    ):
        self._producer = producer
        self._model = model
        self._topic = topic
        self._latents = array(latents)
        self._conditioning = dict(conditioning or {})
        self._tags = dict(tags or {})
        self._traceparent = traceparent
        #: one id for each image of the batch
        self.generation_ids = [str(uuid.uuid4()) for _ in self._latents]

    @property
    def inputs(self) -> Sequence[str]:
        """What the pipeline must hand over: its argument ``callback_on_step_end_tensor_inputs``."""
        return ["latents", *self._conditioning]

    def __call__(self, pipe: Any, step_index: int, timestep: Any, callback_kwargs: dict) -> dict:
        step_count = pipe.num_timesteps
        following = array(callback_kwargs["latents"])
        conditioning = self._rows(callback_kwargs)
        for row, generation_id in enumerate(self.generation_ids):
            common = {
                "generation_id": generation_id,
                "model": self._model,
                "step_count": step_count,
                "conditioning": {name: wire(values[row]) for name, values in conditioning.items()},
                "tags": self._tags,
            }
            step = generation_pb2.GenerationStep(
                step=step_index, timestep=int(timestep), latent=wire(self._latents[row]), **common
            )
            self._send(STEP, step)
            if step_index == step_count - 1:
                self._send(
                    COMPLETED, generation_pb2.GenerationCompleted(image=wire(following[row]), **common)
                )
        self._latents = following
        return callback_kwargs

    def _rows(self, callback_kwargs: dict) -> dict[str, np.ndarray]:
        """With classifier-free guidance the batch is doubled, its second half conditional."""
        n = len(self.generation_ids)
        return {
            name: array(callback_kwargs[given])[-n:] for given, name in self._conditioning.items()
        }

    def _send(self, ce_type: str, message: Any) -> None:
        headers = [("ce_type", ce_type.encode()), ("content-type", b"application/protobuf")]
        if self._traceparent:
            headers.append(("traceparent", self._traceparent.encode()))
        self._producer.produce(
            self._topic, key=message.generation_id, value=message.SerializeToString(), headers=headers
        )
        self._producer.poll(0)  # serves delivery reports; does not wait

    def flush(self, seconds: float = 30) -> None:
        """Waits until the broker has everything.

        :raises RuntimeError: if it does not in time
        """
        left = self._producer.flush(seconds)
        if left:
            raise RuntimeError(f"{left} records did not reach the broker within {seconds} s")
