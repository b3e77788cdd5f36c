// Influence by class and the effective number of contributors, over the steps of one generation.

import { h, s, setText } from './dom.js';
import { count, signed, stepName } from './format.js';
import { effectiveContributors, groupSums, leadingGroups } from './influence.js';

export class Timeline {
  #influence = s('svg', { class: 'chart influence', role: 'img', preserveAspectRatio: 'none' });
  #contributors = s('svg', { class: 'chart contributors', role: 'img', preserveAspectRatio: 'none' });
  #legend = h('ul', { class: 'legend' });
  #range = h('span', { class: 'range' });
  #scale = h('button', { class: 'quiet', type: 'button', 'aria-pressed': 'false', onclick: () => this.#toggle() }, 'Absolute');
  #absolute = false;
  #last = null;
  element;

  constructor(onPick) {
    for (const chart of [this.#influence, this.#contributors]) {
      chart.addEventListener('click', (event) => {
        const box = chart.getBoundingClientRect();
        onPick((event.clientX - box.left) / box.width);
      });
    }
    this.element = h('section', { class: 'timeline', 'aria-label': 'Influence over the steps' },
      h('div', { class: 'chart-head' },
        h('h3', { title: 'Signed sums of scores. A sum of single examples’ scores does not estimate what leaving the whole class out would do.' },
          'Influence by class'),
        this.#legend, this.#scale),
      this.#influence,
      h('div', { class: 'chart-head' },
        h('h3', { title: 'exp(entropy) of the positive scores’ shares, from the histogram of all scores' },
          'Effective number of contributors'),
        this.#range),
      this.#contributors);
  }

  #toggle() {
    this.#absolute = !this.#absolute;
    this.#scale.setAttribute('aria-pressed', this.#absolute);
    if (this.#last) this.update(...this.#last);
  }

  /** @param selected the result that is shown; its place is marked */
  update(steps, columns, labels, selected) {
    this.#last = [steps, columns, labels, selected];
    const width = this.#influence.clientWidth || 600;
    const x = (result) => ((result.step + 0.5) / columns) * width;
    const leading = leadingGroups(steps, labels);
    const names = steps.some((result) => result.groups.length > leading.length) ? [...leading, 'others'] : leading;
    const rows = steps.map((result) => this.#row(groupSums(result, leading)));
    this.#drawInfluence(steps, rows, names, width, x, selected);
    this.#drawLegend(names, rows[steps.indexOf(selected)], selected, leading);
    this.#drawContributors(steps, width, x, selected);
  }

  /** A step's sums; unless absolute, scaled so that their sizes add up to one. */
  #row(sums) {
    const size = this.#absolute ? 1 : sums.reduce((all, sum) => all + Math.abs(sum), 0) || 1;
    return sums.map((sum) => sum / size);
  }

  #drawInfluence(steps, rows, names, width, x, selected) {
    const height = this.#influence.clientHeight || 150;
    const up = rows.map((row) => row.reduce((all, sum) => all + Math.max(0, sum), 0));
    const down = rows.map((row) => row.reduce((all, sum) => all + Math.max(0, -sum), 0));
    const top = Math.max(...up, 1e-12);
    const bottom = Math.max(...down, 1e-12);
    const scale = (height - 4) / (top + bottom);
    const zero = 2 + top * scale;
    const parts = [];
    for (const sign of [1, -1]) {
      const base = rows.map(() => 0);
      names.forEach((_, group) => {
        const inner = rows.map((_, i) => [x(steps[i]), zero - sign * base[i] * scale]);
        rows.forEach((row, i) => { base[i] += Math.max(0, sign * row[group]); });
        const outer = rows.map((_, i) => [x(steps[i]), zero - sign * base[i] * scale]);
        parts.push(s('path', { d: area(inner, outer), class: `group-${colour(names, group)}` }));
      });
    }
    parts.push(s('line', { class: 'zero', x1: 0, x2: width, y1: zero, y2: zero }));
    parts.push(marker(selected, x, height));
    show(this.#influence, width, height, parts);
    this.#influence.setAttribute('aria-label', selected
      ? `Influence by class at ${stepName(selected)}: ${selected.groups.map((g) => `${g.group} ${signed(g.sum)}`).join(', ')}`
      : 'Influence by class');
  }

  #drawLegend(names, row, selected, leading) {
    const sums = selected ? groupSums(selected, leading) : [];
    this.#legend.replaceChildren(...names.map((name, group) =>
      h('li', {},
        h('span', { class: `swatch group-${colour(names, group)}`, 'aria-hidden': 'true' }),
        name,
        h('span', { class: 'number' }, selected ? signed(sums[group]) : ''))));
  }

  #drawContributors(steps, width, x, selected) {
    const height = this.#contributors.clientHeight || 64;
    const values = steps.map((result) => effectiveContributors(result.summary));
    const examples = steps[0]?.summary.count ?? 0;
    const top = Math.max(...values, 1);
    const y = (value) => height - 3 - (value / top) * (height - 8);
    const points = steps.map((result, i) => [x(result), y(values[i])]);
    const parts = [];
    if (points.length > 0) {
      const floor = points.map(([px]) => [px, height - 3]);
      parts.push(s('path', { d: area(floor, points), class: 'contributors-area' }));
      parts.push(s('path', { d: line(points), class: 'contributors-line' }));
    }
    parts.push(marker(selected, x, height));
    show(this.#contributors, width, height, parts);
    const at = values[steps.indexOf(selected)];
    const text = at === undefined ? '' : `${count(Math.round(at))} of ${count(examples)}`;
    setText(this.#range, text);
    this.#contributors.setAttribute('aria-label', `Effective number of contributors: ${text}`);
  }
}

const colour = (names, group) => (names[group] === 'others' ? 'others' : group);

const line = (points) => points.map(([px, py], i) => `${i ? 'L' : 'M'}${px.toFixed(1)} ${py.toFixed(1)}`).join('');

const area = (inner, outer) => (outer.length ? `${line(outer)}${line([...inner].reverse()).replace('M', 'L')}Z` : '');

const marker = (selected, x, height) =>
  (selected ? s('line', { class: 'marker', x1: x(selected), x2: x(selected), y1: 0, y2: height }) : null);

function show(chart, width, height, parts) {
  chart.setAttribute('viewBox', `0 0 ${width} ${height}`);
  chart.replaceChildren(...parts.filter(Boolean));
}
