/** A number of things, as in `1 attempt` and `3 attempts`. */
export const formatCount = (count: number, thing: string): string => `${count} ${thing}${count === 1 ? '' : 's'}`;
