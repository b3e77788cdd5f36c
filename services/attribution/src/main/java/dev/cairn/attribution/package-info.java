/**
 * From features to attributions: the index on disk, its kernel, scores, and the numbers that judge
 * them. Linear algebra and files; no model, no stream.
 */
package dev.cairn.attribution;
