/**
 * Says whether scores tell the truth: trains models, retrains them on subsets, and compares what
 * scores predict with what the retrained models do (METHOD section 7).
 */
package dev.cairn.validation;
