// The pipeline's charts, large, and its dead letters.

import { h, setText } from './dom.js';
import { ago, count } from './format.js';
import { Vitals } from './vitals.js';

export class PipelinePage {
  title = 'Pipeline';
  #vitals = new Vitals(150);
  #classes = h('dl', { class: 'facts' });
  #rows = h('tbody');
  #none = h('p', { class: 'empty' }, 'None. A record that cannot be processed would be listed here with its reason.');
  #table = h('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Recent dead letters', hidden: true }, h('table', {},
    h('thead', {}, h('tr', {}, ['When', 'Class', 'Generation', 'Reason', 'Where'].map((name) => h('th', { scope: 'col' }, name)))), this.#rows));
  element = h('div', { class: 'page pipeline-page' },
    h('h1', {}, 'Pipeline'), this.#vitals.element, h('h2', {}, 'Dead letters'), this.#classes, this.#none, this.#table);

  constructor() {
    this.#vitals.onDeadLetters = (vitals) => this.#show(vitals);
  }

  open() {}

  start() {
    this.#vitals.start();
  }

  stop() {
    this.#vitals.stop();
  }

  recolour() {
    this.#vitals.recolour();
  }

  #show({ deadLetters, recentDeadLetters }) {
    const classes = Object.entries(deadLetters);
    this.#none.hidden = classes.length > 0;
    this.#table.hidden = classes.length === 0;
    const known = classes.map(([name, n]) => `${name} ${n}`).join();
    if (this.#classes.dataset.known === known) return;
    this.#classes.dataset.known = known;
    this.#classes.replaceChildren(...classes.map(([name, n]) => h('div', {}, h('dt', {}, name), h('dd', { class: 'number' }, count(n)))));
    this.#rows.replaceChildren(...recentDeadLetters.map((letter) => {
      const when = h('td', {});
      setText(when, ago(letter.timeMillis));
      return h('tr', {}, when, h('td', {}, letter.class), h('td', {}, letter.generationId), h('td', { class: 'wide' }, letter.reason),
        h('td', {}, `${letter.stage}, ${letter.topic}-${letter.partition} @ ${letter.offset}`));
    }));
  }

  key() {
    return false;
  }
}
