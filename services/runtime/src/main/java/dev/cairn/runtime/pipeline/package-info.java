/**
 * The parts of a diffusion pipeline beside its denoiser, as Hugging Face's exporters lay them out:
 * tokenizer, text encoder, image encoder, and the configuration files that say how they fit.
 */
package dev.cairn.runtime.pipeline;
