// The generations: those being drawn, and those before.

import { h, setAttribute, setText } from './dom.js';
import { urls } from './api.js';
import { ago } from './format.js';
import { store } from './store.js';

const SHOWN = 40;

class Card {
  #picture = h('img', { alt: '' });
  #name = h('span', { class: 'name' });
  #state = h('span', { class: 'state' });
  #progress = h('span', { class: 'progress', 'aria-hidden': 'true' });
  link;
  element;

  constructor(id) {
    this.link = h('a', { class: 'card', href: `#/generation/${encodeURIComponent(id)}` },
      this.#picture, h('span', { class: 'words' }, this.#name, this.#state), this.#progress);
    this.element = h('li', {}, this.link);
  }

  update(generation, chosen) {
    const drawing = store.isDrawing(generation);
    setAttribute(this.#picture, 'src', urls.estimate(generation.latestResult));
    setText(this.#name, generation.generationId);
    setText(this.#state, drawing ? `step ${Math.min(generation.step + 1, generation.stepCount)} of ${generation.stepCount}`
      : generation.complete ? ago(generation.updatedMillis) : `stopped, ${ago(generation.updatedMillis)}`);
    this.#progress.style.setProperty('--done', generation.complete ? 1 : (generation.step + 1) / (generation.stepCount || 1));
    this.link.classList.toggle('drawing', drawing);
    this.link.classList.toggle('chosen', chosen);
    setAttribute(this.link, 'aria-current', chosen ? 'true' : 'false');
  }
}

export class Rail {
  #cards = new Map();
  #list = h('ol', { class: 'cards' });
  #title = h('h2', {}, 'Generations');
  element = h('aside', { class: 'rail', 'aria-label': 'Generations' }, this.#title, this.#list);

  update(chosenId) {
    const latest = store.latest().slice(0, SHOWN);
    const drawing = latest.filter((generation) => store.isDrawing(generation)).length;
    setText(this.#title, drawing > 0 ? `Being drawn: ${drawing}` : 'Generations');
    const wanted = latest.map((generation) => {
      let card = this.#cards.get(generation.generationId);
      if (!card) this.#cards.set(generation.generationId, card = new Card(generation.generationId));
      card.update(generation, generation.generationId === chosenId);
      return card.element;
    });
    const present = [...this.#list.children];
    if (wanted.length !== present.length || wanted.some((element, i) => element !== present[i])) {
      this.#list.replaceChildren(...wanted);
      const kept = new Set(latest.map((generation) => generation.generationId));
      for (const id of this.#cards.keys()) if (!kept.has(id)) this.#cards.delete(id);
    }
  }
}
