import { receiverUrls } from '../plan.mjs';
import { hasPending } from './database.mjs';
import { ageOfLiveEvents } from './live.mjs';
import { createEndless, createWebhooks } from './load.mjs';
import { withServer } from './with-server.mjs';

// An organization has one thread at a time, so two keep both processors of a small machine busy. An event takes three runs of 50 ms, so
// these last longer than the live events are published.
const hostile = 2;
const hostileEvents = 400;

/** Times live events of webhooks without a transform: undisturbed, and while transforms of other organizations never end by themselves. */
export function transforms(subject, services) {
  return withServer(subject, services, async ({ load, database }) => {
    const { nginx, timingSink } = services;
    const live = await createWebhooks(load, receiverUrls(timingSink.origin));
    const organizations = await createEndless(load, nginx.origin, hostile);
    const undisturbed = await ageOfLiveEvents(load, live, timingSink);
    await load.ask('publish', { organizations, events: hostileEvents, batch: hostileEvents, connections: 1 });
    return [{
      scenario: 'transforms',
      undisturbed,
      live: await ageOfLiveEvents(load, live, timingSink),
      problems: await hasPending(database) ? [] : ['the transforms had ended before the live events had'],
    }];
  });
}
