"""Draws two images with a small stand-in for a diffusers pipeline and publishes their steps.

    python stand_in_pipeline.py --bootstrap localhost:9092 --model fashion-28px

The stand-in has what a callback sees of a pipeline: the same call, ``num_timesteps``, ``scheduler``, and the
same order of events (denoise, scheduler step, call back). Its denoiser knows only that images have mean 0.
"""

import argparse

import numpy as np
from confluent_kafka import Producer

from cairn_producer import GenerationSteps


class Scheduler:
    """DDIM with eta 0 on a linear beta schedule of 1000 timesteps."""

    def __init__(self):
        self.alphas_cumprod = np.cumprod(1 - np.linspace(1e-4, 0.02, 1000))
        self.timesteps = np.empty(0, dtype=int)

    def set_timesteps(self, steps: int) -> None:
        stride = 1000 // steps
        self.timesteps = np.arange(steps)[::-1] * stride + 1

    def step(self, noise: np.ndarray, timestep: int, sample: np.ndarray) -> np.ndarray:
        alpha = self.alphas_cumprod[timestep]
        earlier = timestep - 1000 // len(self.timesteps)
        alpha_earlier = self.alphas_cumprod[earlier] if earlier >= 0 else 1.0
        estimate = (sample - np.sqrt(1 - alpha) * noise) / np.sqrt(alpha)
        return np.sqrt(alpha_earlier) * estimate + np.sqrt(1 - alpha_earlier) * noise


class StandInPipeline:
    def __init__(self):
        self.scheduler = Scheduler()

    @property
    def num_timesteps(self) -> int:
        return len(self.scheduler.timesteps)

    def __call__(
        self,
        *,
        latents: np.ndarray,
        num_inference_steps: int,
        callback_on_step_end=None,
        callback_on_step_end_tensor_inputs=("latents",),
    ) -> np.ndarray:
        self.scheduler.set_timesteps(num_inference_steps)
        for i, t in enumerate(self.scheduler.timesteps):
            noise = np.sqrt(1 - self.scheduler.alphas_cumprod[t]) * latents
            latents = self.scheduler.step(noise, t, latents)
            if callback_on_step_end is not None:
                tensors = {"latents": latents}
                given = {name: tensors[name] for name in callback_on_step_end_tensor_inputs}
                latents = callback_on_step_end(self, i, t, given).pop("latents", latents)
        return latents


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bootstrap", required=True, help="Kafka's bootstrap servers")
    parser.add_argument("--model", required=True, help="id of the model bundle")
    parser.add_argument("--steps", type=int, default=5)
    parser.add_argument("--size", type=int, default=28, help="side of the model's images")
    parser.add_argument("--traceparent", help="W3C trace context that the results will carry on")
    arguments = parser.parse_args()
    latents = np.random.default_rng(7).standard_normal((2, 1, arguments.size, arguments.size))
    steps = GenerationSteps(
        Producer({"bootstrap.servers": arguments.bootstrap}),
        arguments.model,
        latents,
        tags={"prompt": "none"},
        traceparent=arguments.traceparent,
    )
    StandInPipeline()(
        latents=latents,
        num_inference_steps=arguments.steps,
        callback_on_step_end=steps,
        callback_on_step_end_tensor_inputs=steps.inputs,
    )
    steps.flush()
    print("\n".join(steps.generation_ids))


if __name__ == "__main__":
    main()
