// One generation: what is expected at a step, what steers it there, and how that changed over the steps.

import { h, setAttribute, setText } from './dom.js';
import { urls } from './api.js';
import { plain, stepName } from './format.js';
import { ExampleRow } from './examples.js';
import { Filmstrip } from './filmstrip.js';
import { Regions, isOfRegion } from './regions.js';
import { Timeline } from './timeline.js';
import { store } from './store.js';

export class JourneyView {
  #title = h('h2', { class: 'generation-id' });
  #place = h('p', { class: 'place' });
  #tags = h('p', { class: 'tags' });
  #follow = h('a', { class: 'button', href: '#/' }, 'Follow live');
  #picture = h('img', { class: 'estimate', alt: '' });
  #caption = h('p', { class: 'caption' });
  #towards = new ExampleRow('towards', 'Pushes towards', 'Without these in the training set, the loss at this image would be higher.');
  #away = new ExampleRow('away', 'Pushes away', 'Without these in the training set, the loss at this image would be lower.');
  #film = new Filmstrip((at) => this.#pick(at));
  #regions = new Regions();
  #timeline = new Timeline((at) => this.#pick(at));
  #empty = h('p', { class: 'empty' });
  #body = h('div', { class: 'journey-body' },
    h('div', { class: 'stage' },
      h('figure', { class: 'now' }, this.#picture, h('figcaption', {}, this.#caption)),
      h('div', { class: 'sides' }, this.#towards.element, this.#away.element)),
    this.#regions.element,
    this.#film.element,
    this.#timeline.element);
  #state = null;
  element = h('article', { class: 'journey' },
    h('header', { class: 'journey-head' }, this.#title, this.#place, this.#tags, this.#follow),
    this.#empty, this.#body);

  /** @param step the step to show; null for the latest */
  update(id, step) {
    const journey = id === null ? null : store.journey(id);
    const generation = id === null ? null : store.generations.get(id);
    const all = journey?.steps ?? [];
    const whole = all.filter((result) => !isOfRegion(result));
    // Where only regions were asked for, the first of each step stands for it.
    const steps = whole.length > 0 ? whole : all.filter((result, i) => i === 0 || result.step !== all[i - 1].step);
    this.#body.hidden = steps.length === 0;
    this.#empty.hidden = steps.length > 0;
    if (steps.length === 0) {
      setText(this.#title, id ?? 'Nothing drawn yet');
      setText(this.#place, '');
      setText(this.#empty, id === null ? 'Publish steps to see what steers them: POST /v1/steps, or the topic cairn.generations.'
        : journey.missing ? 'This generation is no longer in the gateway’s memory; the topic still has it.' : 'Loading…');
      this.#state = null;
      return;
    }
    const selected = step === null ? steps.at(-1) : nearest(steps, step);
    const columns = Math.max(...steps.map((result) => result.stepCount)) + 1;
    this.#state = { id, steps, columns, selected };
    this.#head(id, generation, selected, step);
    this.#show(selected);
    this.#regions.update(all.filter((result) => result.step === selected.step && result.subject === selected.subject && isOfRegion(result)));
    this.#film.update(steps, columns, selected);
    this.#timeline.update(steps, columns, store.models.get(selected.model)?.labels ?? [], selected);
  }

  #head(id, generation, selected, step) {
    setText(this.#title, id);
    setText(this.#place, `${stepName(selected)} · t = ${selected.timestep} · ${selected.model}`);
    setText(this.#tags, Object.entries(selected.tags ?? {}).map(([name, value]) => `${name}: ${value}`).join(' · '));
    const following = step === null && store.current()?.generationId === id;
    this.#follow.classList.toggle('active', following);
    setAttribute(this.#follow, 'aria-current', following ? 'true' : 'false');
    setText(this.#follow, following ? (generation && store.isDrawing(generation) ? 'Live' : 'Latest') : 'Follow live');
  }

  #show(result) {
    setAttribute(this.#picture, 'src', urls.estimate(result.resultId));
    setAttribute(this.#picture, 'alt', result.subject === 'FINAL_IMAGE' ? 'The final image' : `What the model expects to draw, at ${stepName(result)}`);
    setText(this.#caption, result.subject === 'FINAL_IMAGE' ? 'the final image x₀' : 'what the model expects to draw, x̂₀');
    const { topPositive, topNegative, summary } = result;
    const strongest = Math.max(Math.abs(summary.max), Math.abs(summary.min));
    this.#towards.update(result, topPositive, strongest);
    this.#away.update(result, topNegative, strongest);
    this.element.dataset.result = result.resultId;
    this.#picture.title = `scores from ${plain(summary.min)} to ${plain(summary.max)}, sum ${plain(summary.sum)}`;
  }

  #pick(at) {
    if (!this.#state) return;
    const { id, columns, steps } = this.#state;
    this.#go(id, nearest(steps, Math.floor(at * columns)).step);
  }

  /** Moves by whole steps; by name to either end. True if there was something to move. */
  move(by) {
    if (!this.#state) return false;
    const { id, steps, selected } = this.#state;
    const place = steps.indexOf(selected);
    const next = by === 'first' ? 0 : by === 'last' ? steps.length - 1 : Math.min(steps.length - 1, Math.max(0, place + by));
    this.#go(id, steps[next].step);
    return true;
  }

  #go(id, step) {
    location.replace(`#/generation/${encodeURIComponent(id)}/step/${step}`);
  }
}

function nearest(steps, step) {
  return steps.reduce((best, result) => (Math.abs(result.step - step) < Math.abs(best.step - step) ? result : best));
}
