/** Low-rank adapters in files of their own: read, and put into a model's graph. */
package dev.cairn.runtime.adapter;
