// What retraining has said of an index's scores.

import { h } from './dom.js';
import { count, plain, short, signed } from './format.js';

/** From no correlation and a little below, to a perfect one. */
const LEAST = -0.25;
const place = (value) => (Math.min(1, Math.max(LEAST, value)) - LEAST) / (1 - LEAST);

/** A correlation with its interval, on a scale that ends at 1. */
function scale(score) {
  const bar = h('span', { class: 'interval', 'aria-hidden': 'true' }, h('span', { class: 'span' }), h('span', { class: 'mean' }));
  bar.style.setProperty('--low', place(score.low));
  bar.style.setProperty('--high', place(score.high));
  bar.style.setProperty('--mean', place(score.mean));
  bar.style.setProperty('--nought', place(0));
  return bar;
}

function row(name, score) {
  return h('tr', {},
    h('th', { scope: 'row' }, name),
    h('td', { class: 'number' }, signed(score.mean)),
    h('td', { class: 'number' }, `${signed(score.low)} to ${signed(score.high)}`),
    h('td', { class: 'wide' }, scale(score)),
    h('td', { class: 'number' }, count(score.queries)));
}

/** @param validation as the index has it; null while nobody has asked */
export function evidence(validation) {
  if (validation === null) {
    return h('p', { class: 'note' }, 'This index carries no validation yet: whether its scores predict what retraining without examples does (LDS) has not been measured for it.');
  }
  const rows = [['Generated images', validation.generated], ['Images held out', validation.heldOut]].filter(([, score]) => score);
  return h('div', {},
    h('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Evidence' },
      h('table', { class: 'evidence' },
        h('thead', {}, h('tr', {}, ['Of', 'LDS', '95 % interval', 'from −0.25 to 1', 'Queries'].map((name) => h('th', { scope: 'col' }, name)))),
        h('tbody', {}, rows.map(([name, score]) => row(name, score))))),
    h('p', { class: 'note' }, `Linear datamodelling score of “${validation.method}”: the rank correlation of what the scores predict with what ${count(validation.subsets)} models did that were retrained on ${count(Math.round(100 * validation.share))} % of the data each. 1 would be a perfect prediction, 0 none. Report ${short(validation.reportSha256)}`));
}
