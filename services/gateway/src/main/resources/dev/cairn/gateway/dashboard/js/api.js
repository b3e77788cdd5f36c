// The gateway's resources. Addresses are relative, so that the dashboard works behind any prefix.

/** A request that was answered with a problem document. */
export class ProblemError extends Error {
  constructor(status, problem) {
    super(problem?.detail ?? problem?.title ?? `HTTP ${status}`);
    this.status = status;
  }
}

const part = encodeURIComponent;

export const urls = {
  events: () => 'v1/events',
  generations: () => 'v1/generations?limit=100',
  generation: (id) => `v1/generations/${part(id)}`,
  estimate: (resultId) => `v1/results/${part(resultId)}/estimate.png`,
  region: (resultId) => `v1/results/${part(resultId)}/region.png`,
  models: () => 'v1/models',
  groups: (model) => `v1/models/${part(model)}/groups`,
  examples: (model, label, offset, limit) =>
    `v1/models/${part(model)}/examples?offset=${offset}&limit=${limit}${label ? `&label=${part(label)}` : ''}`,
  example: (model, index) => `v1/models/${part(model)}/examples/${index}`,
  picture: (model, index) => `v1/models/${part(model)}/examples/${index}/image.png`,
  vitals: (since) => `v1/vitals?since=${since}`,
};

export async function get(url) {
  const response = await fetch(url, { headers: { Accept: 'application/json' } });
  if (response.ok) return response.json();
  if (response.status === 401) askForToken();
  throw new ProblemError(response.status, await response.json().catch(() => null));
}

let asking = false;

/** Asks for the token, exchanges it for a cookie, and begins anew. */
export function askForToken() {
  if (asking) return;
  asking = true;
  const dialog = document.getElementById('token-dialog');
  dialog.showModal();
  document.getElementById('token-form').addEventListener('submit', async (event) => {
    event.preventDefault();
    const token = document.getElementById('token').value;
    const response = await fetch('v1/session', { method: 'POST', headers: { Authorization: `Bearer ${token}` } });
    if (response.ok) location.reload();
    else document.getElementById('token-error').textContent = 'That is not the token.';
  });
}
