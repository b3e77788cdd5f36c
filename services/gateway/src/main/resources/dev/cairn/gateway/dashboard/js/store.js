// What is known of generations: a list, and the journeys that someone looks at. Kept up to date by the event stream.

import { askForToken, get, urls } from './api.js';

const MOST_GENERATIONS = 100;
const MOST_JOURNEYS = 12;

/** Silent for longer than this, an unfinished generation no longer counts as being drawn. */
const SILENCE_MILLIS = 20_000;

const HIDDEN_MILLIS = 30_000;

class Store extends EventTarget {
  generations = new Map();
  journeys = new Map();
  models = new Map();
  connected = false;
  #stream = null;

  async start() {
    const { models } = await get(urls.models());
    for (const model of models) this.models.set(model.model, model);
    this.#followWhileSeen();
    await this.#loadGenerations();
  }

  /** The newest first, in the order in which they began. */
  latest() {
    return [...this.generations.values()].sort((a, b) => b.startedMillis - a.startedMillis);
  }

  isDrawing(generation) {
    return !generation.complete && Date.now() - generation.updatedMillis < SILENCE_MILLIS;
  }

  /** What the live view shows: the newest that is being drawn, or the newest at all. */
  current() {
    const latest = this.latest();
    return latest.find((generation) => this.isDrawing(generation)) ?? latest[0] ?? null;
  }

  /** Results of a generation by step; loads them at the first call. */
  journey(id) {
    let journey = this.journeys.get(id);
    if (journey) {
      // The one looked at last is forgotten last.
      this.journeys.delete(id);
      this.journeys.set(id, journey);
      return journey;
    }
    journey = { results: new Map(), steps: [], missing: false };
    this.journeys.set(id, journey);
    if (this.journeys.size > MOST_JOURNEYS) this.journeys.delete(this.journeys.keys().next().value);
    this.#loadJourney(id);
    return journey;
  }

  /**
   * Browsers open few connections to one host, so a page that nobody sees gives its own back; when it is seen again, it loads
   * what it missed.
   */
  #followWhileSeen() {
    let hiddenSince = null;
    addEventListener('pagehide', () => this.#unfollow());
    addEventListener('pageshow', (event) => event.persisted && this.#resume());
    document.addEventListener('visibilitychange', () => {
      clearTimeout(hiddenSince);
      if (document.hidden) hiddenSince = setTimeout(() => this.#unfollow(), HIDDEN_MILLIS);
      else if (this.#stream === null) this.#resume();
    });
    this.#follow();
  }

  #unfollow() {
    this.#stream?.close();
    this.#stream = null;
  }

  #resume() {
    this.#follow();
    this.#reload();
  }

  #follow() {
    const stream = new EventSource(urls.events());
    this.#stream?.close();
    this.#stream = stream;
    const connection = (connected) => {
      this.connected = connected;
      this.dispatchEvent(new Event('connection'));
    };
    stream.onopen = () => connection(true);
    stream.onerror = async () => {
      connection(false);
      if (stream.readyState !== EventSource.CLOSED || stream !== this.#stream) return;
      const answer = await fetch(urls.models()).catch(() => null);
      if (answer?.status === 401) askForToken();
      else setTimeout(() => this.#follow(), 2000);
    };
    stream.addEventListener('attribution', (event) => this.#take(JSON.parse(event.data)));
    stream.addEventListener('reset', () => this.#reload());
  }

  #reload() {
    this.#loadGenerations();
    for (const id of this.journeys.keys()) this.#loadJourney(id);
  }

  async #loadGenerations() {
    const { generations } = await get(urls.generations());
    for (const generation of generations) {
      const known = this.generations.get(generation.generationId);
      if (!known || known.results <= generation.results) this.generations.set(generation.generationId, generation);
    }
    this.#changed();
  }

  async #loadJourney(id) {
    try {
      const { generation, results } = await get(urls.generation(id));
      if (!this.generations.has(id)) this.generations.set(id, generation);
      for (const result of results) this.#addToJourney(result);
    } catch (problem) {
      if (problem.status !== 404) throw problem;
      const journey = this.journeys.get(id);
      if (journey) journey.missing = true;
    }
    this.#changed();
  }

  #take(result) {
    this.#addToJourney(result);
    const id = result.generationId;
    const known = this.generations.get(id);
    const next = {
      ...known,
      generationId: id,
      model: result.model,
      stepCount: result.stepCount,
      tags: result.tags,
      results: (known?.results ?? 0) + 1,
      startedMillis: Math.min(known?.startedMillis ?? Infinity, Number(result.sourceTimeMicros) / 1000),
      updatedMillis: Date.now(),
      complete: (known?.complete ?? false) || result.subject === 'FINAL_IMAGE',
    };
    if (!known || result.step >= known.step) {
      next.step = result.step;
      next.timestep = result.timestep;
      next.latestResult = result.resultId;
    }
    this.generations.set(id, next);
    if (this.generations.size > MOST_GENERATIONS) {
      this.generations.delete(this.latest().at(-1).generationId);
    }
    this.#changed();
  }

  #addToJourney(result) {
    const journey = this.journeys.get(result.generationId);
    if (!journey || journey.results.has(result.resultId)) return;
    journey.missing = false;
    journey.results.set(result.resultId, result);
    journey.steps = [...journey.results.values()].sort((a, b) => a.step - b.step);
  }

  #changed() {
    this.dispatchEvent(new Event('change'));
  }
}

export const store = new Store();
