/**
 * Training pictures and captions as they lie about: folders, COCO, WebDataset, IDX, CIFAR, .npy.
 * What is known of each example is held in memory; pictures are read one at a time.
 */
package dev.cairn.runtime.data;
