// The estimates of the final image, step by step: a slider made of pictures.

import { h, setAttribute } from './dom.js';
import { urls } from './api.js';
import { stepName } from './format.js';

const CELL_WIDTH = 22;

export class Filmstrip {
  #cells = h('div', { class: 'cells', 'aria-hidden': 'true' });
  #columns = 0;
  element = h('div', { class: 'filmstrip', role: 'slider', tabindex: '0', 'aria-label': 'Step' }, this.#cells);

  /** @param onPick is told where between 0 and 1 the strip was clicked */
  constructor(onPick) {
    const pick = (event) => {
      const box = this.#cells.getBoundingClientRect();
      onPick(Math.min(0.9999, Math.max(0, (event.clientX - box.left) / box.width)));
    };
    this.element.addEventListener('pointerdown', (event) => {
      this.element.setPointerCapture(event.pointerId);
      pick(event);
    });
    this.element.addEventListener('pointermove', (event) => {
      if (this.element.hasPointerCapture(event.pointerId)) pick(event);
    });
  }

  /** @param columns steps and the final image */
  update(steps, columns, selected) {
    const cells = Math.min(columns, Math.max(8, Math.floor((this.element.clientWidth || 600) / CELL_WIDTH)));
    if (cells !== this.#columns) {
      this.#columns = cells;
      this.#cells.replaceChildren(...Array.from({ length: cells }, () => h('span', { class: 'cell' })));
    }
    const shown = new Map();
    for (const result of steps) shown.set(Math.floor((result.step * cells) / columns), result);
    const chosen = selected ? Math.floor((selected.step * cells) / columns) : -1;
    [...this.#cells.children].forEach((cell, place) => {
      cell.classList.toggle('chosen', place === chosen);
      const result = place === chosen ? selected : shown.get(place);
      if (result && cell.dataset.result !== result.resultId) {
        cell.dataset.result = result.resultId;
        cell.replaceChildren(h('img', { src: urls.estimate(result.resultId), alt: '', draggable: 'false' }));
      } else if (!result && cell.dataset.result) {
        delete cell.dataset.result;
        cell.replaceChildren();
      }
    });
    setAttribute(this.element, 'aria-valuemin', 1);
    setAttribute(this.element, 'aria-valuemax', columns);
    setAttribute(this.element, 'aria-valuenow', selected ? selected.step + 1 : 1);
    setAttribute(this.element, 'aria-valuetext', selected ? `${stepName(selected)}, timestep ${selected.timestep}` : 'none yet');
  }
}
