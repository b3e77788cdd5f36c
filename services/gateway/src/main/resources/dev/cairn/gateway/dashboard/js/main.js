// Begins everything: addresses to pages, keys, theme, and the state of the connection.

import { oncePerFrame, setText } from './dom.js';
import { ExamplePage } from './example.js';
import { LivePage } from './live.js';
import { ModelsPage } from './models.js';
import { PipelinePage } from './pipeline.js';
import { store } from './store.js';

const main = document.getElementById('page');
const connection = document.getElementById('connection');
const themeButton = document.getElementById('theme');
let page = null;
let kind = null;

/** Addresses look like #/generation/ID/step/N; an unknown one is the live view. */
function route() {
  const [, name, ...rest] = location.hash.split('/').map(decodeURIComponent);
  switch (name) {
    case 'generation': return ['live', rest[0] ?? null, rest[1] === 'step' ? Number(rest[2]) : null];
    case 'example': return ['example', rest[0], rest[1]];
    case 'index': return ['index'];
    case 'pipeline': return ['pipeline'];
    default: return ['live', null, null];
  }
}

const pages = { live: LivePage, example: ExamplePage, index: ModelsPage, pipeline: PipelinePage };

function navigate() {
  const [next, ...parameters] = route();
  if (next !== kind) {
    page?.stop?.();
    page = new pages[next]();
    main.replaceChildren(page.element);
    page.start?.();
    if (kind !== null) main.focus({ preventScroll: true });
    kind = next;
    scrollTo(0, 0);
  }
  page.open(...parameters);
  document.title = `${page.title} · Cairn`;
  for (const link of document.querySelectorAll('nav a')) {
    const here = link.dataset.page === kind;
    link.classList.toggle('here', here);
    if (here) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
}

function key(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]')) return;
  if (event.target.closest('input, select, textarea')) return;
  const go = { l: '#/', i: '#/index', p: '#/pipeline' }[event.key];
  if (go) location.hash = go;
  else if (event.key === 't') themeButton.click();
  else if (event.key === '?') document.getElementById('keys').click();
  else if (event.target.closest('.scroll') || !page?.key(event.key)) return;
  event.preventDefault();
}

function showTheme(choice) {
  setText(themeButton, { auto: 'Auto', light: 'Light', dark: 'Dark' }[choice]);
  themeButton.title = `Colours: ${choice === 'auto' ? 'as the system' : choice}`;
  page?.recolour?.();
}

function showConnection() {
  connection.classList.toggle('on', store.connected);
  setText(connection, store.connected ? 'connected' : 'reconnecting');
}

themeButton.addEventListener('click', () => showTheme(window.cairnTheme.next()));
document.getElementById('keys').addEventListener('click', () => document.getElementById('key-help').showModal());
document.getElementById('skip').addEventListener('click', (event) => {
  event.preventDefault();
  main.focus();
});
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => page?.recolour?.());
addEventListener('keydown', key);
addEventListener('hashchange', navigate);

const update = oncePerFrame(() => page?.update?.());
addEventListener('resize', update);
store.addEventListener('change', update);
store.addEventListener('connection', showConnection);
setInterval(update, 5000);

showTheme(window.cairnTheme.current());
showConnection();
await store.start().catch((problem) => setText(connection, problem.message));
navigate();
