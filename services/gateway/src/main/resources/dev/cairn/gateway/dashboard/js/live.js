// The live view: generations, the journey of one of them, and how the pipeline is.

import { h } from './dom.js';
import { JourneyView } from './journey.js';
import { Rail } from './rail.js';
import { Vitals } from './vitals.js';
import { store } from './store.js';

export class LivePage {
  title = 'Live';
  #rail = new Rail();
  #journey = new JourneyView();
  #vitals = new Vitals();
  #id = null;
  #step = null;
  element = h('div', { class: 'live' },
    h('h1', { class: 'hidden' }, 'What steers each step'),
    this.#rail.element, this.#journey.element, this.#vitals.element);

  /** @param id the generation to show; null to follow what is being drawn */
  open(id, step) {
    this.#id = id;
    this.#step = step;
    this.update();
  }

  start() {
    this.#vitals.start();
  }

  stop() {
    this.#vitals.stop();
  }

  update() {
    const id = this.#id ?? store.current()?.generationId ?? null;
    this.#rail.update(id);
    this.#journey.update(id, this.#step);
  }

  recolour() {
    this.#vitals.recolour();
  }

  /** @returns whether the key meant something here */
  key(name) {
    switch (name) {
      case 'ArrowLeft': return this.#journey.move(-1);
      case 'ArrowRight': return this.#journey.move(1);
      case 'Home': return this.#journey.move('first');
      case 'End': return this.#journey.move('last');
      case 'j': return this.#goBy(1);
      case 'k': return this.#goBy(-1);
      default: return false;
    }
  }

  #goBy(by) {
    const latest = store.latest();
    const id = this.#id ?? store.current()?.generationId;
    const next = latest[latest.findIndex((generation) => generation.generationId === id) + by];
    if (next) location.hash = `#/generation/${encodeURIComponent(next.generationId)}`;
    return true;
  }
}
