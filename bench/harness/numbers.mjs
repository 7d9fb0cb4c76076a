/** The text that stands for a number that was not measured. */
export const missing = '–';

/** The middle of some numbers. */
export function median(numbers) {
  const sorted = numbers.toSorted((one, other) => one - other);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** A number as one reads it: three digits that count. */
export function rounded(number) {
  return Number(number.toPrecision(3)).toLocaleString('en-US', { maximumFractionDigits: 4 });
}

/** The median, and the range when there is one. */
export function spread(numbers) {
  if (numbers.length === 0) {
    return missing;
  }

  const [low, middle, high] = [Math.min(...numbers), median(numbers), Math.max(...numbers)].map(rounded);
  return low === high ? middle : `${middle} (${low}–${high})`;
}
