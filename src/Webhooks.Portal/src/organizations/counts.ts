/** Up to how many the API counts an organization's webhooks and pending deliveries. */
const mostCounted = 10_000;

const format = new Intl.NumberFormat();

/** A count of an organization's, with a plus where the API stops counting. */
export const countOf = (count: number): string => `${format.format(count)}${count >= mostCounted ? '+' : ''}`;
