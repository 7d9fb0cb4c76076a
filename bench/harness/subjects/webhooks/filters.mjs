import { secondsBetween } from '../../clock.mjs';
import { median } from '../../numbers.mjs';
import { countOutcomes } from './database.mjs';
import { createFiltered } from './load.mjs';
import { withServer } from './with-server.mjs';

const webhooks = 1000;
const eventsEach = 200;
const turns = 10;

/** Measures what a thousand webhooks with a filter that does not hold cost an event, beside one of them. */
export function filters(subject, services) {
  return withServer(subject, services, async (use) => {
    const many = await createFiltered(use.load, services.nginx.origin, webhooks);
    const one = await createFiltered(use.load, services.nginx.origin, 1);
    const times = { many: [], one: [] };
    const stopMeter = use.meter();
    for (let turn = 0; turn <= turns; turn++) {
      const time = { many: await publish(use.load, many), one: await publish(use.load, one) };
      if (turn > 0) {
        times.many.push(time.many);
        times.one.push(time.one);
      }
    }

    const outcomes = await countOutcomes(use.database, [...many, ...one]);
    const made = Object.values(outcomes).reduce((sum, count) => sum + count, 0);
    return [{
      scenario: 'filters',
      webhooks,
      many: median(times.many),
      one: median(times.one),
      cpu: stopMeter(),
      problems: made > 0 ? [`${made} deliveries that a filter leaves out`] : [],
    }];
  });
}

/** Publishes events one after the other. @returns the milliseconds that each takes */
async function publish(load, organizations) {
  const { startedAt, endedAt } = await load.ask('publish', { organizations, events: eventsEach, batch: 1, connections: 1 });
  return (secondsBetween(startedAt, endedAt) * 1000) / eventsEach;
}
