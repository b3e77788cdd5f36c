// Training images with their scores.

import { h } from './dom.js';
import { urls } from './api.js';
import { signed } from './format.js';

const SHOWN = 10;

/** One training image; a link to its page. */
export function exampleTile(model, example, strongest) {
  const bar = h('span', { class: 'bar', 'aria-hidden': 'true' });
  bar.style.setProperty('--size', strongest ? Math.abs(example.score) / strongest : 0);
  return h('li', {},
    h('a', {
      class: 'tile',
      href: `#/example/${encodeURIComponent(model)}/${example.index}`,
      'aria-label': `Training image ${example.exampleId}, ${example.label || 'no label'}, score ${signed(example.score)}`,
    },
    h('img', { src: urls.picture(model, example.index), alt: '', loading: 'lazy' }),
    h('span', { class: 'score number' }, signed(example.score)),
    bar,
    h('span', { class: 'label' }, example.label || `#${example.exampleId}`)));
}

/** A side of a result: the images that push towards it, or those that push away. */
export class ExampleRow {
  #list = h('ul', { class: 'tiles' });
  #shown = null;
  element;

  constructor(side, title, explanation) {
    this.element = h('section', { class: `side ${side}`, 'aria-label': title },
      h('h3', { title: explanation }, title), this.#list);
  }

  update(result, examples, strongest) {
    if (this.#shown === result.resultId) return;
    this.#shown = result.resultId;
    this.#list.replaceChildren(...examples.slice(0, SHOWN).map((example) => exampleTile(result.model, example, strongest)));
  }
}
