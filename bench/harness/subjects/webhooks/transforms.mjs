import { setTimeout as wait } from 'node:timers/promises';
import { receiverUrls } from '../plan.mjs';
import { hasPending } from './database.mjs';
import { ageOfLiveEvents } from './live.mjs';
import { createEndless, createTransformed, createWebhooks, inArrays } from './load.mjs';
import { untilCompiled, withServer } from './with-server.mjs';

// An organization has one thread at a time, so two keep both processors of a small machine busy. An event takes three runs of 50 ms, so
// these last longer than the live events are published.
const hostile = 2;
const hostileEvents = 400;

const warmUpEvents = 1000;

// What it takes to store hundreds of events at once is not what is measured.
const settleMs = 1000;

/** Times live events of webhooks without a transform: undisturbed, and while transforms of other organizations never end by themselves. */
export function transforms(subject, services) {
  return withServer(subject, services, async ({ load, database }) => {
    const { nginx, timingSink } = services;
    const live = await createWebhooks(load, receiverUrls(timingSink.origin));
    const organizations = await createEndless(load, nginx.origin, hostile);
    const transformed = await createTransformed(load, nginx.origin);
    await untilCompiled(database, () => load.ask('publish', { organizations: transformed, events: warmUpEvents, ...inArrays }));
    const undisturbed = await ageOfLiveEvents(load, live, timingSink);
    await load.ask('publish', { organizations, events: hostileEvents, batch: hostileEvents, connections: 1 });
    await wait(settleMs);
    return [{
      scenario: 'transforms',
      undisturbed,
      live: await ageOfLiveEvents(load, live, timingSink),
      problems: await hasPending(database) ? [] : ['the transforms had ended before the live events had'],
    }];
  });
}
