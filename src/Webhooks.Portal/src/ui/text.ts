/** A number of things, as in `1 attempt` and `3 attempts`. */
export const formatCount = (count: number, thing: string, things = `${thing}s`): string =>
  `${count} ${count === 1 ? thing : things}`;
