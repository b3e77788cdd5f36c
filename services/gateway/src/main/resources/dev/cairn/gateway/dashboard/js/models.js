// The page of index and evidence: what is served, how it was made, and its training examples.

import { h } from './dom.js';
import { get, urls } from './api.js';
import { evidence } from './evidence.js';
import { count, plain, short, signed } from './format.js';
import { store } from './store.js';

const PAGE = 120;

function facts(model) {
  const { bundle, index } = model;
  const steps = index.timesteps;
  return [
    ['Examples n', count(index.examples)],
    ['Features K', count(index.dimension)],
    ['Output function', index.outputFunction],
    ['Kernel', index.kernel],
    ['Ridge λ', `${plain(index.lambda)} (${plain(index.relativeLambda)} × ${index.lambdaRule.replace('relative lambda times ', '')})`],
    ['Training timesteps', `${count(steps.length)}, from ${steps[0]} to ${steps.at(-1)}`],
    ['Rows normalised', index.normalised ? 'yes' : 'no'],
    ['Noise seed', index.noiseSeed],
    ['Image', bundle.sampleShape.join(' × ')],
    ['Prediction', bundle.predictionType.replace('_', ' ')],
    ['Schedule', `${count(bundle.trainTimesteps)} timesteps`],
    ['Conditioning', bundle.conditioning.join(', ') || 'none'],
    ['Bundle', short(bundle.digest), bundle.digest],
    ['Index', short(index.digest), index.digest],
  ];
}

function groupTable(groups, onPick) {
  const largest = Math.max(...groups.map((group) => Math.abs(group.meanSum)), 1e-12);
  return h('table', { class: 'groups' },
    h('caption', {}, 'Mean over the results in memory of each class’s signed sum of scores. It does not estimate what leaving the whole class out would do.'),
    h('thead', {}, h('tr', {}, ['Class', 'Examples', 'Mean influence'].map((name) => h('th', { scope: 'col' }, name)))),
    h('tbody', {}, groups.map((group) => {
      const bar = h('span', { class: `sum-bar ${group.meanSum > 0 ? 'towards' : 'away'}`, 'aria-hidden': 'true' });
      bar.style.setProperty('--size', Math.abs(group.meanSum) / largest);
      return h('tr', {},
        h('th', { scope: 'row' }, h('button', { class: 'link', type: 'button', onclick: () => onPick(group.group) }, group.group)),
        h('td', { class: 'number' }, count(group.members)),
        h('td', { class: 'wide' }, h('span', { class: 'number' }, group.results ? signed(group.meanSum) : '–'), bar));
    })));
}

class ModelSection {
  #model;
  #label = '';
  #offset = 0;
  #groups = h('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Classes' });
  #grid = h('ul', { class: 'gallery' });
  #title = h('h3', {}, 'Training images');
  #pager = h('p', { class: 'pager' });
  element;

  constructor(model) {
    this.#model = model;
    this.element = h('section', { class: 'model', 'aria-label': model.model },
      h('h2', {}, model.model),
      h('dl', { class: 'facts' }, facts(model).map(([name, value, title]) =>
        h('div', {}, h('dt', {}, name), h('dd', { title }, value)))),
      h('h3', {}, 'Evidence'),
      evidence(model.index.validation ?? null),
      h('h3', {}, 'Classes'), this.#groups, this.#title, this.#grid, this.#pager);
    this.#load();
  }

  async #load() {
    const { groups } = await get(urls.groups(this.#model.model));
    this.#groups.replaceChildren(groups.length ? groupTable(groups, (label) => this.#pick(label)) : h('p', { class: 'empty' }, 'The examples have no labels.'));
    await this.#show();
  }

  #pick(label) {
    this.#label = label === this.#label ? '' : label;
    this.#offset = 0;
    this.#show();
  }

  async #show() {
    const model = this.#model.model;
    const { total, examples } = await get(urls.examples(model, this.#label, this.#offset, PAGE));
    this.#title.textContent = `Training images${this.#label ? `: ${this.#label}` : ''}, ${count(total)}`;
    this.#grid.replaceChildren(...examples.map((example) => h('li', {},
      h('a', {
        href: `#/example/${encodeURIComponent(model)}/${example.index}`,
        'aria-label': `Training image ${example.exampleId}, ${example.label || 'no label'}`,
      }, example.picture ? h('img', { src: urls.picture(model, example.index), alt: '', loading: 'lazy' }) : `#${example.exampleId}`))));
    const go = (by) => { this.#offset += by; this.#show(); };
    this.#pager.replaceChildren(
      h('button', { type: 'button', class: 'quiet', disabled: this.#offset === 0, onclick: () => go(-PAGE) }, '← previous'),
      h('span', {}, total ? `${count(this.#offset + 1)}–${count(Math.min(total, this.#offset + PAGE))} of ${count(total)}` : 'none'),
      h('button', { type: 'button', class: 'quiet', disabled: this.#offset + PAGE >= total, onclick: () => go(PAGE) }, 'next →'));
  }
}

export class ModelsPage {
  title = 'Index';
  element = h('div', { class: 'page' });

  open() {
    const models = [...store.models.values()];
    this.element.replaceChildren(h('h1', {}, 'Index and evidence'),
      ...(models.length ? models.map((model) => new ModelSection(model).element) : [h('p', { class: 'empty' }, 'This gateway serves no model.')]));
  }

  key() {
    return false;
  }
}
