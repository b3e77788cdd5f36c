// Throughput, latency, lag, engine and dead letters as live charts.

import uPlot from '../vendor/uplot/uPlot.esm.js';
import { h, setText } from './dom.js';
import { get, urls } from './api.js';
import { clock, count, millis, plain } from './format.js';

const EVERY_MILLIS = 1000;
const WINDOW_SECONDS = 180;

const number = (value) => (value === undefined || value === null ? '–' : plain(value));

/** What each chart shows: series by name, each from a sample. */
const CHARTS = [
  {
    title: 'Throughput', unit: 'attributions a second',
    series: [['attributions', (v) => v.attributions, 'ink']], now: (v) => `${count(v.attributions)} / s`,
  },
  {
    title: 'Latency', unit: 'step to attribution, ms',
    series: [['median', (v) => v.latencyMillis?.p50, 'ink'], ['95 %', (v) => v.latencyMillis?.p95, 'towards'], ['99 %', (v) => v.latencyMillis?.p99, 'away']],
    now: (v) => (v.latencyMillis ? `${millis(v.latencyMillis.p50)} · ${millis(v.latencyMillis.p99)}` : '–'),
  },
  {
    title: 'Lag', unit: 'oldest record in flight, s',
    series: [['gradient', (v) => v.lagSeconds?.gradient, 'towards'], ['scoring', (v) => v.lagSeconds?.scoring, 'away']],
    now: (v) => (v.lagSeconds ? millis(1000 * Math.max(...Object.values(v.lagSeconds))) : 'not here'),
  },
  {
    title: 'Gradient engine', unit: 'workers computing',
    series: [['workers', (v) => v.engineBusy, 'towards']], now: (v) => (v.engineBusy === undefined ? 'not here' : number(v.engineBusy)),
  },
  {
    title: 'Dead letters', unit: 'a second',
    series: [['dead letters', (v) => v.deadLetters, 'away']], now: (v, all) => count(Object.values(all).reduce((sum, n) => sum + n, 0)),
  },
];

const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

class Chart {
  #spec;
  #height;
  #now = h('span', { class: 'now-value number' });
  #canvas = h('div', { class: 'plot', role: 'img' });
  #plot = null;
  element;

  constructor(spec, height) {
    this.#spec = spec;
    this.#height = height;
    const key = spec.series.length > 1
      ? h('ul', { class: 'legend' }, spec.series.map(([name, , colour]) =>
        h('li', {}, h('span', { class: `swatch ${colour}`, 'aria-hidden': 'true' }), name)))
      : null;
    this.element = h('section', { class: 'vital' },
      h('div', { class: 'chart-head' }, h('h3', { title: spec.unit }, spec.title), this.#now),
      h('p', { class: 'unit' }, spec.unit), this.#canvas, key);
  }

  update(samples, deadLetters) {
    const last = samples.at(-1);
    if (!last) return;
    setText(this.#now, this.#spec.now(last, deadLetters));
    this.#canvas.setAttribute('aria-label', `${this.#spec.title}, ${this.#spec.unit}, now ${this.#now.textContent}`);
    const data = [samples.map((v) => v.second), ...this.#spec.series.map(([, value]) => samples.map((v) => value(v) ?? null))];
    if (!this.#plot) this.#plot = this.#create(data);
    this.#plot?.setData(data, false);
    this.#plot?.setScale('x', { min: last.second - WINDOW_SECONDS, max: last.second });
  }

  #create(data) {
    const width = this.#canvas.clientWidth;
    if (width === 0) return null;
    const axis = { stroke: token('muted'), grid: { stroke: token('rule'), width: 1 }, ticks: { show: false }, font: '11px system-ui, sans-serif' };
    return new uPlot({
      width,
      height: this.#height,
      padding: [6, 14, 0, 0],
      cursor: { sync: { key: 'vitals' }, points: { size: 5 }, y: false, drag: { setScale: false, x: false, y: false } },
      legend: { show: false },
      scales: { x: { time: true }, y: { range: (_, __, max) => [0, Math.max(1, (max ?? 0) * 1.15)] } },
      axes: [
        { ...axis, grid: { show: false }, size: 22, space: 52, values: (_, ticks) => ticks.map((t) => clock(t).slice(0, 5)) },
        { ...axis, size: 38, space: 26 },
      ],
      series: [{}, ...this.#spec.series.map(([label, , colour]) => ({
        label, stroke: token(colour), width: 1.4, spanGaps: false, points: { show: false }, fill: this.#spec.series.length === 1 ? token(`${colour}-wash`) : undefined,
      }))],
    }, data, this.#canvas);
  }

  /** Colours and widths are taken anew with the next samples. */
  forget() {
    this.#plot?.destroy();
    this.#plot = null;
  }
}

export class Vitals {
  #charts;
  #samples = [];
  #timer = null;
  #observer = new ResizeObserver(() => this.forget());
  #width = 0;
  onDeadLetters = () => {};
  element;

  constructor(height = 84) {
    this.#charts = CHARTS.map((spec) => new Chart(spec, height));
    this.element = h('aside', { class: 'vitals', 'aria-label': 'Pipeline' },
      h('h2', {}, 'Pipeline'), h('div', { class: 'vital-grid' }, this.#charts.map((chart) => chart.element)));
  }

  start() {
    this.#observer.observe(this.element);
    const poll = async () => {
      try {
        const vitals = await get(urls.vitals(this.#samples.at(-1)?.second ?? 0));
        this.#samples = [...this.#samples, ...vitals.samples].slice(-600);
        this.#charts.forEach((chart) => chart.update(this.#samples, vitals.deadLetters));
        this.onDeadLetters(vitals);
      } catch {
        // The connection's state is shown elsewhere; the next poll tries again.
      }
      if (this.#timer !== null) this.#timer = setTimeout(poll, EVERY_MILLIS);
    };
    this.#timer = setTimeout(poll, 0);
  }

  stop() {
    clearTimeout(this.#timer);
    this.#timer = null;
    this.#observer.disconnect();
    this.#charts.forEach((chart) => chart.forget());
  }

  forget() {
    if (this.element.clientWidth === this.#width) return;
    this.#width = this.element.clientWidth;
    this.recolour();
  }

  recolour() {
    this.#charts.forEach((chart) => chart.forget());
  }
}
