// Numbers and words as a person reads them.

const whole = new Intl.NumberFormat('en');
const places = new Map();

function fixed(value, digits) {
  if (!places.has(digits)) {
    places.set(digits, new Intl.NumberFormat('en', { minimumFractionDigits: digits, maximumFractionDigits: digits }));
  }
  return places.get(digits).format(value);
}

export function count(value) {
  return whole.format(value);
}

/** About three significant digits, never in exponents for what occurs here. */
export function plain(value) {
  if (!Number.isFinite(value)) return '–';
  const size = Math.abs(value);
  if (size === 0) return '0';
  if (size < 1e-4) return value.toExponential(1).replace('-', '−');
  return fixed(value, Math.min(5, Math.max(0, 2 - Math.floor(Math.log10(size))))).replace('-', '−');
}

/** With its sign, a true minus. */
export function signed(value) {
  return value > 0 ? `+${plain(value)}` : plain(value);
}

export function millis(value) {
  if (!Number.isFinite(value)) return '–';
  return value < 1000 ? `${Math.round(value)} ms` : `${fixed(value / 1000, value < 10000 ? 1 : 0)} s`;
}

export function ago(thenMillis) {
  const seconds = Math.max(0, (Date.now() - thenMillis) / 1000);
  if (seconds < 5) return 'now';
  if (seconds < 60) return `${Math.round(seconds)} s ago`;
  if (seconds < 3600) return `${Math.round(seconds / 60)} min ago`;
  return `${Math.round(seconds / 3600)} h ago`;
}

export function clock(epochSeconds) {
  return new Date(epochSeconds * 1000).toLocaleTimeString('en-GB');
}

/** "step 12 of 50", counted as people count; or "final image". */
export function stepName(result) {
  if (result.subject === 'FINAL_IMAGE') return 'final image';
  if (result.subject === 'STEP') return `step ${result.step + 1} of ${result.stepCount}`;
  return result.subject.toLowerCase().replace('_', ' ');
}

export function short(digest) {
  return digest.length > 12 ? `${digest.slice(0, 12)}…` : digest;
}
