// What is computed from an attribution for showing it.

/** Groups that get a colour of their own; the rest are shown together. */
export const MOST_GROUPS = 8;

/**
 * Effective number of contributors: exp(entropy) of the positive scores' shares, from the histogram of all scores, whose
 * bins stand for their centres. As many as there are positive examples when all push alike, 1 when one does everything.
 */
export function effectiveContributors(summary) {
  const { min, max, histogram } = summary;
  const width = (max - min) / histogram.length;
  let total = 0;
  let weighted = 0;
  histogram.forEach((examples, bin) => {
    const score = min + (bin + 0.5) * width;
    if (score > 0 && examples > 0) {
      total += examples * score;
      weighted += examples * score * Math.log(score);
    }
  });
  return total > 0 ? total * Math.exp(-weighted / total) : 0;
}

/** Names of the groups that matter most in a journey, in the order of the model's labels. */
export function leadingGroups(results, labels) {
  const weight = new Map();
  for (const result of results) {
    const all = result.groups.reduce((sum, group) => sum + Math.abs(group.sum), 0) || 1;
    for (const group of result.groups) {
      weight.set(group.group, (weight.get(group.group) ?? 0) + Math.abs(group.sum) / all);
    }
  }
  const leading = [...weight].sort((a, b) => b[1] - a[1]).slice(0, MOST_GROUPS).map(([name]) => name);
  const place = (name) => (labels.includes(name) ? labels.indexOf(name) : labels.length);
  return leading.sort((a, b) => place(a) - place(b) || (a < b ? -1 : 1));
}

/** Signed sums of the leading groups and of all others together, in that order. */
export function groupSums(result, leading) {
  const sums = leading.map(() => 0);
  let others = 0;
  for (const group of result.groups) {
    const place = leading.indexOf(group.group);
    if (place >= 0) sums[place] = group.sum;
    else others += group.sum;
  }
  return [...sums, others];
}

/** The group whose sum is largest. */
export function strongestGroup(result) {
  return result.groups.reduce((best, group) => (best === null || group.sum > best.sum ? group : best), null);
}
