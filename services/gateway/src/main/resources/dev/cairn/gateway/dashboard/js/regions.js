// Regions of a step that were asked for by masks: where in the image each training example pushes.

import { h } from './dom.js';
import { urls } from './api.js';
import { signed } from './format.js';

const MOST_EXAMPLES = 10;

/** Whether a result is of a region rather than of the whole image. */
export function isOfRegion(result) {
  return result.provenance?.features?.outputFunction?.startsWith('masked-') ?? false;
}

/** A region of the estimate, washed with the colour of a score. */
function wash(result, score, strongest) {
  const region = h('span', { class: `wash ${score > 0 ? 'towards' : 'away'}` });
  region.style.maskImage = `url("${urls.region(result.resultId)}")`;
  region.style.opacity = strongest ? 0.25 + 0.65 * (Math.abs(score) / strongest) : 0.6;
  return region;
}

/** The examples that are among the strongest of any region, each with its score by region; the strongest first. */
function influences(results) {
  const examples = new Map();
  for (const result of results) {
    for (const scored of [...result.topPositive, ...result.topNegative]) {
      const known = examples.get(scored.index) ?? { example: scored, scores: [], size: 0 };
      known.scores.push({ result, score: scored.score });
      known.size = Math.max(known.size, Math.abs(scored.score));
      examples.set(scored.index, known);
    }
  }
  return [...examples.values()].sort((a, b) => b.size - a.size).slice(0, MOST_EXAMPLES);
}

export class Regions {
  #maps = h('ul', { class: 'maps' });
  #shown = '';
  element = h('section', { class: 'regions', 'aria-label': 'Regions', hidden: true },
    h('h3', { title: 'Each region’s loss is attributed by itself. Blank: the example is not among the strongest there.' },
      'Where in the image'), this.#maps);

  /** @param results of the regions of one step */
  update(results) {
    this.element.hidden = results.length === 0;
    const shown = results.map((result) => result.resultId).join();
    if (shown === this.#shown) return;
    this.#shown = shown;
    const strongest = Math.max(...results.flatMap((result) => [Math.abs(result.summary.max), Math.abs(result.summary.min)]));
    this.#maps.replaceChildren(...influences(results).map((influence) => this.#map(results, influence, strongest)));
  }

  #map(results, { example, scores }, strongest) {
    const best = scores.reduce((a, b) => (Math.abs(b.score) > Math.abs(a.score) ? b : a));
    const told = scores.map((entry) => `${signed(entry.score)} in region ${results.indexOf(entry.result) + 1}`).join(', ');
    return h('li', {},
      h('a', {
        class: 'map',
        href: `#/example/${encodeURIComponent(best.result.model)}/${example.index}`,
        'aria-label': `Training image ${example.exampleId}, ${example.label || 'no label'}: ${told}`,
      },
      h('span', { class: 'pair' },
        h('img', { class: 'who', src: urls.picture(best.result.model, example.index), alt: '' }),
        h('span', { class: 'where' },
          h('img', { src: urls.estimate(best.result.resultId), alt: '' }),
          ...scores.map((entry) => wash(entry.result, entry.score, strongest)))),
      h('span', { class: `score number ${best.score > 0 ? 'towards' : 'away'}` }, signed(best.score)),
      h('span', { class: 'label' }, example.label || `#${example.exampleId}`)));
  }
}
