// The page of one training example: what it is, and what it steered lately.

import { h, s } from './dom.js';
import { get, urls } from './api.js';
import { count, signed, stepName } from './format.js';

const HEIGHT = 44;

/** Scores over the steps of one generation, where the example was among the strongest. */
function strip(influence) {
  const columns = influence.scores[0].stepCount + 1;
  const strongest = Math.max(...influence.scores.map((entry) => Math.abs(entry.score)));
  const middle = HEIGHT / 2;
  const bars = influence.scores.map((entry) => {
    const size = (Math.abs(entry.score) / strongest) * (middle - 2);
    return s('rect', {
      class: entry.score > 0 ? 'towards' : 'away',
      x: (entry.step * 100) / columns + 0.15, width: 100 / columns - 0.3,
      y: entry.score > 0 ? middle - size : middle, height: size,
    });
  });
  return s('svg', {
    class: 'strip', viewBox: `0 0 100 ${HEIGHT}`, preserveAspectRatio: 'none', role: 'img',
    'aria-label': `Among the strongest in ${influence.scores.length} results, strongest score ${signed(influence.scores.reduce((a, b) => (Math.abs(b.score) > Math.abs(a.score) ? b : a)).score)}`,
  }, s('line', { class: 'zero', x1: 0, x2: 100, y1: middle, y2: middle }), ...bars);
}

function row(influence) {
  const best = influence.scores.reduce((a, b) => (Math.abs(b.score) > Math.abs(a.score) ? b : a));
  const link = `#/generation/${encodeURIComponent(influence.generationId)}`;
  return h('tr', {},
    h('th', { scope: 'row' }, h('a', { href: link }, influence.generationId)),
    h('td', { class: 'number' }, count(influence.scores.length)),
    h('td', { class: 'wide' }, strip(influence)),
    h('td', {}, h('a', { href: `${link}/step/${best.step}` },
      h('span', { class: `number ${best.score > 0 ? 'towards' : 'away'}` }, signed(best.score)),
      ` ${stepName(best)}`)));
}

export class ExamplePage {
  title = 'Training example';
  element = h('div', { class: 'page example-page' });
  #model;
  #index;

  open(model, index) {
    this.#model = model;
    this.#index = Number(index);
    this.#load();
  }

  async #load() {
    try {
      const { example, influence } = await get(urls.example(this.#model, this.#index));
      this.#show(example, influence);
    } catch (problem) {
      this.element.replaceChildren(h('h1', {}, 'Training example'), h('p', { class: 'empty' }, problem.message));
    }
  }

  #show(example, influence) {
    const facts = [
      ['Label', example.label || 'none'], ['Id', example.exampleId], ['Place in the index', count(example.index)],
      ['Model', this.#model], ['Groups', example.groups.join(', ')], ['Derived from', example.derivedFrom], ['Where', example.uri],
    ].filter(([, value]) => value);
    this.element.replaceChildren(
      h('header', { class: 'example-head' },
        example.picture ? h('img', { class: 'portrait', src: urls.picture(this.#model, example.index), alt: `Training image ${example.exampleId}` }) : null,
        h('div', {},
          h('p', { class: 'eyebrow' }, 'Training example'),
          h('h1', {}, example.label ? `${example.label} ` : '', h('span', { class: 'muted' }, `#${example.exampleId}`)),
          h('dl', { class: 'facts' }, facts.map(([name, value]) => h('div', {}, h('dt', {}, name), h('dd', {}, value)))),
          h('p', { class: 'pager' },
            this.#index > 0 ? h('a', { href: this.#link(-1) }, '← previous') : null,
            h('a', { href: this.#link(1) }, 'next →')))),
      h('h2', {}, 'What it steered lately'),
      influence.length === 0
        ? h('p', { class: 'empty' }, 'It was not among the strongest of any result in memory.')
        : h('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Recent influence' }, h('table', {},
          h('thead', {}, h('tr', {}, ['Generation', 'Results', 'Score over the steps', 'Strongest'].map((name) => h('th', { scope: 'col' }, name)))),
          h('tbody', {}, influence.map(row)))));
  }

  #link(by) {
    return `#/example/${encodeURIComponent(this.#model)}/${this.#index + by}`;
  }

  key(name) {
    if (name !== 'ArrowLeft' && name !== 'ArrowRight') return false;
    const by = name === 'ArrowLeft' ? -1 : 1;
    if (this.#index + by >= 0) location.hash = this.#link(by);
    return true;
  }
}
