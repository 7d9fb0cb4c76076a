import { clearArrivals, summarizeAges, takeArrivals } from '../ages.mjs';
import { pace } from '../plan.mjs';

/** Publishes events for a while, and tells how old they are when they arrive. */
export async function ageOfLiveEvents(load, organizations, { origin }) {
  await clearArrivals(origin);
  const published = await load.ask('pace', { organizations, ...pace });
  const arrivals = await takeArrivals(origin, published.length);
  return summarizeAges(arrivals.map(({ sentAt, arrivedAt }) => arrivedAt - sentAt));
}
