/** A number of things, as in `1 attempt` and `3 attempts`. */
export const formatCount = (count: number, thing: string, things = `${thing}s`): string =>
  `${count} ${count === 1 ? thing : things}`;

/** A share from 0 to 1, rounded down to a tenth of a percent: what is not perfect does not look so. */
export const formatPercent = (share: number): string => `${Math.floor(share * 1000 + 1e-9) / 10} %`;
